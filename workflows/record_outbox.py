"""
RecordOutbox: puts events on record past Temporal's own retention: in few batches, and never in the way (RECORD-1).

A database that is down delays nothing else: its activity has a queue of its own and waits as long as it must. What is
left when an escalation ends is handed to a small run of its own, so that the key is free again (START-4).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple, Protocol

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

from escalation import contract
from escalation.case.events import Event
from escalation.case.lifecycle import State
from escalation.case.moves.rebase import Rebased
from escalation.case.record_batch import RecordBatch, RecordResult
from escalation.case.state import Escalation
from escalation.kernel.budgets import BATCH, UNRECORDED, fitting, size_of
from escalation.kernel.characters import clip
from escalation.kernel.counted_nouns import number_of
from workflows import web_ui
from workflows.inputs import read_start, refuse_bad_input, require_id, require_parent, takes_one
from workflows.outbox import Background, Outbox

ENOUGH = 100
"""Number of events that are worth a batch, whatever the state."""
ENOUGH_BYTES = BATCH // 4
"""Bytes of events that are worth a batch."""
AT_ONCE = frozenset({"clock_breached", "level_raised"})
"""Kinds of events that a report must not lack, though the state is the same."""
LARGEST = 500
"""Events of one batch, while there are others to come."""
_LONGEST_WHY = 2_000
_SOON = timedelta(seconds=10)


class RecordedRun(Protocol):
    """The run that the events belong to."""

    @property
    def opened(self) -> Escalation:
        """The escalation as it is now."""

    @property
    def is_notifying(self) -> bool:
        """True while messages are under way: more will happen to the escalation, even if it has ended."""


class RecordOutbox(Outbox[Event, RecordBatch]):
    """The events of one escalation that are not on record yet; one batch at a time, the oldest first."""

    def __init__(
        self, background: Background, run: "RecordedRun", unrecorded: Iterable[Event] = (), left_out: str = ""
    ) -> None:
        super().__init__(background, put_on_record, self._note)
        self._sizes: dict[int, int] = {}
        """Bytes of each pending event, by its sequence number; measured once."""
        self.left_out = left_out
        """The first gap: events that the store could not understand, and why. Nothing after it counts."""
        self._hole_after: int | None = None
        """The last event before the first gap on record, as of the latest batch; None: there is no gap."""
        self._of = run
        self._state: State | None = None
        """The state at the latest batch that emptied the outbox."""
        self.add(*unrecorded)

    @property
    def unrecorded(self) -> tuple[Event, ...]:
        return (*(event for batch in self.running for event in batch.events), *self.pending)

    @property
    def gap(self) -> str:
        """The gap in the record, in words; empty if the record is whole."""
        hole = "" if self._hole_after is None else f"an event after {self._hole_after} is missing"
        return self.left_out or hole

    def add(self, *items: Event) -> None:
        # The loop is not woken: a batch is due with the next change of the state, or with many events.
        self.pending += items
        self._sizes |= {event.seq: size_of(event) for event in items}

    def next_batch(self) -> RecordBatch:
        """Return the oldest events that are not on record yet, as many as fit; perhaps none."""
        return self._batch_from(self.unrecorded)

    def _batch_from(self, events: Sequence[Event]) -> RecordBatch:
        count = min(fitting((self._sizes[event.seq] for event in events), BATCH), LARGEST)
        return batch_of(self._of.opened, events[:count], events[count:])

    def _pack(self) -> Iterator[RecordBatch]:
        if self.is_at_rest and self.pending and self._is_due:
            batch = self._batch_from(self.pending)
            del self.pending[: len(batch.events)]
            if not self.pending:
                self._state = self._of.opened.state
            yield batch

    @property
    def _is_due(self) -> bool:
        """
        True if the state has changed, a promise was broken or much has happened; of an ended escalation, once its
        last messages have left.
        """
        now = self._of.opened
        if not now.is_open:
            return not self._of.is_notifying
        is_much = len(self.pending) >= ENOUGH or self._size >= ENOUGH_BYTES
        is_pressing = any(event.kind in AT_ONCE for event in self.pending)
        return now.state is not self._state or is_much or is_pressing

    @property
    def _size(self) -> int:
        return sum(self._sizes.values())

    async def _run(self, job: RecordBatch) -> None:
        await super()._run(job)
        self.start()  # by itself: what is left when an escalation ends is recorded after its loop

    def _note(self, outcome: "RecordOutcome") -> None:
        self.left_out = self.left_out or outcome.left_out
        self._hole_after = outcome.hole_after
        self._forget(outcome.batch)

    async def finish(self) -> None:
        """
        Record what is left; a run of its own takes what the database does not take at once, since the key is needed.
        """
        self.start()
        if self.is_empty:
            return
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.is_empty, timeout=_SOON)
        await self.record_apart(0)

    async def record_apart(self, most: int = UNRECORDED) -> None:
        """
        Hand the oldest events to runs of their own, batch by batch, until what is left is at most *most* bytes. Of a
        batch under way nobody knows whether it arrived: it goes with them, and twice does no harm.
        """
        while self._size > most:
            batch = self.next_batch()
            seqs = {event.seq for event in batch.events}
            self.running = [
                other for other in self.running if not seqs & {event.seq for event in other.events}
            ]
            self.pending = [event for event in self.pending if event.seq not in seqs]
            self._forget(batch)
            await record_apart(batch)

    def _forget(self, batch: RecordBatch) -> None:
        for event in batch.events:
            self._sizes.pop(event.seq, None)


def record_id(batch: RecordBatch) -> str:
    """Return the workflow id of the run that puts *batch* on record."""
    return f"{batch.escalation}/record/{batch.events[0].seq if batch.events else 0}"


def batch_of(now: Escalation, events: Sequence[Event], later: Iterable[Event] = ()) -> RecordBatch:
    """Return *events* as a batch. A rebase in *later*, the events after them, says which playbook was in force."""
    before = (event.before for event in later if isinstance(event, Rebased))
    playbook = next(before, now.plan.playbook)
    return RecordBatch(escalation=now.id, key=now.key, playbook=playbook, events=tuple(events))


class RecordOutcome(NamedTuple):
    """The outcome of one batch."""

    batch: RecordBatch
    left_out: str = ""
    """Events that the store could not understand, and why; they are still in the history."""
    hole_after: int | None = None
    """The last event of the unbroken record, if it ends before the batch does."""


async def put_on_record(batch: RecordBatch) -> RecordOutcome:
    """Put *batch* on record; it is tried until it succeeds, or the store says that it cannot understand it."""
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
        return RecordOutcome(batch, left_out=f"events {batch.events[0].seq} to {batch.events[-1].seq}: {why}")
    if recorded.through < batch.events[-1].seq:
        workflow.logger.warning("record_has_a_hole", extra={"after": recorded.through})
        return RecordOutcome(batch, hole_after=recorded.through)
    return RecordOutcome(batch)


async def record_apart(batch: RecordBatch) -> None:
    """Start a run that puts *batch* on record, and lives as long as that takes."""
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
