"""The words of the pages: what an organisation may change, and how it learns of mistakes."""

from pathlib import Path

import pytest

from entrypoints.web.page_texts import Languages
from escalation.kernel.refusals import BadRequest


def written(folder: Path, language: str, code: str, said: str) -> Path:
    (folder / language).mkdir(parents=True)
    text = f'msgctxt "page"\nmsgid "{code}"\nmsgstr "{said}"\n'
    (folder / language / "words.po").write_text(text, encoding="utf-8")
    return folder


def page(languages: Languages, language: str, code: str) -> str:
    return languages.words(language).word("page", code)


def test_a_language_is_added_by_adding_a_catalogue(tmp_path: Path) -> None:
    """
    COMM-9: what it leaves out is said in English.
    """
    languages = Languages(written(tmp_path, "pt-br", "ended.title", "Este caso foi encerrado"))

    assert ("en", "id", "pt-br", "tr") == languages.tags
    assert "pt-br" == languages.nearest("pt-BR") == languages.accepted("pt-BR;q=1, en")
    assert "en" == languages.nearest("pt") == languages.nearest("")
    assert "Este caso foi encerrado" == page(languages, "pt-br", "ended.title")
    assert page(languages, "en", "ended.text") == page(languages, "pt-br", "ended.text")


def test_an_organisation_replaces_single_phrases(tmp_path: Path) -> None:
    """
    COMM-9: its own words go before those shipped, the rest stays.
    """
    languages = Languages(written(tmp_path, "en", "access.button", "Send"))

    assert "Send" == page(languages, "en", "access.button")
    assert "Yes, everything works" == page(languages, "en", "access.yes")
    assert "Evet, her şey çalışıyor" == page(languages, "tr", "access.yes")


def test_every_mistake_is_shown_before_the_web_service_starts(tmp_path: Path) -> None:
    """
    START-6: the file and the line, and what is wrong.
    """
    with pytest.raises(BadRequest) as caught:
        Languages(written(tmp_path, "en", "ended.title", "{wo} has ended"))

    (fault,) = caught.value.faults
    assert (f"{tmp_path}/en/words.po:2", "page ended.title puts in 'wo', which is not there") == (
        fault.where,
        fault.given,
    )
