"""How-tos that need a server, followed as they stand: every command, and every answer that they show."""

import asyncio
import re
import shlex
from pathlib import Path

import pytest

from runtime.settings import ROOT
from tests.entrypoints.conftest import Terminal

FOLDER = ROOT / "docs" / "how-to"
PATIENCE = 10
"""Seconds: people type slower than a task force comes to life."""


def steps(page: str) -> list[tuple[list[str], list[str]]]:
    """Each command that *page* has typed, and the lines of its answer that it shows; blanks do not count."""
    blocks = re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    typed = [step for block in blocks for step in block.replace("\\\n", " ").split("$ escalate ")[1:]]
    parts = (step.partition("\n") for step in typed)
    return [
        (shlex.split(line), [" ".join(each.split()) for each in answer.splitlines()])
        for line, _, answer in parts
    ]


async def said(terminal: Terminal, words: list[str], shows: list[str]) -> str:
    """Return the output of a command, once it shows what it should, or time is up."""
    found = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while not found or not all(line in found for line in shows):
                _, answer, complaint = await terminal.type(*words)
                found = " ".join(f"{answer}{complaint}".split())
                await asyncio.sleep(0.2)
    except TimeoutError:
        pass
    return found


@pytest.mark.parametrize("name", ["deploy-a-task-force.md", "plan-the-work.md", "sponsor-an-account.md"])
async def test_the_how_to_can_be_followed_literally(
    terminal: Terminal, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    COMM-10, RESOLVE-2, RESOLVE-3, SPONSOR-1, SPONSOR-2: a newcomer gets what the page says they get.
    """
    page = (FOLDER / name).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for text in re.findall(r"`([\w-]+\.yaml)`:\n\n```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        (tmp_path / text[0]).write_text(text[1], encoding="utf-8")

    for words, shows in steps(page):
        answer = await said(terminal, words, shows)
        for line in shows:
            assert line in answer, words
