"""
What has happened is kept past Temporal's own retention, and a database that is down is in nobody's way (RECORD-1).
"""

from contextlib import closing
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus

from escalation.effects import RecordBatch
from records.reading import kept
from records.store import RecordStore
from tests.desk import desk_on_skipping_server
from tests.workflows import stages
from workflows import wire

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
    (recorded,) = kept(store, key=ended.request.key)
    sequence = [event["seq"] for event in recorded["events"]]
    assert list(range(1, len(sequence) + 1)) == sequence
    assert "closed" in {event["kind"] for event in recorded["events"]}
    assert 6 >= batches.count(wire.RECORD_EVENTS)
    store.close()


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
