"""
What has happened is kept past Temporal's own retention, and a database that is down is in nobody's way (RECORD-1).
"""

from pathlib import Path

from pydantic import SecretStr
from temporalio.client import WorkflowExecutionStatus

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
