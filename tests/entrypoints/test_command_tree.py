"""Help of `escalate` and completion in a shell: commands by purpose, values that can be typed."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from entrypoints.cli import playbook_names, program
from entrypoints.cli.command_tree import list_panels, make_program
from escalation.case.lifecycle import State
from escalation.case.request import Channel
from escalation.case.resolution import AccessAnswer
from escalation.policy.classification import CancelCause, Degree, EscalationReason, Priority
from records.report import By

OF_THE_RULES: dict[str, Iterable[str]] = {
    "--reason": EscalationReason,
    "--priority": Priority,
    "--impact": Degree,
    "--urgency": Degree,
    "--channel": Channel,
    "--state": State,
    "--answer": AccessAnswer,
    "--cause": CancelCause,
    "--by": By,
}


def parameters(group: TyperGroup, before: str = "escalate") -> Iterator[tuple[str, Any, str]]:
    """Each parameter of each command, with the command and how it is typed."""
    for name, command in group.commands.items():
        typed = f"{before} {name}"
        yield from ((typed, parameter, parameter.opts[0]) for parameter in command.params)
        if isinstance(command, TyperGroup):
            yield from parameters(command, typed)


@pytest.fixture(scope="module")
def commands() -> TyperGroup:
    app = make_program()
    for _, parameter, _ in parameters(app):
        playbook_names.describe_values(parameter)
    return app


def completed(parameter: Any, begun: str) -> list[str]:
    context = typer.Context(program.app)
    return [item.value for item in parameter.shell_complete(context, begun)]


def test_every_command_stands_in_a_panel(commands: TyperGroup) -> None:
    """
    Nobody reads fifty commands in a row; a new one cannot be forgotten.
    """
    assert sorted(commands.commands) == sorted(name for names in list_panels().values() for name in names)


def test_help_groups_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """
    In the order in which people meet them.
    """
    assert program.DONE == program.run(["--help"])

    told = capsys.readouterr().out
    places = [told.index(f"\n{panel}:\n") for panel in list_panels()]
    assert sorted(places) == places
    assert told.index("confirm-access") > told.index("Closing and RCA")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """Return the beginning of a report of a fault."""
    assert program.DONE == program.run(["--version"])
    assert "escalate 0.1.0\n" == capsys.readouterr().out


def test_values_of_the_rules_complete_and_are_listed(commands: TyperGroup) -> None:
    """
    Wherever an option has one of a few values, in every command.
    """
    found = [each for each in parameters(commands) if each[2] in OF_THE_RULES]
    assert set(OF_THE_RULES) == {option for _, _, option in found}
    for command, parameter, option in found:
        values = list(OF_THE_RULES[option])
        assert values == completed(parameter, ""), (command, option)
        assert values[1] in completed(parameter, values[1][:1]), (command, option)
        assert all(value in parameter.help for value in values), (command, option, parameter.help)


def test_values_of_the_playbook_complete_and_are_listed(commands: TyperGroup) -> None:
    """The names are those of the configured playbook, in every command."""
    found = [each for each in parameters(commands) if playbook_names.is_of_playbook(each[1])]
    assert set(playbook_names.IN_PLAYBOOK) == {option for _, _, option in found}
    for command, parameter, option in found:
        values = playbook_names.names_of(playbook_names.IN_PLAYBOOK[option])
        assert values, option
        assert values == completed(parameter, ""), (command, option)
        assert all(value in parameter.help for value in values), (command, option, parameter.help)


def test_people_complete(commands: TyperGroup) -> None:
    """
    By id: whoever makes a move is one of the playbook.
    """
    for command, parameter, option in parameters(commands):
        if option == "--as":
            assert ["maya"] == completed(parameter, "may"), command


def test_a_playbook_that_cannot_be_read_completes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A shell shows no traceback, and help is help.
    """
    monkeypatch.setenv("ESCALATION_PLAYBOOK", "/nowhere/playbook.yaml")

    assert [] == playbook_names.complete_names("categories")("")
    assert program.DONE == program.run(["pause", "--help"])
    assert "What it waits for, as the playbook names it." in capsys.readouterr().out


def test_a_shell_gets_the_values() -> None:
    """
    As bash asks for them.
    """
    asked = {
        "_ESCALATE_COMPLETE": "complete_bash",
        "COMP_WORDS": "escalate raise K --reason lack",
        "COMP_CWORD": "4",
    }
    program = "import sys; sys.argv = ['escalate']; from entrypoints.cli.program import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ["lack_of_expertise", "lack_of_authority"] == done.stdout.split(), done.stderr


def test_m_means_a_note_everywhere(commands: TyperGroup) -> None:
    """
    One letter, one meaning.
    """
    assert {"--note"} == {option for _, parameter, option in parameters(commands) if "-m" in parameter.opts}


@pytest.mark.parametrize("letter", ["m", "y", "h"])
def test_a_letter_has_one_meaning(commands: TyperGroup, letter: str) -> None:
    """
    Over all commands.
    """
    meanings = {
        tuple(parameter.opts) for _, parameter, _ in parameters(commands) if f"-{letter}" in parameter.opts
    }
    assert len(meanings) <= 1, meanings
