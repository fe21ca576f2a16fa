"""Messages to customers speak one language, say why, and promise no more than is known."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from escalation.kernel.values import CustomerText, from_plain, to_plain
from escalation.notifications.notification import CustomerFacts, CustomerNotification, Occasion
from escalation.policy.classification import CancelCause
from escalation.policy.translations import Translations
from messages.examples import make_example
from messages.renderer import MessageRenderer

TEXTS = MessageRenderer()
HOLDING = {
    "en": CustomerText("We have no news yet."),
    "id": CustomerText("Belum ada kabar."),
    "tr": CustomerText("Henüz haber yok."),
}


def letter(occasion: Occasion, language: str, **facts: Any) -> str:
    """The text of a letter, in one line."""
    notice = make_example("customer", occasion, "short", language=language)
    assert isinstance(notice, CustomerNotification)
    about = from_plain(CustomerFacts, to_plain(notice.facts) | facts)
    text = TEXTS.render(replace(notice, facts=about), notice.to[0])
    return " ".join(f"{text.subject} {text.text}".split())


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "en"), ("id", "id"), ("tr", "tr"), ("tr-CY", "tr"), ("pt-BR", "en")],
)
def test_each_reader_gets_the_holding_update_of_their_language(language: str, said: str) -> None:
    """COMM-9: who reads a language without templates gets an English letter, with the English text in it."""
    text = letter(Occasion.HOLDING, language, texts=HOLDING)

    assert [HOLDING[said]] == [each for each in HOLDING.values() if each in text]


def test_a_language_without_a_holding_update_is_told_in_the_words_of_its_template() -> None:
    """COMM-9: better fewer words than those of another language."""
    text = letter(Occasion.HOLDING, "tr", texts={"en": HOLDING["en"], "id": HOLDING["id"]})

    assert "haber vermiş olmamız gerekirdi" in text
    assert not any(each in text for each in HOLDING.values())


@pytest.mark.parametrize(
    ("language", "promised"),
    [("en", "kept our promise"), ("id", "memenuhi janji"), ("tr", "sözü tutamadık")],
)
def test_a_broken_promise_is_admitted_where_one_was_broken(language: str, promised: str) -> None:
    """COMM-8: to be at fault is not to have missed a time that was promised."""
    at_fault = letter(Occasion.CASE_RECEIVED, language, apologise=True)
    late = letter(Occasion.CASE_RECEIVED, language, apologise=True, is_promise_missed=True)

    assert promised not in at_fault
    assert promised in late


@pytest.mark.parametrize(
    ("language", "because"),
    [
        ("en", ("it was withdrawn", "the same problem in another case")),
        ("id", ("telah ditarik kembali", "dalam laporan lain")),
        ("tr", ("Geri çekildiği için", "başka bir başvuruda")),
    ],
)
def test_whoever_is_told_of_a_cancellation_is_told_why(language: str, because: tuple[str, str]) -> None:
    """CLOSE-10: the one reason that is known, and none where nobody said it."""
    withdrawn = letter(Occasion.CANCELLED, language, cause=CancelCause.WITHDRAWN)
    duplicate = letter(Occasion.CANCELLED, language, cause=CancelCause.DUPLICATE)
    ended = letter(Occasion.CANCELLED, language)

    assert (True, False) == tuple(each in withdrawn for each in because)
    assert (False, True) == tuple(each in duplicate for each in because)
    assert (False, False) == tuple(each in ended for each in because)


MISLEADING = {
    # they say the opposite
    "standar layanan terlampaui": "an SLA that was done better than",
    "taahhüdünün aşılması": "an undertaking that was outperformed",
    "aldığımız önlemler": "measures that have been taken already",
    "yaptıklarımız": "measures that have been taken already",
    "Yanıt alınamayan nöbetler": "somebody was asked and gave no answer",
    "ankete düşük puan": "a low score for the survey itself",
    # they promise more than English does
    "taahhüdümüze": "a legal undertaking",
    "hemen yeniden": "at once",
    "belum memenuhi apa": "the promise will be met yet",
    "sudah jatuh tempo": "due, before it is",
    # they mean somebody else
    "Yang bersangkutan": "the accused",
    "meninjau sponsor akun": "a review of the person",
    "yöneticinize": "the line manager instead of the lead",
    "lengkap dengan seluruh catatannya": "a person with a record",
    # they offend
    "Haberimiz var": "yeah, we know",
    "still on your case": "nagging",
    "Siz kimsiniz": "and who are you?",
    # two acts with one word
    "üstlenme onayı": "acknowledge and approve",
    "yeniden onaylayın": "acknowledge and approve",
    # the reason seems to stand before it does
    "hal di bawah ini:": "the customers' waiting is the reason",
    "aşağıdakileri göz önüne alarak yeniden yazın:": "the customers' waiting is the reason",
    # two scales
    "1 çok kötü": "the page begins at bad",
    # they soften what the customer has to hear, or do not say whose it is
    "belum sepenuhnya teratasi": "the problem is nearly solved",
    "tam olarak çözülmemiş": "the problem is nearly solved",
    "ancaman tingkat eksekutif": "a threat by executives",
    # words of a court, of lenders, of a legal code
    "kanıt": "courtroom evidence",
    "jatuh tempo": "a loan that falls due",
    "kural kitab": "a book of rules",
    # a seat is a part that somebody plays, no place
    "meninggalkan tempat": "somebody left the spot",
    "yerinden ayrıldı": "somebody left the spot",
    "görev gücünün yöneticisi": "the manager instead of the lead",
    # small letters after the salutation
    "\nseveral things": "a German habit",
    "\nmuch has": "a German habit",
}


@pytest.mark.parametrize("words", MISLEADING)
def test_words_that_misled_a_reader_do_not_come_back(words: str) -> None:
    """COMM-9: each was found by a native reader."""
    folder = TEXTS.templates.folders[-1]
    files = (*folder.rglob("*.txt"), *folder.rglob("*.yaml"))
    texts = [path.read_text("utf-8") for path in files]

    assert texts
    assert not any(words in text for text in texts), MISLEADING[words]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"tr_TR": "x", "tr-TR": "y"}, "each language once; given twice: tr-tr"),
        ({"turkish": "x"}, "a language tag such as"),
        ({}, "at least 1 item"),
    ],
)
def test_texts_of_a_playbook_are_each_for_one_language(written: dict[str, str], fault: str) -> None:
    """COMM-9: two spellings of a language are one language."""
    texts: TypeAdapter[dict[str, CustomerText]] = TypeAdapter(Translations)

    with pytest.raises(ValidationError, match=fault):
        texts.validate_python(written)
