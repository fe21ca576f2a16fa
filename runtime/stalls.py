"""
Stalled runs: how to recognise one, and what to say of it.

A run is stalled while workers fail its next step again and again: their code does not fit its history any more, or it
has a fault. Temporal loses nothing and tries for ever, but nothing happens meanwhile. The server alone is asked here.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.common import SearchAttributeKey

from escalation.kernel.characters import clip

REPORTED_PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
"""The server sets it after a few failures in a row, and removes it with the next step that succeeds."""
_TIMED_OUT_ENOUGH = 4
"""From this attempt on, steps that were only never answered count too: a worker that was killed takes one or two."""
_LONGEST_WHY = 200
_CAUSE = "WORKFLOW_TASK_FAILED_CAUSE_"
_HARMLESS = frozenset(
    {
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,  # something came in meanwhile
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
    }
)


def query_of_stalled(task_queue: str, kinds: Iterable[str] = ()) -> str:
    """A visibility query for the stalled runs of a queue; of *kinds* of workflows alone, if any are given."""
    names = ", ".join(f"'{kind}'" for kind in kinds)
    some = f" AND WorkflowType IN ({names})" if names else ""
    return f"TaskQueue = '{task_queue}'{some} AND ExecutionStatus = 'Running' AND {REPORTED_PROBLEMS.name} IS NOT NULL"


class Stall(NamedTuple):
    """One stalled run, and why."""

    key: str
    """The workflow's id: of an escalation, its key."""
    run_id: str
    kind: str
    """The workflow's type."""
    since: datetime
    cause: str
    """As the server calls it, such as ``non_deterministic_error``: fit for logs."""
    why: str
    """One line of the worker's own words; it may quote what people wrote."""
    has_begun: bool
    """True if any step of this run ever succeeded."""


async def stall_of(client: Client, found: WorkflowExecutionDescription) -> Stall | None:
    """Say how the run that is described is stalled; None if it is not."""
    if found.raw_description.pending_workflow_task.attempt < 2:
        return None
    # Backwards from the end to the last step that succeeded: what failed between is why the run is stalled.
    failure, has_begun = None, False
    async for event in read_backwards(client, found.id, found.run_id):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            has_begun = True
            break
        if _is_failure(event, found.raw_description.pending_workflow_task.attempt):
            failure = event
    if failure is None:
        return None
    return Stall(
        key=found.id,
        run_id=found.run_id,
        kind=found.workflow_type,
        since=failure.event_time.ToDatetime(tzinfo=UTC),
        cause=_cause(failure),
        why=await _why(client, failure),
        has_begun=has_begun,
    )


async def read_backwards(client: Client, key: str, run_id: str) -> AsyncIterator[HistoryEvent]:
    """The history of a run, the latest event first."""
    wanted = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=key, run_id=run_id),
        maximum_page_size=50,
    )
    while True:
        page = await client.workflow_service.get_workflow_execution_history_reverse(wanted)
        for event in page.history.events:
            yield event
        if not page.next_page_token:
            return
        wanted.next_page_token = page.next_page_token


def _is_failure(event: HistoryEvent, attempt: int) -> bool:
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return attempt >= _TIMED_OUT_ENOUGH
    is_failed = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return is_failed and event.workflow_task_failed_event_attributes.cause not in _HARMLESS


def _cause(failure: HistoryEvent) -> str:
    if failure.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return "timed_out"
    cause = failure.workflow_task_failed_event_attributes.cause
    return WorkflowTaskFailedCause.Name(cause).removeprefix(_CAUSE).lower()


async def _why(client: Client, failure: HistoryEvent) -> str:
    found = failure.workflow_task_failed_event_attributes.failure
    message = found.message
    if found.HasField("encoded_attributes"):
        with suppress(Exception):  # whatever the keys: what the server has is said then
            message = str(await client.data_converter.decode_failure(found))
    said = " ".join(message.split())
    if not said:
        return _cause(failure).replace("_", " ")
    return clip(said, _LONGEST_WHY)
