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
from escalation.case.record_batch import RecordBatch
from escalation.kernel.values import from_plain
from escalation.policy.plan import SharedPlan
from records.store import RecordStore
from records.tables import Base
from runtime.connection import connect
from runtime.settings import Settings
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
LIFE = f"""\
ack ACME/4711 --as maya
raise ACME/4711 --as maya --reason lack_of_authority
begin ACME/4711 --as elena
plan ACME/4711 --as elena --step 'hannah: Find the cause'
update ACME/4711 --as elena --customer 'We are on it.' --internal 'Bay 3 again'
pause ACME/4711 waiting_for_customer --as elena
resume ACME/4711 --as elena
rebase ACME/4711 --as elena --why 'the new contract' --yes --playbook reference.yaml
resolve ACME/4711 --as elena --done Delivered
verify ACME/4711 --as aisha
confirm-access ACME/4711 ACME --as dewi
settle ACME/4711 INC-2041 --as maya
rca file ACME/4711 {EXAMPLES / "rca.yaml"} --as kemal
rca derive ACME/4711 --as kemal
rca approve ACME/4711 --as elena
rca share ACME/4711 --as dewi
close ACME/4711 --as elena
survey ACME/4711 ACME 2 --as dewi --contact jo.buyer@acme.example --comment Çabuk
post-mortem file ACME/4711 post-mortem.yaml --as elena
actions done ACME/4711 1 --as hannah
"""


@pytest.fixture
async def lived(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """With all that can be on record: also a signal that is refused, and another playbook since the start."""
    monkeypatch.chdir(tmp_path)
    Path("post-mortem.yaml").write_text(POST_MORTEM, encoding="utf-8")
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    temporal = await connect(Settings(), address=terminal.address)
    await temporal.get_workflow_handle("ACME/4711").signal("acknowledge", {"by": "somebody"})
    changed = terminal.playbook.read_text(encoding="utf-8").replace('version: "1.0"', 'version: "1.1"')
    terminal.playbook.write_text(changed, encoding="utf-8")
    for line in LIFE.splitlines():
        await terminal.done(*shlex.split(line))
    return terminal


def rows(folder: Path) -> dict[str, list[Any]]:
    """Everything in the store there, as the database has it."""
    with closing(RecordStore.at(None, folder)) as store, store.database.reading() as db:
        return {
            name: list(db.execute(text(f"SELECT * FROM {name} ORDER BY 1, 2")))  # noqa: S608 - our own tables
            for name in Base.metadata.tables
        }


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
    lived: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    RECORD-1, CLOSE-6, CLOSE-7: a late answer and a finished action, byte for byte; also from the follow-up alone.
    """
    again = await rebuilt(lived, tmp_path / "elsewhere", monkeypatch)
    live = rows(tmp_path / "state")
    shown = await lived.done("records", "show", "ACME/4711")
    of_follow_up = await told_by_its_follow_up(tmp_path / "last")

    after = ["closed", "survey_answered", "post_mortem_filed", "action_finished"]
    assert after == [event.kind for event in live["events"] if event.kind in after]
    assert (2, "Çabuk") == (live["answers"][0].score, live["answers"][0].comment)
    assert ("Buy tarpaulins", None) == (live["actions"][-1].what, live["actions"][-1].done_on)
    assert live["actions"][0].done_on
    assert live == again == of_follow_up
    assert "answered the survey: 2 of 5" in shown


async def test_the_record_has_all_that_it_is_to_keep(
    lived: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    RECORD-1: moves, refusals, messages, clocks, people, plan versions, RCA, survey.
    """
    await rebuilt(lived, tmp_path / "elsewhere", monkeypatch)
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path / "state"))
    (kept,) = await lived.json("records", "export")
    happened = {event["kind"]: event for event in kept["events"]}

    moves = ("acknowledged", "level_raised", "update_sent", "clocks_paused", "resolution_declared", "closed")
    assert ["maya", "maya", "elena", "elena", "elena", "elena"] == [happened[move]["by"] for move in moves]
    assert (1, "acknowledge") == (kept["refused"], happened["move_refused"]["event"]["move"])
    assert {"first_notification", "update", "survey"} <= {
        result["occasion"] for result in kept["delivery_results"]
    }
    assert all(result["delivered_at"] for result in kept["delivery_results"] if result["channel"] == "email")
    assert {"met"} == {clock["outcome"] for clock in kept["clocks"] if clock["name"] == "resolution"}
    assert ["waiting_for_customer"] == [pause["because"] for pause in kept["pauses"]]
    assert {"maya", "priya"} <= {hold["person"] for hold in kept["ownerships"]}
    plan = from_plain(SharedPlan, happened["opened"]["event"]["plan"])
    assert {"hannah", "kemal"} <= {person.id for person in plan.contacts}
    assert ["1.0", "1.1"] == [playbook["version"] for playbook in kept["playbooks"]]
    assert ["1.0", "1.1"] == [version(kept, happened[kind]) for kind in ("clocks_resumed", "rebased")]
    assert "Find the cause" in str(happened["plan_revised"]["event"])
    assert kept["causes"][0]["cause"] in happened["rca_filed"]["event"]["rca"]["root_causes"]
    assert {"rca_derived", "rca_approved", "rca_shared"} <= happened.keys()
    assert [("ACME", 2, "Çabuk")] == [(a["account"], a["score"], a["comment"]) for a in kept["answers"]]
    assert ["Nobody looked at the weather"] == happened["post_mortem_filed"]["event"]["post_mortem"][
        "findings"
    ]
    assert [True, *[False] * (len(kept["actions"]) - 1)] == [
        bool(each["done_on"]) for each in kept["actions"]
    ]


def version(kept: dict[str, Any], event: dict[str, Any]) -> str:
    """Of the playbook that was in force."""
    return next(str(each["version"]) for each in kept["playbooks"] if each["sha256"] == event["playbook"])


async def told_by_its_follow_up(folder: Path) -> dict[str, list[Any]]:
    """The record as the run of the follow-up alone knows it, which is the last that Temporal forgets."""
    client = await EscalationClient.connect()
    with closing(RecordStore.at(None, folder)) as store:
        async for run, batch in client.records():
            if "@" in run:
                assert isinstance(batch, RecordBatch)
                store.append(batch)
    return rows(folder)
