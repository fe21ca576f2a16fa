"""
Inbox of one recipient: what waits until quiet hours end, or a limit allows one more message (COMM-11, COMM-12).

Decides when what waits leaves, and what leaves together as one digest. Owns no clock and no time zone: when
quiet hours end comes in as an instant. Nothing here loses or drops a message.

Law: what is urgent waits for no quiet hours, and for a limit no longer than ``GATHERED_FOR``, so that a burst of
urgent messages is one digest and not three hundred messages.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from escalation.kernel.budgets import LARGEST_BATCH, fitting, size_of
from escalation.kernel.reasons import reason
from escalation.kernel.values import Instant, PropertyCache, frozen
from escalation.notifications.batches import result_size
from escalation.notifications.notification import Notification, NotificationBatch, is_pressing, message_key
from escalation.policy.people import Recipient
from escalation.policy.preferences import CountedMessage, Limit, free_at, longest

QUIET, MANY = reason("quiet_hours"), reason("many_messages")
"""Reasons for which a message waits."""
GATHERED_FOR = timedelta(minutes=1)


@frozen
class DeferredMessage(PropertyCache):
    """A message to one recipient that waits."""

    notice: Notification
    """Notification; its ``to`` is that recipient alone."""
    channel: str = ""
    """Channel by which it would go first."""
    since: Instant
    until: Instant
    """End of the quiet hours; ``since``, if only a limit defers it."""
    is_released: bool = False
    """True if somebody released it: it leaves at once."""
    digest_key: str = ""
    """Key of the digest in which it may have left already: it leaves in that one alone, so that a repeat shows."""

    @property
    def key(self) -> str:
        return message_key(self.notice, self.recipient)

    @property
    def recipient(self) -> Recipient:
        return self.notice.to[0]

    @property
    def limits(self) -> tuple[Limit, ...]:
        return self.recipient.preferences.limits if self.recipient.preferences else ()

    @cached_property
    def size(self) -> int:
        """Bytes of the message, or half of the bytes of its result, as ``LARGEST_BATCH`` is half of ``RECEIPTS``."""
        return max(size_of(self.notice), result_size(self.notice, self.recipient) // 2)


@frozen
class InboxContent:
    """Messages that a sender puts into an inbox, and what it knows to have been sent to that recipient."""

    held: tuple[DeferredMessage, ...] = ()
    sent: tuple[CountedMessage, ...] = ()
    gone: tuple[str, ...] = ()
    """Keys of messages that left before: known again if they arrive twice."""


@frozen
class Digest(NotificationBatch):
    """Messages that leave an inbox as one."""

    digest_key: str = ""
    """Key under which it may have left already; empty: made of its content."""

    at_any_hour: bool = False
    """True if it does not wait for quiet hours that may have begun: it is too much, or was released."""


def leaves_at(held: DeferredMessage, sent: Sequence[CountedMessage], now: datetime) -> datetime:
    """Return when *held* may leave, as far as is known *now*."""
    if held.is_released:
        return now
    free = free_at(held.limits, sent, held.channel, max(now, held.until))
    return min(free, max(now, held.since + GATHERED_FOR)) if is_pressing(held.notice) else free


def next_at(
    held: Sequence[DeferredMessage], sent: Sequence[CountedMessage], now: datetime
) -> datetime | None:
    """Return when something leaves next; None if nothing waits."""
    if _is_too_much(held):
        return now
    return min((leaves_at(each, sent, now) for each in held), default=None)


def take_due_messages(
    held: Sequence[DeferredMessage], sent: Sequence[CountedMessage], now: datetime
) -> Digest | None:
    """
    Return the digest that leaves *now*: all whose quiet hours are over, once one of them may leave, and all that was
    released. None, if none may.

    At most what one message can carry; the rest follows. What may have left in one digest already joins no other.
    """
    if _is_too_much(held):
        return _digest(_entry_of(held, held[0].digest_key), at_any_hour=True)
    first = next((each for each in held if leaves_at(each, sent, now) <= now), None)
    if first is None:
        return None
    ready = [each for each in _entry_of(held, first.digest_key) if each.until <= now or each.is_released]
    return _digest(ready, at_any_hour=any(each.is_released for each in ready))


def forgotten_at(sent: Sequence[CountedMessage], limits: Sequence[Limit]) -> datetime | None:
    """Return from when on none of *sent* counts any more; None if nothing was sent, or nothing is limited."""
    if not sent or not limits:
        return None
    return max(each.at for each in sent) + longest(limits)


def _entry_of(held: Sequence[DeferredMessage], digest_key: str) -> Sequence[DeferredMessage]:
    return [each for each in held if each.digest_key == digest_key]


def _digest(held: Sequence[DeferredMessage], *, at_any_hour: bool) -> Digest:
    return Digest(notices=_fitting(held), digest_key=held[0].digest_key, at_any_hour=at_any_hour)


def _is_too_much(held: Sequence[DeferredMessage]) -> bool:
    """Return whether more waits than one message carries; it leaves at once: too much to keep is too much to lose."""
    return sum(each.size for each in held) > LARGEST_BATCH


def _fitting(held: Sequence[DeferredMessage]) -> tuple[Notification, ...]:
    return tuple(each.notice for each in held[: fitting((each.size for each in held), LARGEST_BATCH)])
