"""
Several messages to one person as one: nothing lost, nothing mixed.
"""

import pytest

from escalation.effects import Occasion
from messages.examples import EXAMPLES, LINK, make_example
from messages.renderer import MessageRenderer
from messages.templates import TemplateFault
from tests.delivery.builders import ana, person, to_customers, to_us

TEXTS = MessageRenderer()


def test_a_burst_of_three_hundred_is_one_whole_message() -> None:
    """
    COMM-12: bursts to one person are bundled, never lost.
    """
    notices = [to_us(ana(), key=f"ACME/{number}", text=f"note {number}.") for number in range(300)]

    text = TEXTS.render_digest([(notice, ana()) for notice in notices])

    assert "300 messages about 300 escalations" == text.subject
    for number in range(300):
        assert f"ACME/{number}, P1, it is yours: Orders cannot be paid\n---" in text.text
        assert f"    note {number}.\n" in text.text
    assert 300 == text.html.count("<h2 ")


@pytest.mark.parametrize("audience", ["customer", "internal"])
@pytest.mark.parametrize(
    ("language", "greeting", "subject", "of_sponsors"),
    [
        ("en", ("Dear Ana", "Hello Ana"), "messages about ACME/4711", " and sponsorship:ACME"),
        ("id", ("Yth. Bapak/Ibu Dewi", "Halo Dewi"), "pesan tentang ACME/4711", " dan sponsorship:ACME"),
        ("tr", ("Sayın Elif", "Merhaba Elif"), "mesaj: ACME/4711", " ve sponsorship:ACME"),
    ],
)
def test_a_bundle_is_in_the_readers_language_and_greets_once(
    audience: str, language: str, greeting: tuple[str, str], subject: str, of_sponsors: str
) -> None:
    """
    COMM-9: every occasion there is, in one message.
    """
    notices = [make_example(audience, occasion, language=language) for occasion in EXAMPLES[audience]]

    text = TEXTS.render_digest([(notice, notice.to[0]) for notice in notices])

    about = f"{len(notices)} {subject}{of_sponsors if audience == 'internal' else ''}"
    assert (language, about) == (text.language, text.subject)
    assert 1 == text.text.count(greeting[audience == "internal"])
    assert len(notices) == text.html.count("<h2 ")
    assert "escalate show ACME" not in text.text


def test_each_message_of_a_bundle_keeps_its_own_link() -> None:
    """
    What one click answers can be answered from the bundle too.
    """
    notices = [
        (make_example("customer", each), ana()) for each in (Occasion.ACCESS_QUESTION, Occasion.SURVEY)
    ]

    text = TEXTS.render_digest(notices, [f"{LINK}/1", f"{LINK}/2"])

    assert text.text.index(f"Answer: {LINK}/1") < text.text.index(f"Answer: {LINK}/2")


def test_one_message_is_no_bundle() -> None:
    """
    COMM-12: whoever has one message waiting gets that message.
    """
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
    """
    COMM-6: what is internal cannot come to a customer by way of a bundle.
    """
    with pytest.raises(TemplateFault, match="one person of one audience"):
        TEXTS.render_digest(messages)  # type: ignore[arg-type]
