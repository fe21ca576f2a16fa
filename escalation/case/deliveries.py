"""
Deliveries: the result of each message, as a list that people can read (COMM-12, COMM-13).

A projection of the record. How a message was worded or sent is not known here.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from escalation.case.delivery_report import DeliveryReported
from escalation.case.events import Event
from escalation.case.task_forces import TaskForceReported
from escalation.kernel.reasons import Part
from escalation.kernel.timeline_entry import find_nobody
from escalation.kernel.values import Instant, frozen
from escalation.notifications.delivery_results import (
    ARRIVED,
    DeliveryResult,
    MessageState,
    latest_deferral,
    latest_results,
)

_ID_LENGTH = 12


@frozen
class Delivery:
    """One message to one recipient, and its result."""

    key: str
    """Idempotency key, without the channel."""
    id: str = ""
    """Short name of the message among those of its escalation; its key names a person, this does not."""
    recipient: str
    name: str = ""
    """Name of a recipient who is a customer's contact."""
    occasion: str
    channel: str
    """Last channel that was tried; empty: none could be."""
    at: Instant
    """Time of the delivery, or at which the result was known."""
    state: MessageState
    until: Instant | None = None
    """Earliest end of its wait (COMM-11)."""
    why: Part = ""
    """Reason for the failure or the wait."""

    @property
    def is_delivered(self) -> bool:
        return self.state in ARRIVED


@frozen
class SentMessage:
    """A message in the words of its recipient."""

    delivery: Delivery
    for_customers: bool
    language: str
    subject: str
    text: str


def results_of(events: Iterable[Event]) -> Iterator[DeliveryResult]:
    """Return all results of messages, oldest first."""
    return (result for result, _ in _recipients_of(events))


def deliveries(
    events: Iterable[Event], start: int = 0, find_name: Callable[[str], str] = find_nobody
) -> tuple[Delivery, ...]:
    """Return the messages in the record, each once, oldest first, without the first *start*."""
    known = tuple(_recipients_of(events))
    known_at = {(result.key, result.state): at for result, at in reversed(known)}
    found = latest_results(result for result, _ in known).values()
    sent = (
        _delivery(result, find_name(result.recipient), known_at[result.key, result.state]) for result in found
    )
    return tuple(islice(sent, start, None))


def last_deferral_of(events: Iterable[Event]) -> datetime | None:
    """Return when the last message that waits in an inbox leaves, as far as is known; None if none does (COMM-11)."""
    own = (event for event in events if isinstance(event, DeliveryReported))
    return latest_deferral(results_of(own))


def _recipients_of(events: Iterable[Event]) -> Iterator[tuple[DeliveryResult, datetime]]:
    for event in events:
        if isinstance(event, DeliveryReported | TaskForceReported):
            for result in event.results:
                yield result, event.at


def _delivery(result: DeliveryResult, name: str, known_at: datetime) -> Delivery:
    return Delivery(
        key=result.key,
        id=hashlib.sha256(result.key.encode()).hexdigest()[:_ID_LENGTH],
        recipient=result.recipient,
        name=name,
        occasion=result.occasion,
        channel=result.channel,
        at=result.delivered_at or known_at,
        state=result.state,
        until=result.deferred_until,
        why=result.why,
    )
