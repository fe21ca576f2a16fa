"""
What has happened goes on record past Temporal's own retention: in few batches, and never in the way (RECORD-1).

A database that is down delays nothing else: its activity has a queue of its own and waits as long as it must. What is
left when an escalation ends is handed to a small run of its own, so that the key is free again (START-4).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

from escalation import contract
from escalation.case.effects import RecordBatch, RecordResult
from escalation.case.events import Event, Rebased
from escalation.case.lifecycle import State
from escalation.case.state import Escalation
from escalation.kernel.budgets import BATCH, UNRECORDED, fitting, size_of
from escalation.kernel.characters import clip
from escalation.kernel.numbers import number_of
from workflows import web_ui
from workflows.inputs import read_start, refuse_bad_input, require_id, require_parent
from workflows.raw_values import takes_one

ENOUGH = 100
"""Events that are worth a batch, whatever the state."""
ENOUGH_BYTES = BATCH // 4
"""The same, by their size."""
AT_ONCE = frozenset({"clock_breached", "level_raised"})
"""Kinds of events that a report must not lack, though the state is the same."""
LARGEST = 500
"""Events of one batch, while there are others to come."""


_LONGEST_WHY = 2_000


class RecordQueue:
    """The events that are not on record yet; one batch at a time, the oldest first."""

    def __init__(self, unrecorded: Sequence[Event], left_out: str = "") -> None:
        self.left_out = left_out
        """The first gap: which events the store could not understand, and why; nothing counts that came after it."""
        self._hole_after: int | None = None
        """Where the unbroken record ended when the latest batch was put there, if something is missing before that."""
        self._waiting = list[Event]()
        self._sizes = list[int]()
        self._under_way = 0
        self._state: State | None = None
        """The last one that was put on record."""
        self.take(unrecorded)

    @property
    def unrecorded(self) -> tuple[Event, ...]:
        return tuple(self._waiting)

    @property
    def gap(self) -> str:
        """What does not count in the record, and why; empty if it is whole."""
        hole = "" if self._hole_after is None else f"an event after {self._hole_after} is missing"
        return self.left_out or hole

    def take(self, events: Sequence[Event]) -> None:
        self._waiting += events
        self._sizes += map(size_of, events)

    def due(self, now: Escalation) -> RecordBatch | None:
        """
        A batch, once the state has changed, a promise was broken or much has happened; of an ended one, whatever is
        left.
        """
        is_much = len(self._waiting) >= ENOUGH or sum(self._sizes) >= ENOUGH_BYTES
        is_pressing = any(event.kind in AT_ONCE for event in self._waiting)
        is_due = now.state is not self._state or is_much or not now.is_open or is_pressing
        if self._under_way or not self._waiting or not is_due:
            return None
        batch = self.next_batch(now)
        if len(batch.events) == len(self._waiting):
            self._state = now.state
        return batch

    def next_batch(self, now: Escalation) -> RecordBatch:
        """The oldest that is not on record yet, as much as fits; it may be nothing."""
        count = min(fitting(self._sizes, BATCH), LARGEST)
        return batch_of(now, self._waiting[:count], self._waiting[count:])

    def begun(self, batch: RecordBatch) -> None:
        self._under_way = len(batch.events)

    def done(self, outcome: "RecordInput") -> None:
        self.left_out = self.left_out or outcome.left_out
        self._hole_after = outcome.hole_after
        self._forget(self._under_way)
        self._under_way = 0

    def beyond(self, now: Escalation, most: int = UNRECORDED) -> Iterator[RecordBatch]:
        """Take out the oldest events, batch by batch, until what is left is at most *most* bytes."""
        while sum(self._sizes) > most:
            batch = self.next_batch(now)
            self._forget(len(batch.events))
            self._under_way = max(0, self._under_way - len(batch.events))
            yield batch

    def _forget(self, events: int) -> None:
        del self._waiting[:events], self._sizes[:events]


def record_id(batch: RecordBatch) -> str:
    """What the run is called that puts *batch* on record."""
    return f"{batch.escalation}/record/{batch.events[0].seq if batch.events else 0}"


def batch_of(now: Escalation, events: Sequence[Event], later: Iterable[Event] = ()) -> RecordBatch:
    """*later*: what followed on *events*; a rebase among it says which playbook was in force before."""
    before = (event.before for event in later if isinstance(event, Rebased))
    playbook = next(before, now.plan.playbook)
    return RecordBatch(escalation=now.id, key=now.key, playbook=playbook, events=tuple(events))


class RecordInput(NamedTuple):
    """What became of a batch."""

    left_out: str = ""
    """Which events the store could not understand, and why; they are still in the history."""
    hole_after: int | None = None
    """The last event of the unbroken record, if it ends before the batch does."""


async def put_on_record(batch: RecordBatch) -> RecordInput:
    """Put it there; tried until it succeeds, or the store says that it cannot understand it."""
    try:
        recorded: RecordResult = await workflow.execute_activity(
            contract.RECORD_EVENTS,
            batch,
            task_queue=contract.RECORD_TASK_QUEUE,
            result_type=RecordResult,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=5)),
            summary=f"put {number_of(len(batch.events), 'event')} on record",
        )
    except ActivityError as error:
        why = clip(str(error.cause or error), _LONGEST_WHY)
        workflow.logger.warning("events_left_unrecorded", extra={"why": why})
        return RecordInput(left_out=f"events {batch.events[0].seq} to {batch.events[-1].seq}: {why}")
    if recorded.through < batch.events[-1].seq:
        workflow.logger.warning("record_has_a_hole", extra={"after": recorded.through})
        return RecordInput(hole_after=recorded.through)
    return RecordInput()


async def record_apart(batch: RecordBatch) -> None:
    """Have *batch* put on record by a run of its own, which lives as long as that takes."""
    with suppress(WorkflowAlreadyStartedError):  # this run was reset to before
        await workflow.start_child_workflow(
            contract.RECORD_WORKFLOW,
            batch,
            id=record_id(batch),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )


@workflow.defn(name=contract.RECORD_WORKFLOW)
class RecordWorkflow:
    """One batch of an escalation that ended, or went on as a new run, before the database could take it."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        self._batch = read_start(RecordBatch, begins, '{"escalation": "ACME/4711@…", …}')
        require_parent()
        require_id(record_id(self._batch))

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> None:
        if left_out := (await put_on_record(self._batch)).left_out:
            workflow.set_current_details(web_ui.escaped(left_out))
