"""Dry runs and forecasts: what would happen is shown, and nothing changes."""

from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli import program
from entrypoints.cli.command_names import COMMANDS
from entrypoints.cli.command_tree import make_program
from entrypoints.cli.move_models import ESCALATION, MODELS, SPONSORSHIP, TASK_FORCE
from tests.entrypoints.conftest import KEY, Terminal
from tests.entrypoints.test_sponsor import TERMS

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
    whole = await terminal.json("forecast", KEY)
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
    assert soon == whole[: len(soon)]
    assert len(soon) < len(whole)
    assert before == await _by_people(terminal)


async def _by_people(terminal: Terminal) -> list[Any]:
    """Return the state and the entries of people; the engine reports its deliveries meanwhile."""
    shown = await terminal.json("show", KEY)
    return [shown["state"], *(entry for entry in shown["timeline"] if entry["by"] != "engine")]


async def test_a_dry_run_shows_links_where_messages_carry_them(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If people reach the web service, or all is printed where it runs; else letters name other ways."""
    update = ("update", KEY, "--as", "elena", "--customer", "A technician is on the way.", "--dry-run")
    links = "Open your page: (their own link)"
    await terminal.done("start", str(EXAMPLE))

    printed = await terminal.done(*update)
    monkeypatch.setenv("ESCALATION_SMTP_HOST", "mail.example.com")
    sent = await terminal.done(*update)
    monkeypatch.setenv("ESCALATION_GATEWAY_URL", "https://answer.example.com")
    reached = await terminal.done(*update)

    assert [True, False, True] == [links in said for said in (printed, sent, reached)]


async def test_a_dry_run_shows_what_a_move_in_a_task_force_would_do(terminal: Terminal) -> None:
    """Of the same shape; a report to everybody names those whom the escalation would notify of it."""
    here = (KEY, "roof")
    await terminal.done("start", str(EXAMPLE))
    deploy = (
        "task-force",
        "deploy",
        *here,
        "--as",
        "elena",
        "--mission",
        "Find the leak",
        "--lead",
        "hannah",
    )
    ahead = await terminal.json(*deploy, "--seat", "agent=tom,maya", "--dry-run")
    await terminal.done(*deploy, "--seat", "agent=tom,maya")
    before = await _force_by_people(terminal, here)

    said = await terminal.done("task-force", "decline", *here, "--as", "tom", "--dry-run")
    report = ("task-force", "report", *here, "--as", "hannah", "--text", "It is the roof", "--update")
    shown = await terminal.json(*report, "--dry-run")
    task = ("task-force", "task", "add", *here, "Climb up", "--as", "hannah", "--owner", "maya", "--dry-run")
    refused = await terminal.type(*task)

    assert {"hannah", "tom"} <= {each["to"] for each in ahead["consequence"]["notified"]}
    assert "ACME/4711, task force roof would be forming, led by hannah; nothing has changed" in said
    assert "Maya Okafor: " in said
    assert ("forming", None, "hannah") == tuple(
        shown["consequence"][name] for name in ("state", "level", "owner")
    )
    assert ("task_force_report", "elena") in {
        (each["occasion"], each["to"]) for each in shown["consequence"]["notified"]
    }
    assert any("It is the roof" in each["text"] for each in shown["messages"])
    assert program.BAD_INPUT == refused[0]
    assert refused == await terminal.type(*task[:-1])
    assert before == await _force_by_people(terminal, here)


async def _force_by_people(terminal: Terminal, here: tuple[str, str]) -> list[Any]:
    shown = await terminal.json("task-force", "show", *here)
    return [shown["state"], shown["seats"], *(each for each in shown["timeline"] if each["by"] != "engine")]


async def test_a_dry_run_shows_what_a_move_of_a_sponsorship_would_do(terminal: Terminal) -> None:
    """From the proposal of an account that nobody knows to its exit; what a person may not do is refused."""
    propose = ("sponsor", "propose", "ACNE", "--new", "--as", "elena", "--why", "Third time")
    proposed = await terminal.json(*propose, "--dry-run")
    unknown = await terminal.type("sponsor", "show", "ACNE")
    await terminal.done(*propose)

    enrolled = await terminal.json("sponsor", "enrol", "ACNE", *TERMS, "--dry-run")
    refused = await terminal.type("sponsor", "exit", "ACNE", "--as", "maya", "--why", "Quiet", "--dry-run")
    nobody = await terminal.type("sponsor", "exit", "ACNE", "--as", "elna", "--why", "Quiet", "--dry-run")
    said = await terminal.done("sponsor", "exit", "ACNE", "--as", "elena", "--why", "Quiet", "--dry-run")

    assert ("proposed", "") == (proposed["consequence"]["state"], proposed["consequence"]["owner"])
    assert "sponsorship_proposed" in {each["occasion"] for each in proposed["consequence"]["notified"]}
    assert program.REFUSED == unknown[0]
    assert ("enrolled", "grace") == (enrolled["consequence"]["state"], enrolled["consequence"]["owner"])
    assert ["grace"] == [each["to"] for each in enrolled["messages"]]
    assert {"touch_point", "sponsorship_review"} == {clock["name"] for clock in enrolled["clocks"]}
    assert program.REFUSED == refused[0]
    assert nobody == await terminal.type("sponsor", "exit", "ACNE", "--as", "elna", "--why", "Quiet")
    assert "did you mean elena" in nobody[2]
    assert "ACNE would be exited" in said
    assert "proposed" == (await terminal.json("sponsor", "show", "ACNE"))["standing"]


def test_each_move_has_a_dry_run() -> None:
    """Commands that are made from a declaration, and those that have a file of their own."""
    words_of = {move.value: words for move, words in COMMANDS.items()}
    wanted = [words_of.get(kind, kind.replace("_", "-")) for kind in MODELS[ESCALATION]]
    wanted += [words_of[kind] for kind in MODELS[TASK_FORCE]]
    wanted += [f"sponsor {kind}" for kind in (*MODELS[SPONSORSHIP], "propose", "enrol")]
    for words in wanted:
        command: Any = make_program()
        for word in words.split():
            command = command.get_command(None, word)
        if default := getattr(getattr(command, "_module", None), "DEFAULT", ""):
            command = command.get_command(None, default)
        assert "--dry-run" in {name for each in command.params for name in each.opts}, words
