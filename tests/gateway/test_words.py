"""The words of the pages: what an organisation may change, and how it is told of slips."""

from pathlib import Path

import pytest

from entrypoints.gateway.words import Languages
from escalation.errors import BadRequest


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
    START-6: which phrase, what was given, what is allowed.
    """
    slips = "ended: {title: $wo, texts: x}\naway: {title: costs 5$}\nfault: {text: ''}\n"

    with pytest.raises(BadRequest) as caught:
        Languages(written(tmp_path, "en", slips))

    assert {"ended.title", "ended.texts", "away.title", "fault.text"} == {
        fault.where for fault in caught.value.faults
    }
    assert "$reference and $who" in str(caught.value)
