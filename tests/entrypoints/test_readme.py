"""
README, followed as it stands by somebody who has just cloned the project.
"""

import re
from pathlib import Path

import pytest

from runtime.settings import ROOT
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_how_tos import steps

README = (ROOT / "README.md").read_text(encoding="utf-8")


def part(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)^## ", README, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


async def test_use_it_shows_what_is_answered(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each command of "Use it" answers what stands below it, to where "…" leaves something out.
    """
    monkeypatch.chdir(ROOT)
    typed = [(words, shows) for words, shows in steps(part("Use it")) if words]

    assert ["start", "ack", "verify"] == [words[0] for words, _ in typed]
    for words, shows in typed:
        _, said, complained = await terminal.type(*words)
        answer = " ".join(f"{said}{complained}".split())
        for line in shows:
            assert line.removesuffix("…").strip() in answer, words


async def test_a_playbook_can_be_tried_as_it_says(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each command of "Try a playbook before you use it" ends well on the file that the first one has written.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").symlink_to(ROOT / "playbooks")
    answers = ["--name", "Ours", "--time-zone", "Asia/Jakarta", "--level", "Desk: maya"]
    answers += ["--person", "maya, Maya Okafor, maya@example.com"]

    for words, _ in steps(part("Try a playbook before you use it")):
        await terminal.done(*words, *(answers if "new" in words else []))
