"""
Messages: what became of each one, as a list that people can read (COMM-12, COMM-13).

A projection of the record. How a message was worded or sent is not known here.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from escalation.base import Frozen, Instant
from escalation.events import Event, MessagesSent, Receipt, TaskForceHeard

A_PAGE = 2_000
"""Messages in one answer: about half of what one answer can carry."""


class Sent(Frozen):
    """One message to one recipient, and its result."""

    key: str
    """Idempotency key, without the channel."""
    recipient: str
    occasion: str
    channel: str
    """The last that was tried; empty: none could be."""
    at: Instant
    """When it was delivered, or known not to be."""
    is_delivered: bool
    is_dropped: bool = False
    """It was no longer true when it would have gone out (COMM-12)."""
    why: str = ""
    """What stood in the way."""


def messages(events: Iterable[Event], start: int = 0) -> tuple[Sent, ...]:
    """A page of the messages in the record, oldest first, from the one of number *start* on, counted from 0."""
    found = (
        _sent(receipt, event)
        for event in events
        if isinstance(event, MessagesSent | TaskForceHeard)
        for receipt in event.receipts
    )
    return tuple(islice(found, start, start + A_PAGE))


def messages_wait_until(events: Iterable[Event]) -> datetime | None:
    """When the last of those leaves that wait in somebody's inbox, as far as is known; None if none does (COMM-11)."""
    latest = {
        receipt.key: receipt
        for event in events
        if isinstance(event, MessagesSent)
        for receipt in event.receipts
    }
    return max((each.held_until for each in latest.values() if each.held_until), default=None)


def _sent(receipt: Receipt, event: MessagesSent | TaskForceHeard) -> Sent:
    return Sent(
        key=receipt.key,
        recipient=receipt.recipient,
        occasion=receipt.occasion,
        channel=receipt.channel,
        at=receipt.delivered_at or event.at,
        is_delivered=receipt.delivered_at is not None,
        is_dropped=receipt.is_dropped,
        why=receipt.why,
    )
