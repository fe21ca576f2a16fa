"""
Verdict: what became of each run. It must not be stalled, its record must be whole, a replay must find what it shows,
and each letter must have a key that the record knows.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHistory,
    WorkflowQueryFailedError,
)

from channels.loopback_mailbox import ReceivedMessage
from escalation import contract
from escalation.case.record_batch import RecordBatch
from escalation.kernel.values import to_json
from records.store import RecordStore
from records.tables import EventRow
from tests.replay.empty_tasks import tasks_without_command
from tests.replay.replaying import LOOKS, replayed, shown

_REPLAYED = (
    contract.WORKFLOW,
    contract.FOLLOW_UP,
    contract.TASK_FORCE_WORKFLOW,
    contract.SPONSORSHIP,
    contract.JOINED_CASE_WORKFLOW,
)
_NONDETERMINISM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR


@dataclass
class Verdict:
    """Figures, and what is wrong, each with the id of its run."""

    runs: int = 0
    replayed: int = 0
    events: int = 0
    letters: int = 0
    repeats: int = 0
    """Letters that arrived again, under the key that they had before."""
    keys: set[str] = field(default_factory=set)
    """Of all messages in the records."""
    forces: set[str] = field(default_factory=set)
    """Ids of task forces: their last letters leave when their escalation may have ended and hears no more of them."""
    empty_tasks: int = 0
    """Tasks without a command: of refused updates that waited for a worker."""
    stalled: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    """Runs of which a replay finds something else, or cannot be made."""
    holes: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """Letters under keys that no record knows."""

    @property
    def is_good(self) -> bool:
        return not (self.stalled or self.otherwise or self.holes or self.strangers)


async def judge(temporal: Client, store: RecordStore, letters: list[ReceivedMessage]) -> Verdict:
    verdict = Verdict()
    async for execution in temporal.list_workflows(""):
        verdict.runs += 1
        if execution.workflow_type in _REPLAYED:
            await _judge_run(verdict, temporal, store, execution)
    arrived = [letter.key for letter in letters if letter.key]
    verdict.letters, verdict.repeats = len(arrived), len(arrived) - len(set(arrived))
    own = tuple(f"{force}:" for force in verdict.forces)
    verdict.strangers = sorted(
        {key for key in arrived if key.rpartition(":")[0] not in verdict.keys and not key.startswith(own)}
    )
    return verdict


async def _judge_run(
    verdict: Verdict, temporal: Client, store: RecordStore, execution: WorkflowExecution
) -> None:
    handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
    history = await handle.fetch_history()
    verdict.events += len(history.events)
    verdict.empty_tasks += len(tasks_without_command(history))
    if await _is_stalled(temporal, execution, history):
        verdict.stalled.append(execution.id)
        return
    live = {look: answer async for look, answer in _answers(temporal, execution)}
    verdict.replayed += 1
    if execution.workflow_type == contract.TASK_FORCE_WORKFLOW:
        verdict.forces.add(live["view"]["id"])
    try:
        is_same = shown(live) == await replayed(history)
    except Exception as error:
        verdict.otherwise.append(f"{execution.id}: {type(error).__name__}: {str(error)[:200]}")
    else:
        if not is_same:
            verdict.otherwise.append(f"{execution.id}: shows something else")
    if execution.workflow_type == contract.WORKFLOW:
        await _judge_record(verdict, temporal, store, execution)


async def _is_stalled(temporal: Client, execution: WorkflowExecution, history: WorkflowHistory) -> bool:
    """Say if its last workflow task failed, or if one ever failed because a replay went otherwise."""
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    causes = [
        event.workflow_task_failed_event_attributes.cause
        for event in history.events
        if event.event_type == failed
    ]
    handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
    pending = (await handle.describe()).raw_description.pending_workflow_task
    return _NONDETERMINISM in causes or pending.attempt > 1


async def _answers(temporal: Client, execution: WorkflowExecution) -> AsyncIterator[tuple[str, Any]]:
    handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
    for look in LOOKS:
        with suppress(WorkflowQueryFailedError):  # of another kind, or never opened
            yield look, await handle.query(look)


async def _judge_record(
    verdict: Verdict, temporal: Client, store: RecordStore, execution: WorkflowExecution
) -> None:
    """All that the run knows is on record as it is there, up to the last change of state (ADR 13)."""
    handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
    batch = await handle.query(contract.RECORD, result_type=RecordBatch)
    kept = _on_record(store, batch.escalation)
    known = {event.seq: to_json(event) for event in batch.events}
    verdict.keys |= {
        receipt.key for event in batch.events for receipt in getattr(event, "results", ()) if receipt.key
    }
    if execution.status == WorkflowExecutionStatus.RUNNING:  # what is not on record yet comes at its end
        known = {seq: body for seq, body in known.items() if seq <= max(kept, default=0)}
    if kept.keys() != set(range(1, max(kept, default=0) + 1)) or not known.keys() <= kept.keys():
        verdict.holes.append(f"{batch.escalation}: {len(kept)} on record of {len(known)}")
    elif other := [seq for seq in known if known[seq] != kept[seq]]:
        verdict.holes.append(f"{batch.escalation}: events {other[:5]} are on record otherwise")


def _on_record(store: RecordStore, escalation: str) -> dict[int, str]:
    with store.database.reading() as connection:
        rows = connection.execute(
            select(EventRow.seq, EventRow.body).where(EventRow.escalation == escalation)
        )
        return {row.seq: row.body for row in rows}
