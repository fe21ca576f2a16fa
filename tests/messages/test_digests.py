"""
Several messages to one person as one: nothing lost, nothing mixed.
"""

import re

import pytest

from escalation.notifications.notification import Occasion
from messages.examples import EXAMPLES, LINK, make_example
from messages.renderer import MessageRenderer
from messages.templates import TemplateFault
from tests.delivery.builders import ana, at, person, to_customers, to_us

TEXTS = MessageRenderer()


def test_a_burst_of_three_hundred_is_one_whole_message() -> None:
    """COMM-12: bursts to one person are bundled, never lost."""
    notices = [to_us(ana(), key=f"ACME/{number}", text=f"note {number}.") for number in range(300)]

    text = TEXTS.render_digest([(notice, ana()) for notice in notices])

    assert "300 messages about 300 escalations" == text.subject
    for number in range(300):
        assert f"ACME/{number}, P1, it is yours: Orders cannot be paid\n---" in text.text
        assert f"    note {number}.\n" in text.text
    assert 300 == text.html.count("<h2 ")


@pytest.mark.parametrize("audience", ["customer", "internal"])
@pytest.mark.parametrize(
    ("language", "greeting", "subject", "conjunction"),
    [
        ("en", ("Dear Ana", "Hello Ana"), "{} messages about {}", " and "),
        ("id", ("Yth. Bapak/Ibu Dewi", "Halo Bapak/Ibu Dewi"), "{} pesan tentang {}", " dan "),
        ("tr", ("Sayın Elif", "Sayın Elif"), "{1} hakkında {0} mesaj", " ve "),
    ],
)
def test_a_bundle_is_in_the_readers_language_and_greets_once(
    audience: str, language: str, greeting: tuple[str, str], subject: str, conjunction: str
) -> None:
    """COMM-9: every occasion there is, in one message."""
    notices = [make_example(audience, occasion, language=language) for occasion in EXAMPLES[audience]]

    text = TEXTS.render_digest([(notice, notice.to[0]) for notice in notices])

    about = ["ACME/4711"] if audience == "customer" else ["ACME/4711", "sponsorship:ACME"]
    assert (language, subject.format(len(notices), conjunction.join(about))) == (text.language, text.subject)
    assert 1 == text.text.count(greeting[audience == "internal"])
    assert len(notices) == text.html.count("<h2 ")
    assert "escalate show ACME" not in text.text


def test_a_digest_promises_the_next_update_of_a_case_once() -> None:
    """
    COMM-3: the last message that promises it counts; what earlier ones promised is past, or said again.
    """
    notices = [
        to_customers(reference=reference, next_update_at=at(time))
        for reference, time in (("ACME/1", "09:30"), ("ACME/2", "10:00"), ("ACME/1", "10:30"))
    ] + [to_customers(reference="ACME/1")]

    text = TEXTS.render_digest([(notice, ana()) for notice in notices]).text

    assert ["17:00", "17:30"] == re.findall(
        r"hear from us again by Friday, 20 November 2026, (\d+:\d+)", text
    )


def test_a_digest_leads_to_each_escalation_once() -> None:
    """After the last message about it; the page of a customer stands in each, by which it can be answered."""
    ours = [(to_us(ana(), key=f"ACME/{number}"), ana()) for number in (1, 2, 1)]
    theirs = [(to_customers(), ana())] * 2

    text = TEXTS.render_digest(ours, pages=["https://x/1", "https://x/2", "https://x/1"]).text

    assert ["2", "1"] == re.findall(r"Open the escalation: https://x/(\d)", text)
    assert 2 == TEXTS.render_digest(theirs, pages=["https://x/1"] * 2).text.count("https://x/1")


def test_each_message_of_a_bundle_keeps_its_own_link() -> None:
    """Questions that one click answers can be answered from the digest too."""
    notices = [
        (make_example("customer", each), ana()) for each in (Occasion.ACCESS_QUESTION, Occasion.SURVEY)
    ]

    text = TEXTS.render_digest(notices, [f"{LINK}/1", f"{LINK}/2"])

    assert text.text.index(f"Answer: {LINK}/1") < text.text.index(f"Answer: {LINK}/2")


def test_one_message_is_no_bundle() -> None:
    """COMM-12: whoever has one message waiting gets that message."""
    assert TEXTS.render(to_us(), ana(), LINK) == TEXTS.render_digest([(to_us(), ana())], [LINK])


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [(to_us(), ana()), (to_customers(), ana())],  # two audiences (COMM-6)
        [(to_us(), person(1)), (to_us(), person(2))],  # two readers
    ],
)
def test_a_bundle_never_mixes(messages: list[tuple[object, object]]) -> None:
    """COMM-6: what is internal cannot come to a customer by way of a bundle."""
    with pytest.raises(TemplateFault, match="one person of one audience"):
        TEXTS.render_digest(messages)  # type: ignore[arg-type]
