"""
Every text that the rules can ask for exists, is whole and kind, and says nothing that it must not.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from activities.texts import SHIPPED, Text, TextFault, Texts
from escalation.base import CustomerText
from escalation.effects import CustomerFacts, CustomerNotice, InternalFacts, InternalNotice, Occasion
from tests.activities.builders import ana, at, customer_facts, to_customers, to_us

RULES = Path(__file__).resolve().parent.parent.parent / "escalation"

FULL_FOR_CUSTOMERS = {
    "resolve_by": at("13:00"),
    "next_update_at": at("09:30"),
    "text": "We found the cause.\n\nIt was the payment gateway.",
    "actions": ("Watch the gateway", "Test it each night"),
}
FULL_FOR_US = {
    "by": "Sam Sato",
    "why": "the window of level 1 ended",
    "clock": "resolution",
    "due_at": at("13:00"),
    "next_due_at": at("09:30"),
    "text": "They called twice.\n\nThey are angry.",
    "items": ("Try a solution", "Collect contact details"),
}
LEFTOVERS = re.compile(
    r"\bNone\b|Undefined|\bengine\.|\{\{|\}\}|\{%|%\}|\{#|<[A-Z]|\(\)|[ \t]$|\n\n\n|  \n", re.MULTILINE
)

Asked = tuple[str, Occasion]


def asked_for() -> Iterator[Asked]:
    """
    Each audience and occasion in a call of `tell` or `tell_customers` in the rules.
    """
    audiences = {"tell": "internal", "tell_customers": "customer"}
    for path in sorted(RULES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="tell" | "tell_customers" as name),
                    args=[_, ast.Attribute(value=ast.Name(id="Occasion"), attr=occasion), *_],
                ):
                    yield audiences[name], Occasion[occasion]
                case ast.Call(func=ast.Name(id="tell" | "tell_customers")):
                    raise AssertionError(f"{path.name}:{node.lineno}: which occasion?")
                case _:
                    pass


EVERY_TEXT = sorted(set(asked_for()))
FOR_CUSTOMERS = [occasion for audience, occasion in EVERY_TEXT if audience == "customer"]
FOR_US = [occasion for audience, occasion in EVERY_TEXT if audience == "internal"]


def read(notice: CustomerNotice | InternalNotice) -> Text:
    return Texts().render(notice, notice.to[0])


def test_the_rules_ask_for_texts_of_both_audiences() -> None:
    """
    The search above finds what it is to find.
    """
    assert ("customer", Occasion.RECEIPT) in EVERY_TEXT
    assert ("internal", Occasion.ASSIGNED) in EVERY_TEXT
    assert len(EVERY_TEXT) > 20


def test_no_template_is_left_over() -> None:
    """
    Every shipped template is asked for by the rules, or is part of others.
    """
    parts = {"layout", "act_by_clock"}
    shipped = {(path.parent.name, path.stem) for path in SHIPPED.glob("en/*/*.txt") if path.stem not in parts}

    assert shipped == {(audience, occasion.value) for audience, occasion in EVERY_TEXT}


@pytest.mark.parametrize("occasion", FOR_CUSTOMERS)
def test_customers_read_all_that_is_known(occasion: Occasion) -> None:
    """
    COMM-3: every customer text says what it is about, who answers, and when the next update comes, if one does.
    """
    text = read(to_customers(occasion=occasion, **FULL_FOR_CUSTOMERS))

    assert text.subject.startswith("[ACME/4711] ")
    assert text.subject.endswith(": Orders cannot be paid")
    assert text.text.startswith("Dear Ana Lima,\n\n")
    assert "Rita Reyes" in text.text
    assert "P1" in text.text
    assert ("Fri 20 Nov 2026, 16:30 WIB" in text.text) is (
        occasion not in {Occasion.CLOSED, Occasion.CANCELLED}
    )
    assert ("We found the cause.\n\nIt was the payment gateway." in text.text) is (
        occasion is not Occasion.RECEIPT
    )
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize("occasion", FOR_CUSTOMERS)
def test_customers_read_a_whole_text_when_little_is_known(occasion: Occasion) -> None:
    """
    COMM-5: without a next update nothing is promised, and nothing is missing from the text.
    """
    text = read(to_customers(occasion=occasion))

    assert "You will hear from us" not in text.text
    assert "2026" not in text.text
    assert len(text.text.split()) > 25
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize("occasion", FOR_US)
def test_our_people_read_all_that_is_known(occasion: Occasion) -> None:
    """
    COMM-2: key, subject, priority, level, owner, why, what is due, what to do, and how to act.
    """
    text = read(to_us(ana(), occasion=occasion, **FULL_FOR_US))

    assert text.subject.startswith("[ACME/4711] P1, ")
    assert text.subject.endswith(": Orders cannot be paid")
    for said in (
        "Hello Ana Lima,",
        "Level        2, Support manager",
        "Owner        Rita Reyes",
        "Why          the window of level 1 ended",
        "By           Sam Sato",
        "Due          Fri 20 Nov 2026, 20:00 WIB (resolution)",
        "Next due     Fri 20 Nov 2026, 16:30 WIB",
        "    They called twice.\n\n    They are angry.\n",
        "  - Try a solution\n  - Collect contact details\n",
        "  escalate show ACME/4711\n",
    ):
        assert said in text.text
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize("occasion", FOR_US)
def test_our_people_read_a_whole_text_when_little_is_known(occasion: Occasion) -> None:
    """
    COMM-2: what is not known leaves no gap.
    """
    text = read(to_us(occasion=occasion))

    assert "escalate show ACME/4711" in text.text
    assert "    Why  " not in text.text
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize(
    ("clock", "command"),
    [
        ("acknowledge", "escalate ack ACME/4711 --as YOU"),
        ("level window", "escalate raise ACME/4711 --as YOU"),
        ("next update", "escalate update ACME/4711 --as YOU"),
        ("resolution", "escalate resolve ACME/4711 --as YOU"),
        ("verification", "escalate verify ACME/4711 --as YOU"),
        ("internal RCA", "escalate rca file ACME/4711 --as YOU"),
        ("customer RCA", "escalate rca share ACME/4711 --as YOU"),
        ("closing", "escalate close ACME/4711 --as YOU"),
    ],
)
@pytest.mark.parametrize("occasion", [Occasion.REMINDER, Occasion.BREACH])
def test_whoever_is_reminded_reads_what_would_end_the_clock(
    occasion: Occasion, clock: str, command: str
) -> None:
    """
    CLOCK-6: an alert says what can be done about it.
    """
    assert f"  {command}\n" in read(to_us(occasion=occasion, clock=clock)).text


def test_the_receipt_reads_as_a_person_would_write_it() -> None:
    """
    COMM-1: the problem as understood, priority, the SLA that applies, the owner, the next update.
    """
    text = read(to_customers(resolve_by=at("13:00"), next_update_at=at("09:30")))

    assert text.subject == "[ACME/4711] We have your request: Orders cannot be paid"
    assert (
        text.text
        == """\
Dear Ana Lima,

Thank you for telling us. We have opened a case for you. This is how we understand the problem:

    Orders cannot be paid

If we have understood it wrongly, please tell us and mention ACME/4711.

Your case has priority P1, the most urgent that we have.
Our service level sets us a target for it: a solution by Fri 20 Nov 2026, 20:00 WIB.

Rita Reyes answers for your case.

You will hear from us again by Fri 20 Nov 2026, 16:30 WIB, even if there is nothing new to tell.

    Reference      ACME/4711
    Problem        Orders cannot be paid
    Priority       P1
    Your contact   Rita Reyes

Kind regards,
Your support team
"""
    )


def test_an_assignment_reads_as_a_person_would_write_it() -> None:
    """
    MATRIX-4: what to work through, and how to acknowledge.
    """
    text = read(to_us(ana(), why="raised by Sam Sato", items=("Try a solution",), next_due_at=at("09:30")))

    assert text.subject == "[ACME/4711] P1, it is yours: Orders cannot be paid"
    assert (
        text.text
        == """\
Hello Ana Lima,

This escalation is with you now, at level 2 (Support manager). Please acknowledge it, so that everybody knows that \
somebody is there.

    Escalation   ACME/4711
    Subject      Orders cannot be paid
    Priority     P1
    State        communicating
    Level        2, Support manager
    Owner        Rita Reyes
    Why          raised by Sam Sato
    Next due     Fri 20 Nov 2026, 16:30 WIB

To work through:

  - Try a solution

Commands (`escalate COMMAND --help` says what each one needs):

  escalate ack ACME/4711 --as YOU
  escalate respond ACME/4711 --as YOU
  escalate transfer ACME/4711 --as YOU
  escalate show ACME/4711
"""
    )


def test_the_first_letters_say_that_it_is_new() -> None:
    """
    COMM-2: to whoever is told at the start, "started" would say that work has.
    """
    assert "    State        new\n" in read(to_us(ana(), state="started")).text


def test_a_hand_over_says_why_who_and_when() -> None:
    """
    COMM-4.
    """
    text = read(to_customers(occasion=Occasion.HAND_OVER, next_update_at=at("09:30"))).text

    assert "best placed to solve it" in text
    assert "Rita Reyes answers for your case from now on" in text
    assert "You will hear from us again by Fri 20 Nov 2026, 16:30 WIB" in text


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Jakarta", "Fri 20 Nov 2026, 16:30 WIB"),
        ("Europe/Istanbul", "Fri 20 Nov 2026, 12:30 UTC+03"),  # the zone has no letters
        ("Asia/Kathmandu", "Fri 20 Nov 2026, 15:15 UTC+0545"),
        ("America/New_York", "Fri 20 Nov 2026, 04:30 EST"),
        ("UTC", "Fri 20 Nov 2026, 09:30 UTC"),
        ("Nowhere/Else", "Fri 20 Nov 2026, 09:30 UTC"),  # not known: told in UTC, and it says so
        ("../../etc/passwd", "Fri 20 Nov 2026, 09:30 UTC"),
        ("", "Fri 20 Nov 2026, 09:30 UTC"),
    ],
)
def test_dates_are_in_the_readers_time_zone(zone: str, said: str) -> None:
    """
    COMM-9: the reader's own clock; a zone that nobody knows does not hold up the message.
    """
    notice = to_customers(ana(time_zone=zone), next_update_at=at("09:30"))

    assert f"by {said}, even" in read(notice).text


def test_days_of_one_digit_have_no_zero() -> None:
    """
    COMM-9: dates as people write them.
    """
    assert human(at("09:30").replace(day=6), ZoneInfo("UTC")) == "Fri 6 Nov 2026, 09:30 UTC"


@pytest.mark.parametrize("wanted", ["tr", "de-AT", "EN", "en-GB", "", "../en", "x" * 500, "tr\n"])
def test_who_reads_another_language_gets_english(wanted: str) -> None:
    """
    COMM-9: English is the fallback, and the message says that it is English.
    """
    text = read(to_customers(ana(language=wanted)))

    assert text.language == "en"
    assert text.text.startswith("Dear ")


def test_a_further_language_is_a_further_folder(written: Callable[[str, str], Path]) -> None:
    """
    COMM-9: a text is in one language; what has not been translated is in English as a whole.
    """
    folder = written("tr/customer/receipt.txt", "Merhaba\n\nSayın {{ recipient }}, {{ reference }}\n")
    texts = Texts(folder)

    translated = texts.render(to_customers(), ana(language="tr-TR"))
    untranslated = texts.render(to_customers(occasion=Occasion.CLOSED), ana(language="tr-TR"))

    assert (translated.language, translated.subject) == ("tr", "Merhaba")
    assert translated.text == "Sayın Ana Lima, ACME/4711\n"
    assert untranslated.language == "en"


def test_an_organisation_has_its_own_words(written: Callable[[str, str], Path]) -> None:
    """
    A template in the organisation's folder goes before the shipped one; all others stay.
    """
    folder = written(
        "en/customer/layout.txt", "{{ reference }}\n\n{% block body %}{% endblock %}\n\nVendor Inc."
    )
    texts = Texts(folder)

    assert texts.render(to_customers(), ana()).text.endswith(
        "Rita Reyes answers for your case.\n\nVendor Inc.\n"
    )
    assert texts.render(to_us(), ana()) == Texts().render(to_us(), ana())


def test_a_folder_that_is_not_there_is_noticed_at_once(tmp_path: Path) -> None:
    """
    A mistyped setting must not silently bring back the shipped texts.
    """
    with pytest.raises(TextFault, match="does not exist"):
        Texts(tmp_path / "nowhere")


@pytest.mark.parametrize("name", sorted(set(InternalFacts.model_fields) - set(CustomerFacts.model_fields)))
def test_internal_facts_cannot_be_named_in_a_customer_text(
    name: str, written: Callable[[str, str], Path]
) -> None:
    """
    COMM-6: a customer template that names one is an error, not an empty place.
    """
    folder = written("en/customer/receipt.txt", f"Subject\n\n{{{{ {name} }}}}")

    with pytest.raises(
        TextFault, match=rf"en/customer/receipt\.txt cannot be written: '{name}' is undefined"
    ):
        Texts(folder).render(to_customers(), ana())


@pytest.mark.parametrize(
    "content",
    [
        "{{ facts }}",
        "{{ notice }}",
        "{{ escalation }}",
        "{{ recipient.addresses }}",
        "{{ recipient.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ actions.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(3) }}",
        "{{ '{0.__class__}'.format(subject) }}",
        "{% include '../internal/update.txt' %}",
        "{% include 'internal/update.txt' %}",
        "{% import 'assigned.txt' as ours %}",
        "{{ unclosed",
        "{% for %}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_customer_text_reaches_nothing_but_its_facts(
    content: str, written: Callable[[str, str], Path]
) -> None:
    """
    COMM-6: no way leads from a template to other objects, files or code; a template that does not work says so.
    """
    folder = written("en/customer/receipt.txt", f"Subject\n\n{content}")

    with pytest.raises(TextFault, match=r"en/customer/receipt\.txt cannot be written: "):
        Texts(folder).render(to_customers(), ana())


@pytest.mark.parametrize("content", ["", "\n\n", "A subject alone\n", "\n\n{{ '' }}\n"])
def test_a_text_without_subject_or_body_does_not_leave(
    content: str, written: Callable[[str, str], Path]
) -> None:
    """
    COMM-1: an empty message tells nobody anything.
    """
    with pytest.raises(TextFault, match="no subject, or nothing after it"):
        Texts(written("en/customer/receipt.txt", content)).render(to_customers(), ana())


def test_what_customers_write_is_never_run() -> None:
    """
    COMM-6: template syntax in a customer's words comes out as it is.
    """
    words = "{{ owner }} {% include 'layout.txt' %} {# gone #} {{ 7 * 7 }}"
    text = read(to_customers(occasion=Occasion.UPDATE, subject=words, text=words, owner=words))

    assert words in text.subject
    assert f"\n\n{words}\n\n" in text.text
    assert "49" not in text.text


def test_what_customers_write_cannot_pass_for_the_frame() -> None:
    """
    A newline in a subject or a name makes no line of its own; what turns text around is taken out.
    """
    facts = customer_facts().model_copy(
        update={
            "subject": CustomerText("Paid\r\nBcc: all@example.com\n\nDear Eve, \u202egnorw"),
            "owner": "Rita\nKind regards,",
            "text": CustomerText("one\r\ntwo\u2028three\u202e\x1b[2J\x00"),
        }
    )
    notice = to_customers(occasion=Occasion.UPDATE).model_copy(update={"facts": facts})

    text = Texts().render(notice, ana(name="Ana\nLima\u2066"))

    assert text.subject.endswith(": Paid Bcc: all@example.com Dear Eve, gnorw")
    assert text.text.startswith("Dear Ana Lima,\n\none\ntwo\nthree[2J\n\n")
    assert "\n    Your contact   Rita Kind regards,\n" in text.text
