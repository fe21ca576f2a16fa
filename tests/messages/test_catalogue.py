"""The catalogues: complete in each shipped language, and forgiving towards an organisation's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from messages.catalogue import Catalogue, CatalogueFault, Finding, catalogue, findings, languages

Written = Callable[[str], Path]


@pytest.fixture
def own(tmp_path: Path) -> Written:
    """Write the Portuguese catalogue of an organisation."""

    def write(text: str) -> Path:
        (tmp_path / "pt").mkdir()
        (tmp_path / "pt" / "words.po").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def entry(context: str, code: str, said: str) -> str:
    return f'msgctxt "{context}"\nmsgid "{code}"\nmsgstr "{said}"\n\n'


def test_the_languages_shipped_say_everything() -> None:
    """COMM-9: each code, with the same parts put in."""
    assert ("en", "id", "tr") == languages()
    assert [] == list(findings(None, languages(), frozenset(languages())))


def test_what_a_language_leaves_out_is_said_in_english(own: Written) -> None:
    portuguese = catalogue("pt", own(entry("degree", "high", "alta")))

    assert ("alta", "medium") == (portuguese.word("degree", "high"), portuguese.word("degree", "medium"))


def test_a_code_that_nobody_knows_reads_as_it_is_spelled() -> None:
    """Playbooks have codes of their own."""
    assert "waiting for the harvest" == catalogue("tr").word("playbook", "waiting_for_the_harvest")


def test_parts_are_put_in_by_number_or_name() -> None:
    english = Catalogue("en", {("reason", "b"): "{1} before {0}", ("page", "p"): "of {reference}"})

    assert "y before x" == english.sentence("reason", "b", "x", "y")
    assert "of A/1" == english.sentence("page", "p", reference="A/1")


def test_an_entry_that_puts_in_what_is_not_there_is_a_fault_and_is_not_used(own: Written) -> None:
    folder = own(entry("reason", "closed_by", "{} fechou {}") + entry("reason", "due", "vence"))

    faults, warnings = (
        [
            each
            for each in findings(folder, ("pt",))
            if each.is_fault is kind and "says nothing" not in each.what
        ]
        for kind in (True, False)
    )

    file = folder / "pt" / "words.po"
    assert [Finding(f"{file}:2", "reason closed_by puts in '1', which is not there")] == faults
    assert [Finding(f"{file}:6", "reason due leaves out {0}", is_fault=False)] == warnings
    assert "closed by Ana" == catalogue("pt", folder).sentence("reason", "closed_by", "Ana")


@pytest.mark.parametrize(
    ("context", "code", "meant"),
    [("state", "resolvin", "; did you mean resolving?"), ("stat", "closed", "; did you mean context state?")],
)
def test_a_misspelt_code_is_a_warning(context: str, code: str, meant: str, own: Written) -> None:
    """It would never be used."""
    folder = own(entry(context, code, "x"))

    assert Finding(
        f"{folder / 'pt' / 'words.po'}:2", f"{context} {code} is no code of the engine{meant}", is_fault=False
    ) in list(findings(folder, ("pt",)))


def test_a_gap_is_listed_by_its_code(own: Written) -> None:
    folder = own(entry("degree", "high", "alta"))

    assert Finding("pt/words.po", "says nothing of degree low: English is used", is_fault=False) in list(
        findings(folder, ("pt",))
    )


def test_a_file_that_cannot_be_read_is_one_fault(own: Written) -> None:
    folder = own("high: alta\n")

    (found,) = findings(folder, ("pt",))

    assert found.is_fault
    with pytest.raises(CatalogueFault, match=r"pt/words\.po cannot be read"):
        catalogue("pt", folder)


def test_a_guess_of_a_tool_does_not_count(own: Written) -> None:
    """Entries marked as fuzzy wait for a translator."""
    folder = own("#, fuzzy\n" + entry("degree", "high", "grande"))

    assert "high" == catalogue("pt", folder).word("degree", "high")
