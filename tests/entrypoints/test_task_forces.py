"""
``escalate task-force``: deployed, answered, reported on and stood down in a terminal (RESOLVE-2, RESOLVE-3).
"""

import asyncio
from typing import Any

import pytest

from entrypoints.cli import program
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_command_line import EXAMPLES

KEY, NAME = "ACME/4711", "roof"
HERE = (KEY, NAME)


def force(*words: str) -> tuple[str, ...]:
    return "task-force", *words


@pytest.fixture
async def deployed(terminal: Terminal) -> Terminal:
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.done(
        *force("deploy", *HERE, "--as", "elena", "--mission", "Find the leak", "--lead", "hannah"),
        *("--seat", "agent=tom,maya", "--plan", "Look up", "--status-every", "2 h"),
    )
    return terminal


async def until(terminal: Terminal, is_so: Any) -> dict[str, Any]:
    """Return what the escalation knows of the task force, once it knows something."""
    async with asyncio.timeout(20):
        while True:
            (found,) = await terminal.json(*force("list", KEY))
            if is_so(found):
                return dict(found)
            await asyncio.sleep(0.1)


async def test_a_task_force_lives_in_a_terminal(deployed: Terminal) -> None:
    """
    RESOLVE-2, RESOLVE-3: a seat declined and filled, tasks, a report, and its end.
    """
    await until(deployed, lambda found: found["heard"])
    assert "tom declined" in await deployed.done(*force("decline", *HERE, "--as", "tom", "--why", "On leave"))
    assert "working" in await deployed.done(*force("accept", *HERE, "--as", "maya"))
    owner = ("--owner", "maya", "--due", "2030-01-31T12:00")
    await deployed.done(*force("task", "add", *HERE, "Climb up", "--as", "hannah", *owner))
    await deployed.done(*force("task", "add", *HERE, "Dry it", "--as", "hannah", "--owner", "hannah"))
    await deployed.done(*force("task", "done", *HERE, "1", "--as", "maya"))
    await deployed.done(*force("report", *HERE, "--as", "hannah", "--text", "It is the roof", "--update"))

    shown = await deployed.done(*force("show", *HERE))
    for what in ("Find the leak", "agent: maya", "✓ by maya Climb up", "Dry it", "It is the roof"):
        assert what in shown
    assert "roof working, led by hannah" in await deployed.done("show", KEY)
    heard = await until(deployed, lambda found: found["latest"])
    assert (["maya"], 1, 1) == (heard["members"], heard["done_tasks"], len(heard["open_tasks"]))
    assert "It is the roof" in await deployed.done(*force("list", KEY))

    assert "maya left the seat agent" in await deployed.done(*force("leave", *HERE, "--as", "maya"))
    assert "agent: vacant" in await deployed.done(*force("show", *HERE))
    again = await deployed.done(*force("offer", *HERE, "1", "--to", "kemal", "--as", "hannah"))
    assert "the seat agent is offered to kemal" in again

    stood_down = await deployed.done(*force("stand-down", *HERE, "--as", "hannah", "--why", "Found"))
    assert "still open: Dry it (hannah)" in stood_down


BAD: tuple[tuple[tuple[str, ...], str], ...] = (
    (("deploy", KEY, "The Roof", "--mission", "x", "--lead", "hannah"), "small letters, digits and -"),
    (("deploy", KEY, "wall", "--mission", "x", "--lead", "hana"), "did you mean hannah"),
    (("deploy", KEY, "wall", "--mission", "x", "--lead", "hannah", "--seat", "plumber"), "'plumber'"),
    (
        ("deploy", KEY, "wall", "--mission", "x", "--lead", "hannah", "--status-every", "soon"),
        "--status-every",
    ),
    (("accept", KEY, "rooof"), "no task force 'rooof'; known: roof"),
    (("offer", *HERE, "2"), "no seat '2'; known: 1"),
    (("offer", *HERE, "one"), "SEAT: given 'one'; allowed: a whole number"),
    (("task", "add", *HERE, "x", "--owner", ""), "--owner"),
    (("task", "add", *HERE, "x", "--owner", "hannah", "--due", "soon"), "--due"),
)


async def test_bad_input_is_told_clearly(deployed: Terminal) -> None:
    """
    RESOLVE-2: what was given and what is allowed, an exit status of its own, no traceback.
    """
    await until(deployed, lambda found: found["heard"])
    for words, says in BAD:
        status, _, complained = await deployed.type(*force(*words, "--as", "elena"))
        assert program.BAD_INPUT == status, complained
        assert says in " ".join(complained.split()), words
