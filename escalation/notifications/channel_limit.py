"""
Limit of a channel: when messages may leave by it, so that a limit of its provider is kept (COMM-12).

Pure arithmetic over the slots that were given. It knows no channel, and nobody who sends.

Law 1: a slot that was given counts, used or not. An unused one is room that is lost, never a message.
Law 2: slots are given in the order of time; from each to the one ``at_most`` later lie the limit's time and ``LEEWAY``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from escalation.kernel.values import Instant, frozen
from escalation.policy.limit_text import LONGEST_LIMIT
from escalation.policy.preferences import MOST_COUNTED, Limit, free_after

LEEWAY = timedelta(seconds=1)
"""Time by which a message may leave after its slot. It covers the way of an answer to the one who asked."""
MOST_SLOTS = 50
"""Slots of one answer."""

_Time = Annotated[timedelta, Field(ge=timedelta(), le=LONGEST_LIMIT)]


@frozen
class ReserveSlots:
    """``{"at_most": 1, "within": "PT1S", "count": 3, "reach": "PT10S"}``: three slots within ten seconds."""

    at_most: Annotated[int, Field(ge=1, le=MOST_COUNTED)]
    within: _Time
    """The limit as the one who asks knows it: the newest counts."""
    count: Annotated[int, Field(ge=1, le=MOST_SLOTS)]
    reach: _Time


@frozen
class Slots:
    """The answer, in times from when it was given: clocks of machines differ."""

    after: tuple[timedelta, ...]
    """Soonest first; fewer than were asked for, if others would be out of reach."""
    next_after: timedelta
    """Time after which it is worth asking again."""


@frozen
class ChannelLimit:
    """Slots of one channel that still count."""

    taken: tuple[Instant, ...] = ()
    """The latest slots, in order."""
    counts_until: Instant | None = None
    """Time from which no slot counts any more; None: none was given."""


def reserve_slots(asked: ReserveSlots, channel: ChannelLimit, now: datetime) -> tuple[ChannelLimit, Slots]:
    """Give as many slots as are within reach *now*, and remember them."""
    limit = Limit(at_most=asked.at_most, within=asked.within + LEEWAY)
    taken, given = [*channel.taken], list[timedelta]()
    while (after := _next(limit, taken, now) - now) <= asked.reach and len(given) < asked.count:
        taken.append(now + after)
        given.append(after)
    counts_until = taken[-1] + limit.within if taken else None
    kept = ChannelLimit(taken=tuple(taken[-MOST_COUNTED:]), counts_until=counts_until)
    return kept, Slots(after=tuple(given), next_after=after)


def _next(limit: Limit, taken: Sequence[datetime], now: datetime) -> datetime:
    return max([free_after(limit, taken, now), *taken[-1:]])
