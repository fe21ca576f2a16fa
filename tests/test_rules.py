"""
The rules by name: what cites an id finds it in `docs/reference/rules.md`, and what managers read cites none.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow

from entrypoints.cli.program import app
from entrypoints.reference_docs import reference
from tests.test_project import ROOT, files_of_the_tree
from workers.queue_workers import WORKFLOWS

PAGE = Path("docs/reference/rules.md")
STATED = re.compile(r"^- \*\*([A-Z]+-\d+)\*\* ", re.MULTILINE)
GROUP = re.compile(r"^## .*\(([A-Z]+)\)$", re.MULTILINE)
CITED = re.compile(r"\b([A-Z]{4,})-\d{1,2}\b")
NOT_RULES = frozenset({"LICENSE", "NAME"})
"""Words that stand before a hyphen and a number, and name no group of rules: a licence, a placeholder."""
READ = frozenset({".py", ".md", ".yaml", ".json", ".txt", ".html", ".css", ".typ", ".toml", ".mako"})
FOR_DEVELOPERS = ("docs/adr/", "docs/reference/rules.md", "CONTRIBUTING.md", "tests/")
"""Pages and folders that may cite rules; code may, in its docstrings and comments."""


def citations(text: str) -> set[str]:
    return {found.group() for found in CITED.finditer(text) if found.group(1) not in NOT_RULES}


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def texts() -> Iterator[tuple[Path, str]]:
    """Each file that a person writes or reads, but for the rules themselves."""
    for path in files_of_the_tree():
        if path != PAGE and path.suffix in READ and (ROOT / path).is_file():
            yield path, text_of(path)


def not_stated(page: str, cited: Mapping[str, str]) -> list[str]:
    """List the ids of *cited* that *page* does not state. *cited*: id to where."""
    stated = set(STATED.findall(page))
    return [f"{id_} in {where}" for id_, where in sorted(cited.items()) if id_ not in stated]


def stated_twice(page: str) -> list[str]:
    return [id_ for id_, times in Counter(STATED.findall(page)).items() if times > 1]


def test_each_id_that_is_cited_is_stated() -> None:
    """State it in docs/reference/rules.md. If it is no rule, add the word before its hyphen to NOT_RULES above."""
    cited = {id_: str(path) for path, text in texts() for id_ in citations(text)}

    assert cited
    assert [] == not_stated(text_of(PAGE), cited)
    assert [] == not_stated(text_of(PAGE), dict.fromkeys(citations(text_of(PAGE)), str(PAGE)))


def test_each_rule_is_stated_once() -> None:
    assert [] == stated_twice(text_of(PAGE))


def test_each_rule_that_is_stated_is_cited() -> None:
    """By code or a test: a rule that nothing cites is kept by nothing that a reader could find."""
    cited = {id_ for path, text in texts() if path.suffix == ".py" for id_ in citations(text)}

    assert [] == [id_ for id_ in STATED.findall(text_of(PAGE)) if id_ not in cited]


def test_rules_stand_in_their_group_and_order() -> None:
    """Numbers have no gap: an id that was given once is not given to another rule."""
    _, *parts = GROUP.split(text_of(PAGE))

    for name, part in zip(parts[::2], parts[1::2], strict=True):
        rules = STATED.findall(part)
        assert [f"{name}-{number}" for number in range(1, len(rules) + 1)] == rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at most one (" + "START" + "-4); see " + "COMM" + "-12.", 2),  # as docstrings cite them
        ("`" + "NOSUCH" + "-1`", 1),  # of a group that nobody knows
        ("UTF-8, INC-2041, PRB-7, ACME-4711, GMT-5, ADR 27", 0),  # no ids of rules
    ],
)
def test_a_citation_is_noticed(text: str, found: int) -> None:
    """The guard itself is guarded."""
    assert found == len(citations(text))


def test_an_unknown_and_a_repeated_id_are_noticed() -> None:
    known, other = "START" + "-1", "START" + "-99"

    assert [f"{other} in a.py"] == not_stated(f"- **{known}** It starts.\n", {known: "b.py", other: "a.py"})
    assert [known] == stated_twice(f"- **{known}** It starts.\n- **{known}** It starts again.\n")


# What managers read.


def test_no_page_or_file_of_managers_cites_a_rule() -> None:
    """Playbooks, templates, examples, how-tos and the README speak to people who do not know the ids."""
    assert {} == {
        str(path): found
        for path, text in texts()
        if path.suffix != ".py"
        and not path.as_posix().startswith(FOR_DEVELOPERS)
        and (found := citations(text))
    }


def test_no_reference_page_and_no_schema_cites_a_rule() -> None:
    """As the code writes them now, not only as they lie there."""
    written = {**reference.pages(), "schema": reference.schema()}

    assert {} == {name: found for name, text in written.items() if (found := citations(text))}


def test_no_help_text_cites_a_rule() -> None:
    """Of any command, hidden ones too."""
    helps = dict(helps_of(app, "escalate"))

    assert len(helps) > 100
    assert {} == {name: found for name, text in helps.items() if (found := citations(text))}


def helps_of(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a command, its options and its subcommands, with where it stands."""
    yield name, f"{command.help} {command.short_help} {command.epilog}"
    for parameter in command.params:
        yield f"{name} {parameter.name}", str(getattr(parameter, "help", ""))
    for sub in getattr(command, "commands", {}).values():
        yield from helps_of(sub, f"{name} {sub.name}")


@pytest.mark.parametrize("kind", WORKFLOWS, ids=lambda kind: kind.__name__)
def test_no_description_in_the_web_ui_cites_a_rule(kind: type[Any]) -> None:
    """Of updates, signals and queries: people read them where they make a move."""
    definition = workflow._Definition.must_from_class(kind)  # the SDK shows them only on a server
    by_name: list[Mapping[str | None, Any]] = [definition.updates, definition.signals, definition.queries]
    descriptions = [handler.description or "" for handlers in by_name for handler in handlers.values()]

    assert set() == citations(" ".join(descriptions))


def test_nothing_that_the_program_says_cites_a_rule() -> None:
    """Errors, faults, warnings, log lines and pages: all strings of the product but its docstrings."""
    found = {
        f"{path}:{line}"
        for path in files_of_the_tree()
        if path.suffix == ".py" and path.parts[0] != "tests" and (ROOT / path).is_file()
        for line in lines_that_cite(text_of(path))
    }

    assert set() == found


def lines_that_cite(source: str) -> Iterator[int]:
    """Yield the line of each string of *source* that cites a rule, but for docstrings no tool prints."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    if "description=__doc__" in source and isinstance(tree.body[0], ast.Expr):
        docstrings.discard(id(tree.body[0].value))  # argparse prints it
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings and citations(text):
                yield node.lineno
            case _:
                pass


def test_a_string_that_cites_a_rule_is_noticed() -> None:
    id_ = "COMM" + "-6"

    assert [2] == list(lines_that_cite(f'"""A module ({id_})."""\nFAULT = f"{{1}} is too many ({id_})"\n'))
    assert [1] == list(lines_that_cite(f'"""A tool ({id_})."""\nparse(description=__doc__)\n'))
