"""
``escalate records rebuild``: a record that was lost comes back from what Temporal still keeps (RECORD-1).
"""

import asyncio
import shlex
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from client import EscalationClient
from escalation.effects import RecordBatch
from records.store import RecordStore
from records.tables import Base
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


POST_MORTEM = """\
participants: [elena]
findings: [Nobody looked at the weather]
actions: [{what: Buy tarpaulins, owner: hannah, due: 2000-01-31}]
"""
LIFE = """\
resolve ACME/4711 --as elena --done Delivered
verify ACME/4711 --as aisha
confirm-access ACME/4711 ACME --as dewi
settle ACME/4711 INC-2041 --as maya
close ACME/4711 --as elena
survey ACME/4711 ACME 2 --as dewi -m Çabuk
post-mortem file ACME/4711 post-mortem.yaml --as elena
actions done ACME/4711 1 --as hannah
"""


def rows(folder: Path) -> dict[str, list[Any]]:
    """Everything in the store there, as the database has it."""
    with closing(RecordStore.at(None, folder)) as store, store.database.reading() as db:
        return {
            name: db.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2")).all()  # noqa: S608 - our own tables
            for name in Base.metadata.tables
        }


def kinds(found: dict[str, list[Any]]) -> list[str]:
    return [event.kind for event in found["events"]]


async def rebuilt(terminal: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Built again as soon as the live record has all that happened, and nothing is on its way any more."""
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(folder))
    async with asyncio.timeout(30):
        while True:
            done = await terminal.json("records", "rebuild")
            assert {} == done["refused"]
            found = rows(folder)
            if len(found["events"]) == len(rows(folder.parent / "state")["events"]):
                return found
            await asyncio.sleep(0.2)


async def test_what_follows_the_close_is_recorded_alike_live_and_rebuilt(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    RECORD-1, CLOSE-6, CLOSE-7: a late answer and a finished action, byte for byte; also from the follow-up alone.
    """
    monkeypatch.chdir(tmp_path)
    Path("post-mortem.yaml").write_text(POST_MORTEM, encoding="utf-8")
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"), "--priority", "P3")
    for line in LIFE.splitlines():
        await terminal.done(*shlex.split(line))

    again = await rebuilt(terminal, tmp_path / "elsewhere", monkeypatch)
    live = rows(tmp_path / "state")
    shown = await terminal.done("records", "show", "ACME/4711")
    of_follow_up = await told_by_its_follow_up(tmp_path / "last")

    assert ["closed", "survey_answered", "post_mortem_filed", "action_finished"] == [
        kind
        for kind in kinds(live)
        if kind in {"closed", "survey_answered", "post_mortem_filed", "action_finished"}
    ]
    assert (2, "Çabuk") == (live["answers"][0].score, live["answers"][0].comment)
    assert [("Buy tarpaulins", True)] == [(each.what, bool(each.done_on)) for each in live["actions"]]
    assert live == again == of_follow_up
    assert "answered the survey: 2 of 5" in shown
    assert "Buy tarpaulins" in shown


async def told_by_its_follow_up(folder: Path) -> dict[str, list[Any]]:
    """The record as the run of the follow-up alone knows it, which is the last that Temporal forgets."""
    client = await EscalationClient.connect()
    with closing(RecordStore.at(None, folder)) as store:
        async for run, batch in client.records():
            if "@" in run:
                assert isinstance(batch, RecordBatch)
                store.append(batch)
    return rows(folder)
