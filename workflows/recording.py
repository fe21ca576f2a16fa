"""
What has happened goes on record past Temporal's own retention: in few batches, and never in the way (RECORD-1).

A database that is down delays nothing else: its activity has a queue of its own and waits as long as it must. What is
left when an escalation ends is handed to a small run of its own, so that the key is free again (START-4).
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from escalation.effects import RecordBatch, Recorded
from escalation.events import Event
from escalation.lifecycle import State
from escalation.model import Escalation
from workflows import details, wire

ENOUGH = 100
"""Events that are worth a batch, whatever the state."""
LARGEST = 500
"""Events of one batch, while there are others to come."""


class Recording:
    """The events that are not on record yet; one batch at a time, the oldest first."""

    def __init__(self, unrecorded: Sequence[Event], left_out: str = "") -> None:
        self.left_out = left_out
        """The first gap: which events the store could not understand, and why; nothing counts that came after it."""
        self._waiting = list(unrecorded)
        self._under_way = 0
        self._state: State | None = None
        """The last one that was put on record."""

    @property
    def unrecorded(self) -> tuple[Event, ...]:
        return tuple(self._waiting)

    def take(self, events: Sequence[Event]) -> None:
        self._waiting += events

    def due(self, now: Escalation) -> RecordBatch | None:
        """A batch, once the state has changed or much has happened; of an ended one, whatever is left."""
        is_due = now.state is not self._state or len(self._waiting) >= ENOUGH or not now.is_open
        if self._under_way or not self._waiting or not is_due:
            return None
        self._state = now.state
        return batch_of(now, self._waiting[:LARGEST])

    def begun(self, batch: RecordBatch) -> None:
        self._under_way = len(batch.events)

    def done(self, left_out: str = "") -> None:
        self.left_out = self.left_out or left_out
        del self._waiting[: self._under_way]
        self._under_way = 0


def batch_of(now: Escalation, events: Sequence[Event]) -> RecordBatch:
    return RecordBatch(escalation=now.id, key=now.key, playbook=now.plan.playbook, events=tuple(events))


async def put_on_record(batch: RecordBatch) -> str:
    """
    Tried until it succeeds; one that the store cannot understand is left out, and is still in the history. Why it was;
    empty if it was not.
    """
    try:
        await workflow.execute_activity(
            wire.RECORD_EVENTS,
            batch,
            task_queue=wire.RECORD_TASK_QUEUE,
            result_type=Recorded,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            summary=f"put {len(batch.events)} events on record",
        )
    except ActivityError as error:
        why = str(error.cause or error)
        workflow.logger.warning("events_left_unrecorded", extra={"why": why})
        return f"events {batch.events[0].seq} to {batch.events[-1].seq}: {why}"
    return ""


@workflow.defn(name=wire.RECORD_WORKFLOW)
class RecordWorkflow:
    """The last batch of an escalation that has ended before the database could take it."""

    @workflow.run
    async def run(self, batch: RecordBatch) -> None:
        if left_out := await put_on_record(batch):
            workflow.set_current_details(details.escaped(left_out))
