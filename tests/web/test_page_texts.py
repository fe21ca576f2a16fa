"""The words of the pages: what an organisation may change, and how it is told of slips."""

from pathlib import Path

import pytest

from entrypoints.web.page_text_check import check_page_files
from entrypoints.web.page_texts import Languages
from escalation.errors import BadRequest
from messages.template_check import Finding

NO_FIELD = "no field of this name exists here"


def written(folder: Path, language: str, text: str) -> Path:
    (folder / language).mkdir(parents=True)
    (folder / language / "pages.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_language_is_added_by_adding_a_folder(tmp_path: Path) -> None:
    """
    COMM-9: what it leaves out is said in English.
    """
    languages = Languages(written(tmp_path, "pt-br", "ended: {title: Este caso foi encerrado}\n"))

    assert ("en", "id", "pt-br", "tr") == languages.tags
    assert "pt-br" == languages.nearest("pt-BR") == languages.accepted("pt-BR;q=1, en")
    assert "en" == languages.nearest("pt") == languages.nearest("")
    assert "Este caso foi encerrado" == languages.words("pt-br").ended.title
    assert languages.words("en").ended.text == languages.words("pt-br").ended.text


def test_an_organisation_replaces_single_phrases(tmp_path: Path) -> None:
    """
    COMM-9: its own words go before those shipped, the rest stays.
    """
    languages = Languages(written(tmp_path, "en", "access: {button: Tell us}\n"))

    assert "Tell us" == languages.words("en").access.button
    assert "Yes, everything works" == languages.words("en").access.yes
    assert "Evet, her şey çalışıyor" == languages.words("tr").access.yes


def test_every_slip_is_told(tmp_path: Path) -> None:
    """
    START-6: where it stands, which phrase, what was given, what is allowed.
    """
    slips = "ended: {title: $wo, texts: x}\naway: {title: costs 5$}\nfault: {text: ''}\n"

    with pytest.raises(BadRequest) as caught:
        Languages(written(tmp_path, "en", slips))

    places = ("1:16 ended.title", "1:21 ended.texts", "2:15 away.title", "3:15 fault.text")
    assert {f"{tmp_path}/en/pages.yaml:{place}" for place in places} == {
        fault.where for fault in caught.value.faults
    }
    assert "$reference and $who" in str(caught.value)


def test_the_pages_that_are_shipped_say_the_same_in_each_language() -> None:
    """
    COMM-9: en, id and tr are complete, and put in the same.
    """
    assert [] == list(check_page_files())


def test_what_is_wrong_in_the_words_of_pages_is_found_before_the_gateway_starts(tmp_path: Path) -> None:
    """
    COMM-9: in every file at once; a gap in a language of one's own is a warning, since English stands in.
    """
    written(tmp_path, "tr", "access: {buton: Gönder}\nsurvey: {button: Gönder $who}\n")
    written(tmp_path, "id", "ended: {title: ''}\n")
    written(tmp_path, "pt", "already: {title: x}\n")
    written(tmp_path, "en", "earlier: {text: Please use our latest message.}\n")
    (tmp_path / "pt-br" / "customer").mkdir(parents=True)
    (tmp_path / "pt-br" / "customer" / "closed.txt").write_text("Olá\n\nCaro", encoding="utf-8")

    found = set(check_page_files(tmp_path))

    assert {
        "en/pages.yaml": [],
        "id/pages.yaml": [
            f"{tmp_path}/id/pages.yaml:1:16 ended.title: given ''; allowed: a text that is not empty"
        ],
        "pt/pages.yaml": [
            f"{tmp_path}/pt/pages.yaml:1:1 already: given {{'title': 'x'}}; allowed: {NO_FIELD}"
        ],
        "pt-br/pages.yaml": [],
        "tr/pages.yaml": [f"{tmp_path}/tr/pages.yaml:1:10 access.buton: given 'Gönder'; allowed: {NO_FIELD}"],
    } == {
        file: [each.what for each in found if each.file == file and each.is_fault]
        for file in {f.file for f in found}
    }
    assert Finding("pt-br/pages.yaml", "is missing: English is used", is_fault=False) in found
