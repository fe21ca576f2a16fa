"""
DeliveryOutbox: notifications on their way out of a run, in batches, and what became of them.

Owns when a batch leaves, how its activity is tried, and what is known when the activity failed. It must not
know channels or texts, nor import the activity: the name on the wire is all that binds them.

Theory of operation
-------------------
One batch is one activity, whatever the number of its messages, and nearly always all that one step of a run decided.
Three bounds of Temporal cut it smaller (`escalation/kernel/budgets.py` has the figures):

    4 MiB for all that one step asks for       a few batches leave in a step; the others a second later
    2,000 activities of a run at a time        what is decided meanwhile gathers in the next batch
    8 MiB for what activities report so far    with very much under way, customers' next messages wait

A message has the same key in every batch that it is in, so that sending it twice does no harm (COMM-12). A continued
run sends again what the run before it had under way, and marks the batch as repeated: whoever delivers it then asks
first what has left already.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from temporalio import exceptions, workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError

from escalation import contract
from escalation.kernel.budgets import BATCHES_AT_ONCE, LONGEST_WHY, MOST_BATCHES, MOST_MESSAGES, OURS
from escalation.kernel.characters import clip
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.event import RecordedEvent
from escalation.kernel.reasons import Part
from escalation.kernel.refusals import EscalationError
from escalation.notifications.batches import batches_of
from escalation.notifications.delivery_results import DeliveryResult, select_newer
from escalation.notifications.foreign_messages import find_foreign_messages, select_own_results
from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    NotificationBatch,
    message_key,
)
from escalation.notifications.system_commands import ReportDelivery
from workflows import web_ui
from workflows.inputs import read_model
from workflows.outbox import Background, Outbox

GIVEN_UP_AFTER = timedelta(hours=24)

_RESULTS = TypeAdapter(tuple[DeliveryResult, ...])
_A_STEP = timedelta(seconds=1)

_Notification = InternalNotification | CustomerNotification


class Sender(Protocol):
    """The run that sends the notifications."""

    @property
    @abstractmethod
    def own_prefix(self) -> str:
        """Beginning of the keys of its messages; empty while it has sent none."""

    @property
    @abstractmethod
    def first_event(self) -> RecordedEvent | None:
        """The first event of its timeline; what came before is forgotten. None: it keeps no timeline."""

    @abstractmethod
    def known_results(self) -> Iterable[DeliveryResult]:
        """All results that it knows, oldest first."""

    @abstractmethod
    def take_results(self, newer: tuple[DeliveryResult, ...]) -> None:
        """Put results that say more than was known to the rules."""

    @abstractmethod
    def note_refusal(self, move: str, why: Part) -> None:
        """Keep on record that something that nobody waits for could not be followed."""


class DeliveryOutbox(Outbox[_Notification, NotificationBatch]):
    """Notifications of one run. Pending ones gather until the next step; running are the batches under way."""

    def __init__(
        self,
        background: Background,
        sender: Sender,
        carried: Iterable[_Notification] = (),
        to_repeat: Iterable[_Notification] = (),
    ) -> None:
        super().__init__(background, deliver, self._take_results, carried)
        self._sender = sender
        self._to_repeat = list(to_repeat)
        """Notifications that an earlier run had begun to send, without seeing the end of it."""
        self._is_pausing = False
        """True if more batches follow in the next step."""

    @property
    def is_empty(self) -> bool:
        return super().is_empty and not self._to_repeat

    @property
    def to_repeat(self) -> tuple[_Notification, ...]:
        """Notifications that a continued run sends again, beside the pending ones."""
        return (*_all_in(self.running), *self._to_repeat)

    def _pack(self) -> Iterator[NotificationBatch]:
        if self._is_pausing or len(self.running) >= MOST_BATCHES:
            return
        held_back = self._take_held_back()
        repeated = [replace(batch, is_repeat=True) for batch in batches_of(self._to_repeat)]
        batches = [*repeated, *batches_of(self.pending)]
        left = batches[BATCHES_AT_ONCE:]
        self._to_repeat = _all_in(batch for batch in left if batch.is_repeat)
        self.pending = _all_in(batch for batch in left if not batch.is_repeat) + held_back
        yield from batches[:BATCHES_AT_ONCE]
        if left:
            self._is_pausing = True
            self._background.start(self._pause())

    def _take_held_back(self) -> list[_Notification]:
        """Take what has to wait out of what is pending: customers' messages while very many are under way."""
        if sum(len(notification.to) for notification in _all_in(self.running)) < MOST_MESSAGES:
            return []
        held_back: list[_Notification] = [each for each in self.pending if each.audience == "customer"]
        self.pending = [each for each in self.pending if each.audience == "internal"]
        return held_back

    async def _pause(self) -> None:
        await workflow.sleep(_A_STEP, summary="more messages follow")
        self._is_pausing = False
        self._background.wake()

    def _take_results(self, results: Iterable[DeliveryResult]) -> None:
        """Put to the rules what says more than is known: results come late, twice, and out of order."""
        if newer := select_newer(self._sender.known_results(), results):
            self._sender.take_results(newer)
        self._background.wake()

    def take_late_results(self, *raws: RawValue) -> None:
        """Take the signal of an inbox: what had to wait has left, or never will."""
        sender, move = self._sender, contract.REPORT_DELIVERY
        try:
            reported = read_model(ReportDelivery, raws, "a delivery", "results", OURS)
        except EscalationError as refusal:
            sender.note_refusal(move, refusal.refusal.reason)
            return
        # A later run may have this id by now, and these are not its messages.
        own = sender.own_prefix
        ours = tuple(each for each in reported.results if own and each.key.startswith(own))
        first = sender.first_event
        forgotten_until = first.at if first and first.seq > 1 else None
        known = select_own_results(ours, own, sender.known_results(), self._without_result, forgotten_until)
        if unknown := len(ours) - len(known):
            sender.note_refusal(move, f"{number_of(unknown, 'result')} of messages that it has not sent")
        self._take_results(known)

    def find_foreign(self, batch: NotificationBatch) -> dict[str, str]:
        """Return the messages of *batch* that are not this run's, with the reason: they must not leave in its name."""
        sender = self._sender
        since = sender.first_event.seq if sender.first_event else 0
        return find_foreign_messages(
            batch, sender.own_prefix, sender.known_results(), self._without_result, since
        )

    @property
    def _without_result(self) -> tuple[NotificationBatch, ...]:
        return (*self.running, NotificationBatch(notices=(*self._to_repeat, *self.pending)))


def _all_in(batches: Iterable[NotificationBatch]) -> list[_Notification]:
    return [notification for batch in batches for notification in batch.notices]


async def deliver(
    batch: NotificationBatch, activity: str = contract.DELIVER_MESSAGES
) -> tuple[DeliveryResult, ...]:
    """Deliver *batch*, and return what became of each message."""
    try:
        results: tuple[DeliveryResult, ...] = await workflow.execute_activity(
            activity, batch, result_type=tuple[DeliveryResult, ...], **delivery_options(batch)
        )
    except ActivityError as error:
        return results_after(error, batch)
    return results


def delivery_options(batch: NotificationBatch) -> workflow.ActivityConfig:
    """
    Return how *batch* is delivered: a crash is noticed by the missing heartbeat, a temporary failure is tried again
    with back-off (COMM-13).
    """
    people = sum(len(notification.to) for notification in batch.notices)
    return workflow.ActivityConfig(
        task_queue=contract.MESSAGE_TASK_QUEUE,
        schedule_to_close_timeout=GIVEN_UP_AFTER,
        start_to_close_timeout=timedelta(minutes=15),
        heartbeat_timeout=timedelta(seconds=30),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=5),
            backoff_coefficient=2.0,
            maximum_interval=timedelta(minutes=5),
        ),
        summary=web_ui.summary(f"notify {people}: {batch.says}"),
    )


def results_after(error: ActivityError, batch: NotificationBatch) -> tuple[DeliveryResult, ...]:
    """
    Return what became of each message of *batch* when its delivery ended in *error*, in the order of the batch.

    Attempts report in their error, or in the last heartbeat before they fell silent: first what is settled, then what
    waits. Whoever is in neither counts as not notified, with what stood in the way as far as that is known.
    """
    settled: dict[str, DeliveryResult] = {}
    waiting: dict[str, DeliveryResult] = {}
    for reported in _details_of(error):
        settled |= _read(reported[:1])
        waiting |= _read(reported[1:2])
    why = _why(error)
    failed = {
        key: DeliveryResult(key=key, recipient=recipient.id, occasion=notification.occasion.value, why=why)
        for notification in batch.notices
        for recipient in notification.to
        for key in (message_key(notification, recipient),)
    }
    return tuple(settled.get(key) or waiting.get(key) or result for key, result in failed.items())


def _details_of(error: ActivityError) -> Iterator[Sequence[Any]]:
    """Yield what the attempts reported, the outermost of the errors that Temporal wrapped first."""
    cause = error.__cause__
    while cause is not None:
        match cause:
            case ApplicationError(details=details) | CancelledError(details=details):
                yield details
            case exceptions.TimeoutError(last_heartbeat_details=details):
                yield details
            case _:
                pass
        cause = cause.__cause__


def _read(details: Sequence[Any]) -> dict[str, DeliveryResult]:
    """Return the results in one detail by key; none, if it is anything else."""
    try:
        results = _RESULTS.validate_python(details[0]) if details else ()
    except ValidationError:
        results = ()
    return {result.key: result for result in results}


def _why(error: ActivityError) -> str:
    match error.cause:
        case exceptions.TimeoutError():
            return f"not delivered within {GIVEN_UP_AFTER.total_seconds() / 3600:.0f} hours"
        case CancelledError():
            return "the delivery was cancelled"
        case FailureError(message=message):
            return clip(f"not delivered: {message}", LONGEST_WHY)
        case _:
            return "not delivered"
