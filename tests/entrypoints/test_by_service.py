"""The command line by a service: the same commands, output and exit status as directly at the server."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from client import EscalationClient
from entrypoints.cli import program
from entrypoints.web.app import make_app
from entrypoints.web.temporal_client import TemporalClientSource
from entrypoints.web.web_server import bind_port, local_url, serve_app
from tests.entrypoints.conftest import Site, Terminal

EXAMPLES = Path(__file__).parents[2] / "examples"
ONE, TWO = "ACME/4711", "ACME/4712"
"""Moves are made directly of the one, and by the service of the other."""
_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?|\w{3} \d\d \w{3} [\d:]+|\d\d:\d\d(:\d\d)?"
    r"|(in )?\d+ (d|h|min|s)\b( \d+ (h|min|s)\b)*( ago)?|\d{1,2} \w+ \d{4}"
)
_SPACES = re.compile(r"[ ─]+")


@dataclass
class BothWays:
    """A terminal that types each command twice."""

    terminal: Terminal
    url: str

    async def compare(self, *words: str, key: str = TWO) -> tuple[int, str, str]:
        """Type *words*, in which the key is `KEY`, directly and by the service; return what both said."""
        directly = await self._typed(ONE, words)
        by_service = await self.by_service(key, *words)
        assert [*map(str.splitlines, directly[1:])] == [*map(str.splitlines, by_service[1:])], words
        assert directly[0] == by_service[0], words
        return directly

    async def by_service(self, key: str, *words: str) -> tuple[int, str, str]:
        os.environ["ESCALATION_URL"] = self.url
        try:
            return await self._typed(key, words)
        finally:
            del os.environ["ESCALATION_URL"]

    async def _typed(self, key: str, words: tuple[str, ...]) -> tuple[int, str, str]:
        status, said, complained = await self.terminal.type(*(word.replace("KEY", key) for word in words))
        return status, _without_times(said, key), _without_times(complained, key)


def _without_times(text: str, key: str) -> str:
    text = text.replace(key, "KEY").replace(key.partition("/")[2], "TICKET")
    return _SPACES.sub(" ", _TIMES.sub("TIME", text))


@pytest.fixture
async def both_ways(
    site: Site, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BothWays]:
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(site.settings.state_folder))
    monkeypatch.setenv("ESCALATION_PLAYBOOK", str(site.settings.playbook))
    monkeypatch.setenv("ESCALATION_SMTP_HOST", str(site.settings.smtp_host))
    settings = site.settings.model_copy(update={"gateway_port": 0})
    app = make_app(settings, TemporalClientSource(settings, EscalationClient(site.temporal)))
    with bind_port(settings) as listener:
        async with serve_app(app, listener):
            yield BothWays(terminal, local_url(listener))


MOVES: tuple[tuple[str, ...], ...] = (
    ("ack", "KEY", "--as", "maya", "--dry-run", "--json"),
    ("ack", "KEY", "--as", "maya"),
    ("ack", "KEY"),
    ("verify", "KEY", "--as", "aisha"),  # not now
    ("priority", "KEY", "P9", "--as", "elena"),  # no such value
    ("priority", "KEY", "P1", "--as", "jonas"),  # not theirs
    ("trigger", "KEY", "rain", "--as", "maya"),
    ("respond", "KEY", "1.1", "--as", "maya", "--json"),
    ("comment", "KEY", "@priya please look: “größer”", "--as", "elena"),
    ("update", "KEY", "--as", "elena", "--customer", "We are on it.", "--json"),
    ("plan", "KEY", "--as", "elena", "--step", "hannah: Find the cause; due 2030-01-31"),
    ("plan", "show", "KEY"),
    ("task-force", "deploy", "KEY", "dry-bays", "--as", "elena", "--mission", "Dry bays", "--lead", "kemal"),
    ("task-force", "report", "KEY", "dry-bays", "--as", "kemal", "--text", "Wet", "--update", "--dry-run"),
    ("task-force", "accept", "KEY", "dry-bays", "--as", "hannah", "--dry-run", "--json"),
    ("task-force", "accept", "KEY", "dry-bays", "--as", "hannah"),
    ("resolve", "KEY", "--as", "elena", "--done", "Sent new goods"),
    ("verify", "KEY", "--as", "aisha"),
    ("rca", "file", "KEY", str(EXAMPLES / "rca.yaml"), "--as", "kemal"),
    ("rca", "show", "KEY"),
    ("close", "KEY", "--as", "elena"),  # all that is missing
)
LOOKS: tuple[tuple[str, ...], ...] = (
    ("show", "KEY"),
    ("show", "KEY", "--diagram", "--json"),
    ("forecast", "KEY"),
    ("forecast", "KEY", "--hours", "3", "--json"),
    ("list", "--owner", "nobody"),
    ("messages", "KEY", "--json"),
    ("messages", "KEY", "--read", "nothing"),
    ("script", "KEY", "--lang", "tr"),
    ("inbox", "elna"),
    ("actions",),
    ("task-force", "show", "KEY", "dry-bays"),
    ("task-force", "show", "KEY", "dry-bay"),
    ("post-mortem", "draft", "KEY"),
    ("post-mortem", "show", "KEY"),
    ("sponsor", "propose", "ACME", "--as", "elena", "--why", "Third time", "--dry-run"),
    ("sponsor", "propose", "ACNE", "--as", "elena", "--why", "Third time"),
    ("sponsor", "show", "ACNE"),
    ("report", "schedule", "set", "weekly", "--to", "elena"),
    ("report", "schedule", "set", "weekly", "--to", "elna", "--at", "25:00"),
    ("report", "schedule", "list"),
    ("report", "--by", "category", "--from", "2026-01-01", "--to", "2026-12-31", "--tz", "Asia/Jakarta"),
    ("records", "show", "KEY", "--json"),
    ("rebase", "KEY", "--dry-run", "--json"),
    ("rebase", "--all", "--as", "elena", "--why", "New year", "--yes"),
    ("show", "4713"),
    ("show", "ACME//1"),
)
AFTERWARDS: tuple[tuple[str, ...], ...] = (
    ("cancel", "KEY", "--as", "elena", "--why", "Withdrawn", "--cause", "withdrawn"),
    ("ack", "KEY", "--as", "maya"),
)


async def test_each_command_says_the_same_both_ways(both_ways: BothWays) -> None:
    """Standard output, errors and exit status: what is done, refused, unknown or wrong, for people and as JSON."""
    await both_ways.compare("start", str(EXAMPLES / "complaint.yaml"), "--key", "KEY")
    await both_ways.compare("start", str(EXAMPLES / "complaint.yaml"), "--key", "KEY", "--json")
    for words in MOVES:
        await both_ways.compare(*words)
    found = {words: await both_ways.compare(*words, key=ONE) for words in LOOKS}
    for words in AFTERWARDS:
        await both_ways.compare(*words)
    watched = await both_ways.compare("watch", "KEY", "--every", "0.2", key=ONE)

    removed = await both_ways.by_service(ONE, "report", "schedule", "remove", "weekly")

    assert (0, "the weekly report is not scheduled any more\n", "") == removed
    assert {0, 1, 2} == {status for status, _, _ in found.values()}
    assert "Withdrawn" in watched[1]


async def test_what_needs_the_server_itself_says_so(both_ways: BothWays) -> None:
    """In one line, with how to go on; and so does a service that is not there."""
    for words in (("doctor",), ("serve",), ("records", "rebuild")):
        status, said, complained = await both_ways.by_service(ONE, *words)
        assert (program.BAD_INPUT, "") == (status, said)
        assert (
            f"`escalate {' '.join(words[:2] if words[0] == 'records' else words[:1])}` works only directly"
            in complained
        )
        assert 1 == complained.count("\n")
