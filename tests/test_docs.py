"""
The pages themselves: each link leads somewhere, and each decision is listed once.
"""

import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = ROOT / "docs" / "adr"
PAGES = sorted(page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
GLOSSARY = ROOT / "docs" / "glossary.md"
HOW_IT_WORKS = ROOT / "docs" / "how-it-works.md"
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")


@pytest.mark.parametrize("name", PAGES)
def test_each_link_of_a_page_leads_somewhere(name: str) -> None:
    """To a file or folder of the project, and to a heading that is there."""
    page = ROOT / name

    for path, heading in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        if heading:
            assert heading in headings_of(target), f"{path}#{heading}"


def headings_of(page: Path) -> set[str]:
    """The names of its headings in links."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_each_decision_has_a_number_of_its_own_and_is_listed() -> None:
    """Two branches that take the same number are noticed, and so is a record that the list does not name."""
    records = sorted(DECISIONS.glob("[0-9]*.md"))

    numbers = Counter(record.name[:4] for record in records)
    assert [] == [number for number, times in numbers.items() if times > 1]
    assert [f"{number:04}" for number in range(1, len(records) + 1)] == sorted(numbers)
    listed = (DECISIONS / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \[\d{4}\]\((\S+)\) \| (.*) \|$", listed, re.MULTILINE))
    assert [record.name for record in records] == list(rows)
    for record in records:
        title = record.read_text(encoding="utf-8").partition("\n")[0]
        assert f"# {record.name[:4]} {rows[record.name]}" == title, record.name


def test_how_it_works_names_what_is_there() -> None:
    """Each path exists, and each name is defined or used in one of the files of the page."""
    spans = re.findall(r"`([^`\n]+)`", HOW_IT_WORKS.read_text(encoding="utf-8"))
    paths = [span for span in spans if re.fullmatch(r"[\w./-]+\.\w{2,4}", span) and "/" in span]
    names = [span for span in spans if re.fullmatch(r"[\w.]+(\(.*\))?", span) and span not in paths]

    assert [] == [path for path in paths if not (ROOT / path).is_file()]
    code = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in [*paths, "worker.py", "client.py"])
    words = set(re.findall(r"\w+", code))
    parts = ((name, part) for name in names for part in re.findall(r"\w+", name) if not part.isdigit())
    assert [] == [name for name, part in parts if part not in words and not (ROOT / name).is_file()]


def test_each_term_has_one_meaning_and_a_place() -> None:
    """No term is explained twice, and what holds it can be imported."""
    rows = [row for row in rows_of(GLOSSARY.read_text(encoding="utf-8")) if len(row) == 5]

    names = Counter(name for row in rows for name in row[0].split(", "))
    assert [] == [name for name, times in names.items() if times > 1]
    held_in = [span for row in rows for span in re.findall(r"`([^`]+)`", row[2])]
    assert len(held_in) >= len(rows) > 80
    assert [] == [name for name in held_in if not is_there(name)]


def rows_of(text: str) -> Iterator[list[str]]:
    """The cells of each row of its tables, without their headings."""
    for table in re.findall(r"^\|[ |]*-[-| ]*\|\n((?:\|.*\n)+)", text, re.MULTILINE):
        for line in table.splitlines():
            yield [cell.strip() for cell in line.strip("|").split("|")]


def is_there(name: str) -> bool:
    """Say if a module, or something in one, can be imported by this name."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError, ValueError):
        return False
    return "." in name or find_spec(name) is not None


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("[0-9]*.md")), ids=lambda record: record.name[:4])
def test_each_decision_has_a_date_and_a_status(record: Path) -> None:
    """A reader knows at once how old a decision is, and whether it still holds."""
    status = record.read_text(encoding="utf-8").splitlines()[2]

    assert re.match(r"Date: \d{4}-\d\d-\d\d\. Status: (accepted|replaced by \[\d{4}\]\(.*\))\.", status), (
        status
    )
