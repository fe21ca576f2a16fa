"""
Clock bars: how much of its time a clock has used, as a share that a page can draw.

Colour never speaks alone: each bar says in words how it stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from escalation.kernel.clock_view import ClockView
from escalation.kernel.clocks import Outcome

Standing = Literal["calm", "near", "late", "held", "done"]
_NEAR = 0.75
"""The share of its time from which a clock is worth a look."""


@dataclass(frozen=True)
class ClockBar:
    """A clock as it is drawn."""

    share: int
    """Percent of its time that is used, at most 100."""
    standing: Standing


def clock_bar(clock: ClockView, now: datetime) -> ClockBar:
    """Return the bar of *clock* at *now*."""
    share = share_of(clock.started_at, clock.due_at, now)
    return ClockBar(share, _standing(clock, share))


def share_of(started_at: datetime, due_at: datetime | None, now: datetime) -> int:
    """Return the percentage of the time between start and due time that is over; 0 where no due time is known."""
    if due_at is None or due_at <= started_at:
        return 0
    return min(100, max(0, round(100 * ((now - started_at) / (due_at - started_at)))))


def standing_of_due(due_at: datetime | None, now: datetime, is_breached: bool) -> Standing:
    """Return how a row of a list stands, of which no more than its next due time is known."""
    if is_breached:
        return "late"
    if due_at is None:
        return "calm"
    return "late" if due_at <= now else "near" if due_at - now <= timedelta(minutes=30) else "calm"


def _standing(clock: ClockView, share: int) -> Standing:
    if clock.outcome is Outcome.BREACHED:
        return "late"
    if clock.outcome is not None:
        return "done"
    if clock.is_held:
        return "held"
    return "near" if share >= 100 * _NEAR else "calm"
