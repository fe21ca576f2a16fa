"""
Stalled runs and their repairs: reset, terminate, report again what was delivered.

It finds and does. What should be done about what is found, and whether somebody agrees, is for whoever asks.
"""

import uuid
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any, NamedTuple

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.enums.v1 import EventType, ResetReapplyType, TaskQueueType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from clients.parallel_queries import CannotAnswer, ask_each
from clients.queries import Queries
from clients.temporal_connection import Answered
from clients.visibility import OURS, quote
from encryption.errors import EncryptionFault
from escalation import contract
from escalation.case.record_batch import RecordBatch
from escalation.contract import DELIVER_MESSAGES
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery
from runtime.errors import NoWorker
from runtime.stalls import Stall, query_of_stalled, read_backwards


class UnservedRun(NamedTuple):
    """A run that was started on a task queue where nobody works, and has done nothing yet."""

    key: str
    run_id: str
    kind: str
    task_queue: str


class RunExamination(NamedTuple):
    """One run of an escalation or of its follow-up, and what it says of itself."""

    key: str
    run_id: str
    is_running: bool
    delivered: tuple[DeliveryResult, ...]
    """Delivery results in its history, up to its last step."""
    record: RecordBatch | CannotAnswer


class StalledRuns(Queries):
    """Look for runs that do not go on, and help them."""

    async def stalled(self, kinds: Iterable[str] = ()) -> tuple[Stall, ...]:
        """
        The stalled runs that the server knows of, the longest stalled first; of *kinds* of workflows, or of all.

        The server notices one after a few failures in a row, which takes it some seconds.
        """
        return await self._stalled_among(query_of_stalled(self._temporal.task_queue, kinds))

    async def stalled_of(self, key: str) -> tuple[Stall, ...]:
        """The stalled runs of one key: the escalation, its task forces, its follow-ups; noticed at once."""
        return await self._stalled_among(f"{_of_key(key)} AND ExecutionStatus = 'Running'")

    async def require(self, key: str) -> None:
        """
        Raises:
            UnknownEscalation: If no run has this key.
        """
        try:
            await self._runs.describe(key)
        except UnknownEscalation:
            raise await self._runs.unknown(key) from None

    async def _stalled_among(self, query: str) -> tuple[Stall, ...]:
        runs = [run async for run in self._temporal.executions(query)]
        found = [
            stall
            async for _, stall in ask_each(runs, lambda run: self._temporal.stall(run.id, run.run_id))
            if isinstance(stall, Stall)
        ]
        return tuple(sorted(found, key=lambda stall: stall.since))

    async def lost(self, key: str | None = None) -> tuple[UnservedRun, ...]:
        """Runs of ours that were started where nobody works."""
        kinds = ", ".join(map(quote, OURS))
        query = f"WorkflowType IN ({kinds}) AND TaskQueue != {quote(self._temporal.task_queue)}"
        query += f" AND ExecutionStatus = 'Running'{f' AND {_of_key(key)}' if key else ''}"
        runs = [run async for run in self._temporal.executions(query)]
        empty = [queue for queue in {run.task_queue for run in runs} if not await self._is_served(queue)]
        return tuple(
            [
                UnservedRun(run.id, run.run_id, run.workflow_type, run.task_queue)
                for run in runs
                if run.task_queue in empty and not await self.has_gone_on(run.id, run.run_id)
            ]
        )

    async def examined(self, key: str | None = None) -> AsyncIterator[RunExamination]:
        """
        Every run of an escalation that Temporal still keeps, or those of one key, the first begun first.

        One that was reset is left out: the run that it was reset to has what happened in it.
        """
        runs = [run async for run in self._recorded_runs(_of_key(key) if key else "")]
        async for run, found in ask_each(runs, self._examine):
            yield (
                found
                if isinstance(found, RunExamination)
                else RunExamination(run.id, run.run_id, _is_running(run), (), found)
            )

    async def _examine(self, run: WorkflowExecution) -> RunExamination:
        # The history first: what the run answers later must have all that is in it.
        history = await self.history(run.id, run.run_id)
        delivered = await self._delivered_in(history)
        try:
            record: RecordBatch | CannotAnswer = await self.record_of(run.id, run.run_id)
        except (EscalationError, NoWorker, EncryptionFault) as error:
            record = error
        return RunExamination(run.id, run.run_id, _is_running(run), delivered, record)

    async def being_recorded(self) -> frozenset[str]:
        """Ids of escalations of which events are still on their way to the record."""
        query = f"WorkflowType = {quote(contract.RECORD_WORKFLOW)} AND ExecutionStatus = 'Running'"
        return frozenset([run.id.partition("/record")[0] async for run in self._temporal.executions(query)])

    async def history(self, key: str, run_id: str) -> WorkflowHistory:
        return await self._of_run(key, run_id, self._run(key, run_id).fetch_history())

    async def reset(self, key: str, run_id: str, event_id: int, why: str) -> str:
        """
        Begin the run again from before the step that ended with *event_id*. Signals and updates that came later are
        applied again; activities and timers of later steps are asked for again. The id of the new run.
        """
        wanted = ResetWorkflowExecutionRequest(
            namespace=self._temporal.client.namespace,
            workflow_execution=Execution(workflow_id=key, run_id=run_id),
            reason=why,
            workflow_task_finish_event_id=event_id,
            request_id=uuid.uuid4().hex,
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
        )
        asked = self._temporal.client.workflow_service.reset_workflow_execution(wanted)
        return (await self._of_run(key, run_id, asked)).run_id

    async def terminate(self, key: str, run_id: str, why: str) -> None:
        """End a run as it is; nobody is notified."""
        await self._of_run(key, run_id, self._run(key, run_id).terminate(reason=why))

    async def replay_deliveries(self, key: str, run_id: str, results: tuple[DeliveryResult, ...]) -> None:
        """Tell a run again what became of its messages."""
        reported = self._run(key, run_id).signal(contract.REPORT_DELIVERY, ReportDelivery(results=results))
        await self._of_run(key, run_id, reported)

    def _run(self, key: str, run_id: str) -> WorkflowHandle[Any, Any]:
        return self._temporal.client.get_workflow_handle(key, run_id=run_id)

    async def _of_run(self, key: str, run_id: str, asked: Awaitable[Answered]) -> Answered:
        """
        Return the answer of the server itself for a run, stalled or not.

        Raises:
            UnknownEscalation, RunEnded: If the run is gone.
            NoServer: If the server is away, or refuses.
        """
        try:
            return await asked
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise await self._temporal.failure_of(key, error, run_id) from None
            raise self._temporal.no_server(error) from error

    async def stall_now(self, key: str, run_id: str | None = None) -> Stall | None:
        """Return the stall of a run, or of the latest run of a key; None if it goes on."""
        return await self._temporal.stall(key, run_id)

    async def has_gone_on(self, key: str, run_id: str) -> bool:
        """Return whether the latest step of a run succeeded: whether one that was reset or just started goes on."""
        async for event in read_backwards(self._temporal.client, key, run_id):
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return True
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                return False
        return False

    async def _is_served(self, task_queue: str) -> bool:
        wanted = DescribeTaskQueueRequest(
            namespace=self._temporal.client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            found = await self._temporal.client.workflow_service.describe_task_queue(wanted)
        except RPCError as error:
            raise self._temporal.no_server(error) from error
        return bool(found.pollers)

    async def _delivered_in(self, history: WorkflowHistory) -> tuple[DeliveryResult, ...]:
        """Receipts that came in before its last step."""
        found = list[DeliveryResult]()
        batches = set[int]()
        for event in _before_the_last_step(history.events):
            if event.HasField("activity_task_scheduled_event_attributes"):
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == DELIVER_MESSAGES:
                    batches.add(event.event_id)
            elif event.HasField("activity_task_completed_event_attributes"):
                completed = event.activity_task_completed_event_attributes
                if completed.scheduled_event_id in batches:
                    decode = self._temporal.client.data_converter.decode
                    (results,) = await decode(completed.result.payloads, [tuple[DeliveryResult, ...]])
                    found += results
        return tuple(found)


def _before_the_last_step(events: Iterable[HistoryEvent]) -> list[HistoryEvent]:
    found = list(events)
    ends = [
        event.workflow_task_completed_event_attributes.started_event_id
        for event in found
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
    return [event for event in found if event.event_id < max(ends, default=0)]


def _is_running(run: WorkflowExecution) -> bool:
    return run.status is WorkflowExecutionStatus.RUNNING


def _of_key(key: str) -> str:
    mine = (f"WorkflowId = {quote(key)}", *(f"WorkflowId STARTS_WITH {quote(key + mark)}" for mark in "@/"))
    return f"({' OR '.join(mine)})"
