"""
Preferences of a recipient: quiet hours, addresses for what is urgent, and limits (COMM-11, COMM-12).

Data, and the arithmetic of limits. Quiet hours are kept as people wrote them: when they are in a time zone is for
``planning.calendars.quiet_hours``, which message waits for ``escalation.notifications.inbox``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from escalation.kernel.values import Instant, frozen

MOST_COUNTED = 200
"""Number of messages to one recipient that are remembered; no limit can allow more."""


@frozen
class Limit:
    """A number of messages within a time; *channel*: only those that went by it."""

    at_most: int
    within: timedelta
    channel: str = ""
    """Empty: any channel."""


@frozen
class Preferences:
    """Wishes of a person, a team or a customer's contact."""

    urgent_addresses: tuple[str, ...] = ()
    """Addresses tried first, in order, for what is urgent."""
    quiet_hours: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Days to hours, by the clocks of the recipient's time zone: ``{"mon-fri": ("22:00-07:00",)}``."""
    limits: tuple[Limit, ...] = ()


@frozen
class CountedMessage:
    """A message that went to somebody, as far as limits must know."""

    at: Instant
    channel: str


def free_at(limits: Iterable[Limit], sent: Iterable[CountedMessage], channel: str, now: datetime) -> datetime:
    """Return the first instant from *now* on at which one more message by *channel* keeps all *limits*."""
    sent = tuple(sent)
    concerned = (limit for limit in limits if limit.channel in {"", channel})
    return max((_free_at(limit, sent, now) for limit in concerned), default=now)


def _free_at(limit: Limit, sent: tuple[CountedMessage, ...], now: datetime) -> datetime:
    return free_after(limit, sorted(each.at for each in sent if limit.channel in {"", each.channel}), now)


def free_after(limit: Limit, counted: Sequence[datetime], now: datetime) -> datetime:
    """Return the first instant from *now* on at which one more keeps *limit* after *counted*, in order."""
    if len(counted) < limit.at_most:
        return now
    return max(now, counted[-limit.at_most] + limit.within)


def longest(limits: Iterable[Limit]) -> timedelta:
    """Return how far back messages count."""
    return max((limit.within for limit in limits), default=timedelta())
