"""
Queries that reach a worker before the workflow task that they wait behind change nothing of what is decided in it.

The SDK hands the news of that task over with the query, at the instant of the task before; why it is left alone there
is in `workflows.workflow_task_boundaries`. A workflow of two activities shows it, for it keeps the instant of the news.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.embedded import EmbeddedServer
from workflows.plugin import escalation_plugin

ROUNDS = 12
_ROUNDED = timedelta(milliseconds=1)


@activity.defn(name="wait")
async def wait() -> None:
    """Ends when the test says so."""
    activity.raise_complete_async()


@workflow.defn(name="Noting")
class Noting:
    """Notes when its activity ended."""

    def __init__(self) -> None:
        self._ended_at: datetime | None = None
        self._may_go = False

    @workflow.run
    async def run(self) -> datetime | None:
        await workflow.execute_activity(wait, activity_id="wait", start_to_close_timeout=timedelta(minutes=1))
        self._ended_at = workflow.now()
        await workflow.wait_condition(lambda: self._may_go)
        return self._ended_at

    @workflow.signal
    def go(self) -> None:
        self._may_go = True

    @workflow.query
    def ended_at(self) -> datetime | None:
        return self._ended_at


async def test_news_is_decided_in_its_own_task_whoever_asks_before(tmp_path: Path) -> None:
    """
    Nothing works while the activity ends and somebody asks; what wakes then meets both at once.
    """
    async with EmbeddedServer(tmp_path, ui_port=None) as server:
        client = await Client.connect(server.address, plugins=[escalation_plugin()])
        lives = await asyncio.gather(*(_live(client, f"asked-{number}") for number in range(ROUNDS)))
        assert [] == [(noted, started) for noted, started in lives if abs(noted - started) > _ROUNDED]


async def test_a_run_that_was_terminated_with_news_still_answers(tmp_path: Path) -> None:
    """
    No task comes after its end: it shows what it was at its last one.
    """
    async with EmbeddedServer(tmp_path, ui_port=None) as server:
        client = await Client.connect(server.address, plugins=[escalation_plugin()])
        handle = await _at_work(client, "ended")
        await client.get_async_activity_handle(
            workflow_id="ended", run_id=None, activity_id="wait"
        ).complete()
        await handle.terminate()
        async with _worker(client, "ended"):
            assert await handle.query(Noting.ended_at) is None


async def _live(client: Client, name: str) -> tuple[datetime, datetime]:
    """Return when the activity of one run ended as it noted live, and when the task that says so had started."""
    handle = await _at_work(client, name)
    asked = asyncio.create_task(handle.query(Noting.ended_at))
    await asyncio.sleep(0.5)
    await client.get_async_activity_handle(workflow_id=name, run_id=None, activity_id="wait").complete()
    await asyncio.sleep(0.5)
    async with _worker(client, name):
        await asked
        await handle.signal(Noting.go)
        noted = await handle.result()
        assert noted
    started = [
        event.event_time.ToDatetime(UTC)
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    ]
    return noted, started[1]


async def _at_work(client: Client, name: str) -> WorkflowHandle[Noting, datetime | None]:
    """A run whose activity was asked for, and that no worker remembers."""
    async with _worker(client, name):
        handle = await client.start_workflow(Noting.run, id=name, task_queue=name)
        while not await _is_waiting(handle):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return handle


async def _is_waiting(handle: WorkflowHandle[Noting, datetime | None]) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return any(each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED for each in pending)


def _worker(client: Client, queue: str) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[Noting],
        activities=[wait],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
