"""The written reference and the code agree."""

import pytest

from entrypoints.cli.move_declarations import FILE
from entrypoints.cli.move_models import declare_moves
from entrypoints.reference_docs.reference import FOLDER, SCHEMA, pages, schema


@pytest.mark.parametrize(
    "name", ["api.md", "clocks.md", "commands.md", "lifecycle.md", "limits.md", "playbook.md", "settings.md"]
)
def test_reference_is_what_the_code_says(name: str) -> None:
    """
    Run `make docs` after a change of commands, lifecycle or settings.
    """
    assert pages()[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_the_schema_beside_the_playbooks_is_that_of_the_models() -> None:
    """
    Run `make docs` after a change of what a playbook may say: editors read this file.
    """
    assert schema() == SCHEMA.read_text(encoding="utf-8")


def test_the_moves_beside_the_command_line_are_those_of_the_rules() -> None:
    """
    Run `make docs` after a change of a command's fields: help and options are made of this file.
    """
    assert declare_moves() == FILE.read_text(encoding="utf-8")


def test_each_field_of_a_playbook_has_a_description() -> None:
    """Pydantic drops that of a field whose model says the same: give the two different words."""
    rows = [line for line in pages()["playbook.md"].splitlines() if line.startswith("|")]

    assert [] == [row for row in rows if not row.split("|")[2].strip()]
