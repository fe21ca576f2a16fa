"""
Every text that the rules can ask for exists, is whole and kind, and says nothing that it must not.
"""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from escalation.case.follow_up_actions import Origin
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Term, reason
from escalation.notifications.notification import CustomerNotification, InternalNotification, Occasion
from escalation.policy.classification import EvidenceKind
from messages.examples import CUSTOMER_EXAMPLES, EXAMPLES, INTERNAL_EXAMPLES, LINK, PAGE, make_example
from messages.renderer import MessageRenderer, RenderedMessage
from messages.templates import DIGEST, SHIPPED, TemplateFault
from tests.delivery.builders import ana, at, to_customers, to_us
from tests.messages.page import Page

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
    """Yield each audience and occasion in a call of `notify` or `notify_customers` in the rules."""
    audiences = {"notify": "internal", "notify_customers": "customer"}
    for path in sorted(RULES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="notify" | "notify_customers" as name),
                    args=[_, ast.Attribute(value=ast.Name(id="Occasion"), attr=occasion), *_],
                ):
                    yield audiences[name], Occasion[occasion]
                case ast.Call(func=ast.Name(id="notify" | "notify_customers")):
                    raise AssertionError(f"{path.name}:{node.lineno}: which occasion?")
                case _:
                    pass


EVERY_TEXT = sorted(set(asked_for()))


SHIPPED_TEXTS = MessageRenderer()


def read(notice: CustomerNotification | InternalNotification, link: str = "") -> RenderedMessage:
    return SHIPPED_TEXTS.render(notice, notice.to[0], link)


def test_the_rules_ask_for_texts_of_both_audiences() -> None:
    """The search above finds what it is to find."""
    assert ("customer", Occasion.CASE_RECEIVED) in EVERY_TEXT
    assert ("internal", Occasion.ASSIGNED) in EVERY_TEXT
    assert len(EVERY_TEXT) > 20


def test_every_text_that_the_rules_ask_for_has_examples() -> None:
    """Each message that can be sent is previewed and checked."""
    assert set() == set(EVERY_TEXT) - {
        (audience, occasion) for audience, occasions in EXAMPLES.items() for occasion in occasions
    }
    assert set(Occasion) == {occasion for occasions in EXAMPLES.values() for occasion in occasions}


@pytest.mark.parametrize("language", ["en", "id", "tr"])
def test_no_template_is_missing_and_none_is_left_over(language: str) -> None:
    """COMM-9: each of the three languages has every occasion for every audience, and nothing else."""
    shipped = {(path.parent.name, path.stem) for path in SHIPPED.glob(f"{language}/*/*.txt")}
    wanted = {(audience, each.value) for audience, occasions in EXAMPLES.items() for each in occasions}
    wanted |= {(audience, part) for audience in EXAMPLES for part in ("layout", DIGEST)}

    assert wanted == shipped - {("internal", "commands")}


@pytest.mark.parametrize("occasion", sorted(CUSTOMER_EXAMPLES))
def test_customers_read_all_that_is_known(occasion: Occasion) -> None:
    """COMM-3: every customer text says what it is about, who answers, and when the next update comes, if one does."""
    text = read(to_customers(occasion=occasion, **FULL_FOR_CUSTOMERS))

    assert text.subject.startswith("[ACME/4711] ")
    assert text.subject.endswith((": Orders cannot be paid", "? Orders cannot be paid"))
    assert text.text.startswith("Dear Ana Lima,\n\n")
    assert "Rita Reyes" in text.text
    assert "P1" in text.text
    assert ("Friday, 20 November 2026, 16:30 WIB" in text.text) is (
        occasion not in {Occasion.CLOSED, Occasion.CANCELLED, Occasion.SURVEY}
    )
    assert ("We found the cause.\n\nIt was the payment gateway." in text.text) is (
        occasion not in {Occasion.CASE_RECEIVED, Occasion.SURVEY}
    )
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize("occasion", sorted(CUSTOMER_EXAMPLES))
def test_customers_read_a_whole_text_when_little_is_known(occasion: Occasion) -> None:
    """COMM-5: without a next update nothing is promised, and nothing is missing from the text."""
    text = read(to_customers(occasion=occasion))

    assert "You will hear from us" not in text.text
    assert "2026" not in text.text
    assert len(text.text.split()) > 25
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


OF_SPONSORSHIPS = {
    Occasion.SPONSORSHIP_PROPOSED,
    Occasion.SPONSOR_ENROLLED,
    Occasion.TOUCH_POINT,
    Occasion.SPONSORSHIP_REVIEW,
    Occasion.SPONSORSHIP_ENDED,
}


@pytest.mark.parametrize("occasion", sorted(INTERNAL_EXAMPLES))
def test_our_people_read_all_that_is_known(occasion: Occasion) -> None:
    """COMM-2: key, subject, priority, level, owner, why, what is due, what to do, and how to act."""
    text = read(to_us(ana(), occasion=occasion, **FULL_FOR_US))

    assert text.subject.startswith("[ACME/4711] P1, ")
    assert text.subject.endswith(": Orders cannot be paid")
    for said in (
        "Hello Ana Lima,",
        "Level        2, Support manager",
        "Owner        Rita Reyes",
        "Why          the window of level 1 ended",
        "By           Sam Sato",
        "Due          Fri, 20 Nov 2026, 20:00 WIB (resolution)",
        "Next due     Fri, 20 Nov 2026, 16:30 WIB",
        "    They called twice.\n\n    They are angry.\n",
        "  - Try a solution\n  - Collect contact details\n",
        "  escalate show ACME/4711\n",
    ):
        assert said in text.text
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


@pytest.mark.parametrize("occasion", sorted({*OF_SPONSORSHIPS, Occasion.UNDELIVERABLE}))
@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", "Account Acme Ltd Sponsorship enrolled Sponsor Vera"),
        ("id", "Akun Acme Ltd Program sponsor terdaftar Sponsor Vera"),
        ("tr", "Hesap Acme Ltd Sponsorluk programda Sponsor Vera"),
    ],
)
def test_a_letter_about_a_sponsorship_says_which_account_and_nothing_of_an_escalation(
    occasion: Occasion, language: str, rows: str
) -> None:
    """SPONSOR-1: the account is one word of a command."""
    about = {"key": "sponsorship:Acme Ltd", "subject": "Acme Ltd", "account": "Acme Ltd", "level": 0}
    facts = about | {"state": "enrolled", "owner": "Vera"}

    text = read(to_us(ana(language=language), occasion=occasion, **facts))

    assert rows in " ".join(text.text.split())
    assert "  escalate sponsor show 'Acme Ltd'\n" in text.text
    assert "P1" not in text.subject + text.text
    assert [] == LEFTOVERS.findall(f"{text.subject}\n{text.text}")


def test_a_letter_about_a_sponsorship_that_waited_since_before_reads_the_same() -> None:
    """SPONSOR-1, COMM-11: it names its account by the key alone; a tenant of that name is an escalation's still."""
    about = {"occasion": Occasion.TOUCH_POINT, "key": "sponsorship:ACME", "subject": "ACME", "level": 0}

    assert read(to_us(**about, account="ACME")) == read(to_us(**about))
    assert "escalate show sponsorship:ACME" in read(to_us(**about | {"level": 1})).text


@pytest.mark.parametrize("occasion", sorted(INTERNAL_EXAMPLES))
def test_our_people_read_a_whole_text_when_little_is_known(occasion: Occasion) -> None:
    """COMM-2: what is not known leaves no gap."""
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
    """CLOCK-6: an alert says what can be done about it."""
    assert f"  {command}\n" in read(to_us(occasion=occasion, clock=clock)).text


DESK = {"desk": "Customer desk", "telephone": "+44 20 7946 0123", "email": "desk@support.example"}


@pytest.mark.parametrize("language", ["en", "id", "tr"])
def test_a_letter_that_nobody_can_answer_asks_for_no_answer(language: str) -> None:
    """TALK-5: neither link nor desk: it does not ask to be told anything under the reference."""
    for occasion in (Occasion.CASE_RECEIVED, Occasion.RESOLVED, Occasion.CLOSED, Occasion.CANCELLED):
        asking = read(to_customers(ana(language=language), occasion=occasion, **DESK)).text
        silent = read(to_customers(ana(language=language), occasion=occasion)).text
        assert asking.count("ACME/4711") == silent.count("ACME/4711") + 1


def test_the_receipt_reads_as_a_person_would_write_it() -> None:
    """COMM-1: the problem as understood, priority, the SLA that applies, the owner, the next update."""
    text = read(to_customers(resolve_by=at("13:00"), next_update_at=at("09:30"), **DESK))

    assert text.subject == "[ACME/4711] We have received your request: Orders cannot be paid"
    assert (
        text.text
        == """\
Dear Ana Lima,

Thank you for telling us. We have opened a case for you. This is how we understand the problem:

    Orders cannot be paid

If we have got this wrong, please tell us and mention ACME/4711.

We are treating your case as most urgent (priority P1).
We aim to solve it by Friday, 20 November 2026, 20:00 WIB.

Rita Reyes is looking after your case.

You will hear from us again by Friday, 20 November 2026, 16:30 WIB, even if there is nothing new to tell.

    Reference      ACME/4711
    Problem        Orders cannot be paid
    Priority       P1
    Your contact   Rita Reyes
    Telephone      +44 20 7946 0123 (Customer desk)
    Email          desk@support.example

Kind regards,
Your support team
"""
    )


def test_lines_of_a_list_are_in_the_readers_language() -> None:
    """COMM-9: what the rules make of them; what people wrote stays as it is."""
    items = (
        reason("not_delivered", Occasion.TASK_FORCE_INVITED, "csm", "no mailbox"),
        reason("action", 2, "Mend the roof", "max", date(2026, 12, 1), Origin.POST_MORTEM),
    )
    text = read(to_us(ana(language="tr"), items=items)).text

    assert "görev gücü daveti, alıcı csm, ulaşmadı: no mailbox" in text
    assert "2. Mend the roof (max, son tarih 1 Ara 2026, değerlendirme)" in text


def test_evidence_that_is_missing_is_named_in_the_readers_language() -> None:
    """COMM-9: there a line is a word of the rules; elsewhere somebody's response may be called that."""
    kinds = (EvidenceKind.MISSED_DEADLINE, EvidenceKind.EMAIL)
    wanted, assigned = (
        read(to_us(ana(language="tr"), occasion=occasion, items=items)).text
        for occasion, items in (
            (Occasion.EVIDENCE_WANTED, tuple(Term("EvidenceKind", kind) for kind in kinds)),
            (Occasion.ASSIGNED, ("missed deadline", "email")),
        )
    )

    assert "  - kaçırılan son tarih\n  - e-posta\n" in wanted
    assert "  - missed deadline\n  - email\n" in assigned


def test_an_assignment_reads_as_a_person_would_write_it() -> None:
    """MATRIX-4: what to work through, and how to acknowledge."""
    text = read(to_us(ana(), why="raised by Sam Sato", items=("Try a solution",), next_due_at=at("09:30")))

    assert text.subject == "[ACME/4711] P1, it is yours: Orders cannot be paid"
    assert (
        text.text
        == """\
Hello Ana Lima,

You are responsible for this escalation now, at level 2 (Support manager). Please acknowledge it, so that everybody \
knows that it is being handled.

    Escalation   ACME/4711
    Subject      Orders cannot be paid
    Priority     P1
    State        communicating
    Level        2, Support manager
    Owner        Rita Reyes
    Why          raised by Sam Sato
    Next due     Fri, 20 Nov 2026, 16:30 WIB

To work through:

  - Try a solution

Commands (“escalate COMMAND --help” says what each one needs; put your own id for YOU):

  escalate ack ACME/4711 --as YOU
  escalate respond ACME/4711 --as YOU
  escalate transfer ACME/4711 --as YOU
  escalate show ACME/4711
"""
    )


def test_the_first_letters_say_that_it_is_new() -> None:
    """COMM-2: to whoever is told at the start, "started" would say that work has."""
    assert "    State        new\n" in read(to_us(ana(), state="started")).text


def test_a_hand_over_says_why_who_and_when() -> None:
    """COMM-4."""
    text = read(to_customers(occasion=Occasion.HAND_OVER, next_update_at=at("09:30"))).text

    assert "to the people who can solve it best" in text
    assert "From now on Rita Reyes is looking after your case" in text
    assert "You will hear from us again by Friday, 20 November 2026, 16:30 WIB" in text


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Jakarta", "Friday, 20 November 2026, 16:30 WIB"),
        ("Europe/Istanbul", "Friday, 20 November 2026, 12:30 (Türkiye Time)"),  # the zone has no letters
        ("Asia/Kathmandu", "Friday, 20 November 2026, 15:15 (Nepal Time)"),
        ("America/New_York", "Friday, 20 November 2026, 04:30 EST"),
        ("UTC", "Friday, 20 November 2026, 09:30 UTC"),
        ("Nowhere/Else", "Friday, 20 November 2026, 09:30 UTC"),  # not known: told in UTC, and it says so
        ("../../etc/passwd", "Friday, 20 November 2026, 09:30 UTC"),
        ("", "Friday, 20 November 2026, 09:30 UTC"),
    ],
)
def test_dates_are_in_the_readers_time_zone(zone: str, said: str) -> None:
    """COMM-9: the reader's own clock; a zone that nobody knows does not hold up the message."""
    notice = to_customers(ana(time_zone=zone), next_update_at=at("09:30"))

    assert f"by {said}, even" in read(notice).text


@pytest.mark.parametrize("wanted", ["de-AT", "EN", "en-GB", "", "../en", "x" * 500, "tr\n"])
def test_who_reads_another_language_gets_english(wanted: str) -> None:
    """COMM-9: English is the fallback, and the message says that it is English."""
    text = read(to_customers(ana(language=wanted)))

    assert text.language == "en"
    assert text.text.startswith("Dear ")


def test_a_further_language_is_a_further_folder(written: Callable[[str, str], Path]) -> None:
    """COMM-9: a text is in one language; what has not been translated is in English as a whole."""
    folder = written("pt/customer/case_received.txt", "Olá\n\nCaro {{ recipient }}, {{ reference }}\n")
    texts = MessageRenderer(folder)

    translated = texts.render(to_customers(), ana(language="pt-BR"))
    untranslated = texts.render(to_customers(occasion=Occasion.CLOSED), ana(language="pt-BR"))

    assert (translated.language, translated.subject) == ("pt", "Olá")
    assert translated.text == "Caro Ana Lima, ACME/4711\n"
    assert untranslated.language == "en"


def test_a_language_that_runs_the_other_way_says_so(written: Callable[[str, str], Path]) -> None:
    """COMM-9: the page is laid out from the right, without a word from the translator."""
    folder = written("ar/customer/closed.txt", "أغلقنا طلبك\n\n{{ recipient }}\n\n> {{ subject }}\n")

    text = MessageRenderer(folder).render(to_customers(occasion=Occasion.CLOSED), ana(language="ar-EG"))

    assert '<html lang="ar" dir="rtl">' in text.html
    assert "border-right: 3px" in text.html


def test_an_organisation_has_its_own_words(written: Callable[[str, str], Path]) -> None:
    """A template in the organisation's folder goes before the shipped one; all others stay."""
    folder = written(
        "en/customer/layout.txt", "{{ reference }}\n\n{% block body %}{% endblock %}\n\nVendor Inc."
    )
    texts = MessageRenderer(folder)

    assert texts.render(to_customers(), ana()).text.endswith(
        "Rita Reyes is looking after your case.\n\nVendor Inc.\n"
    )
    assert texts.render(to_us(), ana()) == MessageRenderer().render(to_us(), ana())


def test_a_folder_that_is_not_there_is_noticed_at_once(tmp_path: Path) -> None:
    """A mistyped setting must not silently bring back the shipped texts."""
    with pytest.raises(TemplateFault, match="does not exist"):
        MessageRenderer(tmp_path / "nowhere")


@pytest.mark.parametrize("language", ["en", "id", "tr"])
@pytest.mark.parametrize("occasion", sorted(CUSTOMER_EXAMPLES))
def test_the_page_says_what_the_text_says(occasion: Occasion, language: str) -> None:
    """COMM-9: text and HTML come from one template; the page names its language and direction, and needs no image."""
    text = read(make_example("customer", occasion, language=language), LINK)

    page = Page(text.html)
    said = [line.strip(" -") for line in text.text.splitlines() if line.strip()]
    assert [] == [line for line in said if line.split("   ")[-1].strip().split(": http")[0] not in page.text]
    assert f'<html lang="{language}" dir="ltr">' in text.html
    assert {"img", "script", "link"}.isdisjoint(page.tags)
    assert [] == page.unclosed


@pytest.mark.parametrize(
    ("audience", "occasion", "label"),
    [
        ("internal", Occasion.ASSIGNED, "Acknowledge"),
        ("internal", Occasion.TASK_FORCE_INVITED, "Answer"),
        ("customer", Occasion.ACCESS_QUESTION, "Answer"),
        ("customer", Occasion.SURVEY, "Answer"),
    ],
)
def test_a_link_is_a_button_and_its_lack_leaves_no_gap(audience: str, occasion: Occasion, label: str) -> None:
    """One click acknowledges or answers; where no gateway is configured, the message says what to do instead."""
    notice = make_example(audience, occasion)

    linked, bare = read(notice, LINK), read(notice)

    assert f"\n{label}: {LINK}\n" in linked.text
    assert f'href="{LINK}"' in linked.html
    assert f">{label}</a>" in linked.html
    assert ("http" in bare.text, "<a " in bare.html) == (False, False)
    assert [] == LEFTOVERS.findall(bare.text)


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Open the escalation"), ("id", "Buka eskalasi"), ("tr", "Eskalasyonu aç")],
)
@pytest.mark.parametrize("occasion", sorted(set(INTERNAL_EXAMPLES)))
def test_every_letter_to_our_people_leads_to_the_escalation(
    occasion: Occasion, language: str, label: str
) -> None:
    """After the question that one click answers, which stays the button of media that have one."""
    notice = make_example("internal", occasion, language=language)

    asked = SHIPPED_TEXTS.render(notice, notice.to[0], LINK, PAGE)
    told = SHIPPED_TEXTS.render(notice, notice.to[0], page=PAGE)

    assert f": {LINK}\n{label}: {PAGE}\n" in asked.text
    assert f"\n\n{label}: {PAGE}\n\n" in told.text
    assert (LINK, PAGE) == (asked.link, told.link)
    assert asked.html.index(f'class="button" href="{LINK}"') < asked.html.index(
        f'class="second" href="{PAGE}"'
    )
    assert f'class="button" href="{PAGE}"' in told.html


def test_where_we_are_at_fault_the_customer_reads_an_apology() -> None:
    """COMM-8: once, before anything else, in the customer's language."""
    sorry = {"en": "We are sorry.", "id": "Kami memohon maaf", "tr": "özür dileriz."}

    for language, words in sorry.items():
        to = ana(language=language)
        for at_fault in (True, False):
            notice = to_customers(to, occasion=Occasion.HAND_OVER, apologise=at_fault)
            assert at_fault == (words in read(notice).text)


def test_an_answer_in_another_language_is_formal_and_whole() -> None:
    """COMM-1, COMM-9: a Turkish receipt, with the reader's calendar and clock."""
    to = ana(language="tr-TR", time_zone="Europe/Istanbul", name="Elif Yılmaz")
    text = read(to_customers(to, urgency="high", resolve_by=at("13:00"), next_update_at=at("09:30"), **DESK))

    assert text.subject == "[ACME/4711] Başvurunuzu aldık: Orders cannot be paid"
    assert (
        text.text
        == """\
Sayın Elif Yılmaz,

Bize bildirdiğiniz için teşekkür ederiz. Başvurunuzu kayda aldık. Sorunu şöyle anladık:

    Orders cannot be paid

Yanlış anladığımız bir şey varsa lütfen ACME/4711 numarasını belirterek bize bildirin.

Başvurunuzun önceliği: P1 (en yüksek öncelik seviyemiz).
Hizmet seviyesi hedeflerimize göre planlanan çözüm zamanı: 20 Kasım 2026 Cuma, saat 16:00 (Türkiye Saati).

Başvurunuzun sorumlusu: Rita Reyes.

Yeni bir gelişme olmasa bile sizi en geç şu zamana kadar yeniden bilgilendireceğiz: 20 Kasım 2026 Cuma, saat 12:30 \
(Türkiye Saati).

    Başvuru no    ACME/4711
    Sorun         Orders cannot be paid
    Öncelik       P1
    İlgili kişi   Rita Reyes
    Telefon       +44 20 7946 0123 (Customer desk)
    E-posta       desk@support.example

Saygılarımızla,
Destek Ekibi
"""
    )


def test_a_reminder_says_how_much_time_was_left() -> None:
    """COMM-9: a span between two facts, in words; it stays true however late the message is read."""
    facts = {
        "clock": "resolution",
        "why": reason("due", ClockName.RESOLUTION),
        "at": at("11:35"),
        "due_at": at("13:00"),
    }

    said = {
        language: read(to_us(ana(language=language), occasion=Occasion.REMINDER, **facts)).text
        for language in ("en", "id", "tr")
    }

    assert "Time left when this was written: 1 hour, 25 minutes." in said["en"]
    assert "pengingat: tenggat penyelesaian sudah dekat." in said["id"]
    assert "Sisa waktu ketika pesan ini ditulis: 1 jam, 25 menit." in said["id"]
    assert "Bu mesaj yazıldığında kalan süre: 1 saat 25 dakika." in said["tr"]


@pytest.mark.parametrize(("language", "says"), [("en", "Accounts"), ("id", "Akun"), ("tr", "Hesaplar")])
def test_a_letter_to_somebody_of_two_accounts_names_them(language: str, says: str) -> None:
    """START-5: one mailbox is one person, who must know what the letter is about."""
    both, one = ana(language=language, accounts=("ACME", "BOLT")), ana(language=language)
    notice = to_customers(both)

    assert re.search(rf"{says}\W+ACME, BOLT", MessageRenderer().render(notice, both).text)
    assert says not in MessageRenderer().render(notice, one).text
    assert "ACME, BOLT" in MessageRenderer().render_digest([(notice, both)] * 2).text
