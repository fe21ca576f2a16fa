"""
``escalate doctor``: what is wrong with runs and with the record is found, and ``--repair`` brings it back.
"""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus

from client import EscalationClient
from escalation import contract
from escalation.contract import EscalationInput
from records.store import RecordStore
from records.verification import verify_record
from runtime.connection import connect
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.entrypoints.conftest import KEY, OTHER, Site, Terminal, until_stalled, workers_of
from tests.replay.changed_workflows import AsksForMore, CarriesRubbish, ForgetsDeliveries
from workers.queue_workers import serve_queues
from workflows.continue_as_new import CHECK_BUILD


@pytest.fixture(autouse=True)
def of_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line has the workers' record."""
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path / "state"))


async def until_healthy(terminal: Terminal) -> None:
    async with asyncio.timeout(30):
        while (told := await terminal.type("doctor"))[0]:  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(0.3)
    assert "healthy\n" == told[1]


async def test_a_stalled_run_is_brought_back_with_all_that_was_sent_to_it(stalled: Terminal) -> None:
    """
    Moves that were accepted before the stall, and those that came since, are applied again; the record
    follows.
    """
    temporal = await connect(Settings(), address=stalled.address)
    await temporal.get_workflow_handle(KEY).signal("pause", {"by": "nobody", "because": "no reason"})
    status, found, _ = await stalled.type("doctor")
    assert 1 == status
    assert f"{KEY}: stalled since 20" in found
    assert "--repair: reset it to before event" in found
    assert OTHER not in found

    status, repaired, complained = await stalled.type("doctor", KEY, "--repair", "--yes")

    assert (0, "") == (status, complained)
    assert f"{KEY}: repaired" in repaired
    shown = await stalled.json("show", KEY)
    happened = [entry["kind"] for entry in shown["timeline"]]
    assert ["acknowledged", "resolution_begun", "move_refused"] == [
        kind for kind in happened if kind in {"acknowledged", "resolution_begun", "move_refused"}
    ]
    assert ("resolving", "elena") == (shown["state"], shown["acknowledged_by"])
    await until_healthy(stalled)
    assert "stalled" not in await stalled.done("list")
    assert {} == (await stalled.json("records", "rebuild"))["refused"]


async def test_what_was_on_record_before_a_reset_gives_way(stalled: Terminal, tmp_path: Path) -> None:
    """
    The record of a run that was reset says what the run says: of the one that is repaired, and of one that was before.
    """
    with closing(RecordStore.at(None, tmp_path / "state")) as store:
        with store.database.writing() as db:
            other = (
                "SELECT escalation, 99, at, by, kind, body, playbook, NULL, NULL FROM events WHERE seq = 1"
            )
            db.execute(text(f"INSERT INTO events {other}"))
        status, found, _ = await stalled.type("doctor")
        assert 1 == status
        assert f"{OTHER}: event 99 is on record otherwise than in its run, which was reset" in found
        assert "2 things are wrong; 2 repairs by --repair" in found

        status, repaired, _ = await stalled.type("doctor", "--repair", "--yes")

        assert 0 == status, repaired
        await until_healthy(stalled)
        assert {} == store.find_gaps()
        assert () == verify_record(store).faults


async def test_a_hole_in_the_record_is_filled(terminal: Terminal, tmp_path: Path) -> None:
    await started(terminal)
    with closing(RecordStore.at(None, tmp_path / "state")) as store:
        with store.database.writing() as db:
            db.execute(text("DELETE FROM events WHERE seq IN (2, 3)"))
        found = await terminal.json_of("doctor")
        repaired = await terminal.json_of("doctor", "--repair", "--yes")

        assert (1, 0) == (found[0], repaired[0])
        (hole,) = found[1]["findings"]
        assert ("hole", KEY, True) == (hole["kind"], hole["key"], hole["is_repairable"])
        assert hole["what"].startswith("2 events, from 2 to 3, are missing from the record /")
        assert [True] == [finding["repaired"] for finding in repaired[1]["findings"]]
        assert {} == store.find_gaps()
        assert () == verify_record(store).faults
    assert "healthy\n" == await terminal.done("doctor", KEY)


async def test_a_hole_that_no_run_can_fill_is_said(terminal: Terminal, tmp_path: Path) -> None:
    await started(terminal)
    with closing(RecordStore.at(None, tmp_path / "state")) as store, store.database.writing() as db:
        db.execute(
            text(
                "INSERT INTO events SELECT 'OLD/1@then', seq, at, by, kind, body, playbook, NULL, NULL FROM events"
            )
        )
        db.execute(text("DELETE FROM events WHERE escalation = 'OLD/1@then' AND seq = 2"))

    status, found, _ = await terminal.type("doctor", "--repair", "--yes")

    assert 1 == status
    assert "OLD/1@then: 1 event is missing from the record /" in found
    assert "needs: a run that knows them, and Temporal keeps none any more" in found


async def test_runs_that_can_never_begin_are_terminated(terminal: Terminal) -> None:
    """
    Started by hand: as a workflow that nobody knows, and where nobody works.
    """
    temporal = await connect(Settings(), address=terminal.address)
    await temporal.start_workflow("Nonsense", 1, id="by-hand", task_queue=contract.ESCALATION_QUEUE)
    await temporal.start_workflow(contract.WORKFLOW, {"request": {}}, id=KEY, task_queue="escalation")
    client = await EscalationClient.connect()
    await until_stalled(client)

    status, found, _ = await terminal.type("doctor", "--repair", "--yes")

    assert 0 == status, found
    assert "by-hand: cannot begin with what it was started with" in found
    assert f"{KEY}: cannot begin, because no worker works on the task queue 'escalation'" in found
    for key in ("by-hand", KEY):
        described = await temporal.get_workflow_handle(key).describe()
        assert WorkflowExecutionStatus.TERMINATED is described.status


async def test_deliveries_that_a_run_does_not_know_are_told_to_it(site: Site) -> None:
    async with workers_of(site, ForgetsDeliveries):
        await tell_what_was_forgotten(site.terminal)


async def tell_what_was_forgotten(forgetful: Terminal) -> None:
    client = await EscalationClient.connect()
    await client.start(a_complaint(key=KEY))
    async with asyncio.timeout(30):
        while "were delivered, and its run does not know it" not in (await forgetful.type("doctor"))[1]:  # noqa: ASYNC110
            await asyncio.sleep(0.3)
    assert [] == await told_of(client)

    status, told, _ = await forgetful.type("doctor", KEY, "--repair", "--yes")

    assert 0 == status, told
    async with asyncio.timeout(20):
        while len(forgetful.mailbox.messages()) != len(await told_of(client)):  # noqa: ASYNC110 - it is told by a signal
            await asyncio.sleep(0.2)


async def told_of(client: EscalationClient) -> list[str]:
    """Keys of the messages that the run knows to be delivered."""
    return [message.key for message in await client.messages(KEY) if message.is_delivered]


async def test_a_run_that_this_program_can_follow_is_left_alone(site: Site) -> None:
    """The run's workers have the wrong code: a reset would lose what happened, and not help."""
    client = EscalationClient(site.temporal)
    async with serve_queues(site.temporal, site.settings):
        await client.start(a_complaint(key=KEY))
        await client.acknowledge(KEY, by="elena")
        await until_healthy(site.terminal)
    run = site.temporal.get_workflow_handle(KEY)
    before = (await run.describe()).run_id
    async with workers_of(site, AsksForMore):
        await run.signal(CHECK_BUILD)
        await until_stalled(client)
        status, found, _ = await site.terminal.type("doctor", "--repair", "--yes")

    assert 1 == status
    assert "needs: workers that run this program, which can follow it" in found
    assert before == (await run.describe()).run_id


async def test_a_run_that_cannot_read_what_it_was_given_begins_again_from_the_one_before(site: Site) -> None:
    """The run never began itself, so the run that it continues is reset."""
    client = EscalationClient(site.temporal)
    async with workers_of(site, CarriesRubbish):
        begin = EscalationInput(request=a_complaint(key=KEY), continue_after=60)
        await site.temporal.start_workflow(
            contract.WORKFLOW, begin, id=KEY, task_queue=contract.ESCALATION_QUEUE
        )
        await client.start(a_complaint(key=KEY))  # finds it, once it is open
        await client.acknowledge(KEY, by="elena")
        await client.begin_resolution(KEY, by="elena")
        async with asyncio.timeout(60):
            while not await client.stalled():
                # Each signal makes the run longer, until a new one continues it.
                await site.temporal.get_workflow_handle(KEY).signal("acknowledge", {"by": "nobody"})
                await asyncio.sleep(0.5)
    async with serve_queues(site.temporal, site.settings):
        status, found, _ = await site.terminal.type("doctor", KEY, "--repair", "--yes")

        assert 0 == status, found
        assert "cannot be read" in found
        view = await client.view(KEY)
        assert ("elena", "resolving") == (view.acknowledged_by, view.state)
        await until_healthy(site.terminal)


async def test_a_record_that_cannot_be_used_hides_no_stalled_run(
    stalled: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCALATION_RECORDS_URL", "postgresql://nobody:secret@127.0.0.1:9/none")
    status, found, _ = await stalled.type("doctor")

    assert 1 == status
    assert f"{KEY}: stalled since" in found
    assert "record: the record store postgresql://127.0.0.1:9/none cannot be used" in found
    assert "secret" not in found


async def test_a_repair_asks_first(terminal: Terminal) -> None:
    status, _, complained = await terminal.type("doctor", "--repair")

    assert 2 == status
    assert "--yes: given nothing, and nobody to ask; allowed: --repair with --yes" in complained


async def test_a_key_that_nobody_has_is_refused(terminal: Terminal) -> None:
    status, _, complained = await terminal.type("doctor", "ACME/1")

    assert 1 == status
    assert "no escalation 'ACME/1' is known here" in complained


async def started(terminal: Terminal) -> None:
    """Until all that was sent is on record."""
    client = await EscalationClient.connect()
    await client.start(a_complaint(key=KEY))
    await client.begin_resolution(KEY, by="elena")
    await until_healthy(terminal)
