"""
``escalate records rebuild``: a record that was lost comes back from what Temporal still keeps (RECORD-1).
"""

from pathlib import Path

import pytest

from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_command_line import EXAMPLES


async def test_a_lost_record_is_built_again(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    RECORD-1: an open and an ended one; a second time adds nothing.
    """
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path / "elsewhere"))
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"), "--key", "ACME/4712")
    await terminal.done("cancel", "ACME/4712", "--as", "elena", "--why", "the customer withdrew it")

    first = await terminal.json("records", "rebuild")
    again = await terminal.json("records", "rebuild")

    assert (2, {}) == (first["escalations"], first["refused"])
    assert first["events_added"] > 20
    assert 0 <= again["events_added"] < 10  # messages go on arriving
    shown = await terminal.done("records", "show", "ACME/4712")
    assert "cancelled" in shown
