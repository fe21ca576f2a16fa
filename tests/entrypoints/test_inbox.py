"""Inboxes in a terminal."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entrypoints.cli import program
from tests.entrypoints.conftest import Terminal

JO = "ACME:jo.buyer@acme.example"
COMPLAINT = str(Path(__file__).parents[2] / "examples" / "complaint.yaml")


async def test_what_waits_is_listed_and_released(terminal: Terminal) -> None:
    """
    COMM-11, COMM-12: by whom, if at all, is refused in a sentence; nothing waits for most people.
    """
    now = datetime.now(UTC)
    hours = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=3):%H:%M}"
    quiet = f'\nmessages: {{customers: {{quiet_hours: "{hours}"}}}}\n'
    terminal.playbook.write_text(terminal.playbook.read_text(encoding="utf-8") + quiet, encoding="utf-8")
    await terminal.done("start", COMPLAINT)
    async with asyncio.timeout(20):
        while not await terminal.json("inbox", JO):  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    assert "no messages wait for elena" in await terminal.done("inbox", "elena")
    assert [] == await terminal.json("inbox", "elena", "--release", "--as", "elena")
    said = await terminal.done("inbox", JO)
    assert "case received by email, quiet hours, until " in said
    assert f"message waits for {JO}" in said
    (status, _, complained) = await terminal.type("inbox", JO, "--release", "--as", "maya")
    assert (1, True) == (status, "may not release what waits for" in complained)
    (status, _, complained) = await terminal.type("inbox", JO, "--release")
    assert (2, True) == (status, "--as" in complained)
    assert f"for {JO} leaves now" in await terminal.done("inbox", JO, "--release", "--as", "elena")


@pytest.mark.parametrize(
    ("who", "meant"),
    [
        ("ghost", "a person or team of reference.yaml, or a customer's contact as ACCOUNT:EMAIL"),
        ("elene", "did you mean elena?"),
        ("", "PERSON: given ''"),
        ("GHOST:jo@x.example", "PERSON: given 'GHOST'"),
        (":jo@x.example", "of an account that has escalations"),
    ],
)
async def test_whom_nobody_knows_has_no_inbox(terminal: Terminal, who: str, meant: str) -> None:
    """
    COMM-12: people and teams are known, and customers whose account is.
    """
    status, _, complained = await terminal.type("inbox", who)

    assert (program.BAD_INPUT, True) == (status, meant in complained), complained
    assert "no messages wait for finance" in await terminal.done("inbox", "finance")
