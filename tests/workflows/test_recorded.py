"""Events are kept past Temporal's own retention, and a database that is down delays nobody (RECORD-1)."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import ActivityEnvironment

from activities.record_open_escalations import OpenEscalations
from escalation import contract
from escalation.case.lifecycle import State
from escalation.case.record_batch import RecordBatch
from escalation.kernel.clocks import Outcome
from escalation.measures.report_schedule import OpenEscalationsRecorded
from records.data_export import read_escalations
from records.figure_formats import format_as_of
from records.period_report import make_report
from records.report import Period
from records.store import RecordStore
from tests.escalations import desk_on_skipping_server
from tests.workflows import stages

NOBODY_LISTENS = "postgresql+psycopg://nobody:secret@127.0.0.1:9/none"


async def test_a_whole_life_is_on_record_each_event_once_in_few_batches(tmp_path: Path) -> None:
    """
    RECORD-1: what Temporal tells and what the store tells are the same story.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start()
        await stages.whole_life(desk.client, desk.key)
        ended = await desk.run().result()
        batches = await desk.activities_in_history()
        await desk.nothing_went_wrong()

    store = RecordStore.at(None, tmp_path)
    (recorded,) = read_escalations(store, key=ended.request.key)
    sequence = [event["seq"] for event in recorded["events"]]
    assert list(range(1, len(sequence) + 1)) == sequence
    assert "closed" in {event["kind"] for event in recorded["events"]}
    assert 6 >= batches.count(contract.RECORD_EVENTS)
    store.close()


async def test_a_breach_is_on_record_while_it_is_open(tmp_path: Path) -> None:
    """
    RECORD-2: though its state is the same; nobody has to ask for it.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start()
        await desk.fast_forward(hours=2)
        view = await desk.view()
        store = RecordStore.at(None, tmp_path)
        found = make_report(store, Period(), datetime.now(UTC))
        store.close()

    assert (True, State.COMMUNICATING) == (view.is_breached, view.state)
    assert 1.0 == found.whole.value("breached")
    assert sum(clock.outcome is Outcome.BREACHED for clock in view.clocks) <= (
        found.whole.value("breaches") or 0
    )


async def test_a_report_brings_the_record_of_what_is_open_up_to_now(tmp_path: Path) -> None:
    """
    RECORD-2: by the activity of a mailed pack; what is on record already is not put there again.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start()
        await desk.client.acknowledge(desk.key, by="priya")
        store = RecordStore.at(None, tmp_path)
        ones = OpenEscalations(store)
        before = make_report(store, Period(), datetime.now(UTC)).whole.value("acknowledge_median")
        answer = await ActivityEnvironment(desk.temporal).run(ones.record_open_escalations)
        again = [batch async for _, batch in desk.client.unrecorded()]
        found = make_report(store, Period(), datetime.now(UTC), record=answer)
        store.close()

    assert (None, OpenEscalationsRecorded(asked=1)) == (before, answer)
    assert found.whole.value("acknowledge_median") is not None
    assert "Open escalations were not asked" not in format_as_of(found, ZoneInfo("UTC"))
    (batch,) = again
    assert isinstance(batch, RecordBatch)
    assert "acknowledged" in {event.kind for event in batch.events}


async def test_a_database_that_is_down_does_not_keep_the_key(tmp_path: Path) -> None:
    """
    RECORD-1, START-4: the escalation ends and its subject can come back; its follow-up keeps what is not recorded.
    """
    url = SecretStr(NOBODY_LISTENS)
    async with desk_on_skipping_server(state_folder=tmp_path, records_url=url) as desk:
        await desk.start()
        await stages.whole_life(desk.client, desk.key)
        ended = await desk.run().result()
        keeper = desk.temporal.get_workflow_handle(ended.id)

        assert "closed" == ended.state
        assert WorkflowExecutionStatus.RUNNING == (await keeper.describe()).status
        again = await desk.start()
        assert not again.is_repeat
        await desk.nothing_went_wrong()


async def test_a_hole_in_the_record_is_shown_until_it_is_filled(tmp_path: Path) -> None:
    """
    RECORD-1: the store answers how far its record is unbroken, and the run looks at it.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start(priority="P3")
        await desk.at_rest()
        with closing(RecordStore.at(None, tmp_path)) as store:
            with store.database.writing() as db:
                db.execute(text("DELETE FROM events WHERE seq = 2"))
            await stages.verifying_by_elena(desk.client, desk.key)
            await desk.at_rest()

            shown = (await desk.metadata()).current_details
            assert "(escalate doctor fixes it): an event after 1 is missing" in shown

            store.append(await desk.client.record_of(desk.key))
            await stages.closing(desk.client, desk.key)
            await desk.at_rest()
            assert "is missing" not in (await desk.metadata()).current_details
        await desk.nothing_went_wrong()


async def test_a_gap_in_the_record_is_shown_and_can_be_filled(tmp_path: Path) -> None:
    """
    RECORD-1: what the store cannot understand is left out, nothing counts that follows it, and whoever looks sees it.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start(priority="P3")
        await desk.at_rest()
        with closing(RecordStore.at(None, tmp_path)) as store, store.database.writing() as db:
            (opening,) = db.execute(text("SELECT body FROM events WHERE seq = 1")).scalars()
            db.execute(text("UPDATE events SET body = (SELECT body FROM events WHERE seq = 2) WHERE seq = 1"))
        await stages.verifying_by_elena(desk.client, desk.key)
        await desk.at_rest()

        assert "must begin with opened" in (await desk.metadata()).current_details

        with closing(RecordStore.at(None, tmp_path)) as store:
            with store.database.writing() as db:
                db.execute(text("UPDATE events SET body = :body WHERE seq = 1"), {"body": opening})
            (batch,) = [batch async for _, batch in desk.client.records()]
            assert isinstance(batch, RecordBatch)
            assert batch.events[-1].seq == store.append(batch).through
