"""
What waits for one person: until quiet hours end, or a limit allows one more letter (COMM-11, COMM-12).

Says when what waits leaves, and what leaves then, as one bundle under one key. Owns no clock and no time zone: when
quiet hours end comes in as an instant. Nothing here loses or drops a message.

Law: what is urgent waits for no quiet hours, and for a limit no longer than ``GATHERED_FOR``, so that a burst of
urgent messages is one letter and not three hundred.
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
"""Why something waits."""
GATHERED_FOR = timedelta(minutes=1)


@frozen
class DeferredMessage(PropertyCache):
    """One message to one person, that waits."""

    notice: Notification
    """Its ``to`` is that person alone."""
    channel: str = ""
    """By which it would go first."""
    since: Instant
    until: Instant
    """When quiet hours end; ``since``, if only a limit holds it."""
    is_released: bool = False
    """Somebody let it leave at once, whatever held it."""
    letter: str = ""
    """The key of the letter in which it may have left already: it leaves in that one alone, so that a repeat shows."""

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
        """Bytes: of the message, or of half of what may become of it, as ``WAVE`` is half of ``RECEIPTS``."""
        return max(size_of(self.notice), result_size(self.notice, self.recipient) // 2)


@frozen
class InboxContent:
    """What is handed to somebody's inbox: messages, and the letters to them that the sender knows of."""

    held: tuple[DeferredMessage, ...] = ()
    sent: tuple[CountedMessage, ...] = ()
    gone: tuple[str, ...] = ()
    """Keys of messages that left before: known again if they are handed over twice."""


@frozen
class Digest(NotificationBatch):
    """What leaves an inbox together."""

    letter: str = ""
    """The key under which it may have left already; empty: made of what is in it."""

    at_any_hour: bool = False
    """It does not wait for quiet hours that may have begun: there is too much of it."""


def leaves_at(held: DeferredMessage, sent: Sequence[CountedMessage], now: datetime) -> datetime:
    """When *held* may leave, as far as is known *now*."""
    if held.is_released:
        return now
    free = free_at(held.limits, sent, held.channel, max(now, held.until))
    return min(free, max(now, held.since + GATHERED_FOR)) if is_pressing(held.notice) else free


def next_at(
    held: Sequence[DeferredMessage], sent: Sequence[CountedMessage], now: datetime
) -> datetime | None:
    """When something leaves next; None if nothing waits."""
    if _is_too_much(held):
        return now
    return min((leaves_at(each, sent, now) for each in held), default=None)


def take_due_messages(
    held: Sequence[DeferredMessage], sent: Sequence[CountedMessage], now: datetime
) -> Digest | None:
    """
    What leaves *now* together: all whose quiet hours are over, once one of them may leave, and all that was released.
    None, if none may.

    At most what one letter can carry; the rest follows. What may have left in one letter already joins no other.
    """
    if _is_too_much(held):
        return _digest(_entry_of(held, held[0].letter), at_any_hour=True)
    first = next((each for each in held if leaves_at(each, sent, now) <= now), None)
    if first is None:
        return None
    ready = [each for each in _entry_of(held, first.letter) if each.until <= now or each.is_released]
    return _digest(ready, at_any_hour=any(each.is_released for each in ready))


def forgotten_at(sent: Sequence[CountedMessage], limits: Sequence[Limit]) -> datetime | None:
    """From when on none of *sent* counts any more; None if nothing was sent, or nothing is limited."""
    if not sent or not limits:
        return None
    return max(each.at for each in sent) + longest(limits)


def _entry_of(held: Sequence[DeferredMessage], letter: str) -> Sequence[DeferredMessage]:
    return [each for each in held if each.letter == letter]


def _digest(held: Sequence[DeferredMessage], *, at_any_hour: bool) -> Digest:
    return Digest(notices=_fitting(held), letter=held[0].letter, at_any_hour=at_any_hour)


def _is_too_much(held: Sequence[DeferredMessage]) -> bool:
    """More than one letter carries leaves at once, whatever the hour: too much to keep is too much to lose."""
    return sum(each.size for each in held) > LARGEST_BATCH


def _fitting(held: Sequence[DeferredMessage]) -> tuple[Notification, ...]:
    return tuple(each.notice for each in held[: fitting((each.size for each in held), LARGEST_BATCH)])
