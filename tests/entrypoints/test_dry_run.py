"""Dry runs and forecasts: what would happen is shown, and nothing changes."""

from pathlib import Path
from typing import Any

from entrypoints.cli import program
from entrypoints.cli.command_names import COMMANDS
from entrypoints.cli.command_tree import make_program
from entrypoints.cli.move_models import ESCALATION, MODELS
from tests.entrypoints.conftest import KEY, Terminal

EXAMPLE = Path(__file__).parents[2] / "examples" / "complaint.yaml"


async def test_a_dry_run_shows_what_a_move_would_do(terminal: Terminal) -> None:
    """State, sentences, clocks, who is notified and in which words; or the refusal. The timeline stays as it is."""
    await terminal.done("start", str(EXAMPLE))
    before = await _by_people(terminal)

    said = await terminal.done(
        "update", KEY, "--as", "elena", "--customer", "A technician is on the way.", "--dry-run"
    )
    shown = await terminal.json("resolve", KEY, "--as", "elena", "--done", "Sent new goods", "--dry-run")
    refused = await terminal.type("verify", KEY, "--as", "aisha", "--dry-run")
    wrong = await terminal.type("priority", KEY, "P9", "--as", "elena", "--dry-run")
    ahead = await terminal.done("forecast", KEY)
    soon = await terminal.json("forecast", KEY, "--hours", "1")

    assert "ACME/4711 would be communicating, level 1" in said
    assert "→ Jo Buyer, Budi Santoso, Ayşe Yılmaz: " in said
    assert "A technician is on the way." in said
    assert "even if there is nothing new" in " ".join(said.replace("│", "").split())
    assert "verifying" == shown["consequence"]["state"]
    assert {each["to"] for each in shown["messages"]} <= {
        each["to"] for each in shown["consequence"]["notified"]
    }
    assert all(each["subject"] and each["text"] for each in shown["messages"])
    assert (program.REFUSED, program.BAD_INPUT) == (refused[0], wrong[0])
    assert "cannot verify resolution while communicating" in refused[2]
    for level in range(2, 8):
        assert f"rose from level {level - 1} to {level}" in " ".join(ahead.split())
    assert {1, 2} == {each["level"] for each in soon}
    assert before == await _by_people(terminal)


async def _by_people(terminal: Terminal) -> list[Any]:
    """Return the state and the entries of people; the engine reports its deliveries meanwhile."""
    shown = await terminal.json("show", KEY)
    return [shown["state"], *(entry for entry in shown["timeline"] if entry["by"] != "engine")]


def test_each_move_of_an_escalation_has_a_dry_run() -> None:
    """Commands that are made from a declaration, and those that have a file of their own."""
    words_of = {move.value: words for move, words in COMMANDS.items()}
    for kind in MODELS[ESCALATION]:
        command: Any = make_program()
        for word in words_of.get(kind, kind.replace("_", "-")).split():
            command = command.get_command(None, word)
        if default := getattr(getattr(command, "_module", None), "DEFAULT", ""):
            command = command.get_command(None, default)
        assert "--dry-run" in {name for each in command.params for name in each.opts}, kind
