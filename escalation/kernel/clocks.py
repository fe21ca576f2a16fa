"""
Clocks: each has a start, a due time, thresholds and one outcome (CLOCK-1).

A due time is derived from the start, the span and the recorded pauses, and is never accumulated (CLOCK-3): asking
again with the same record gives the same answer. What a clock's thresholds and its breach *mean* is said in the
clock table of its process (``clock_loop.py``); this file only says when they are.

Theory of operation
-------------------
A clock is not a counter. It keeps what it began with (``started_at``, ``after``, ``calendar``), and the process keeps
the pauses that stop it. Everything else is computed from these, by walking over the pauses from the start:

    due_at   = start + after, in the hours of the calendar, with each pause left out
    next_at  = the next threshold; then due_at; then, once breached, breached_at + one more ``chase_every``

Example: a clock of 4 h with a threshold at 50 %, started at 09:00, every minute counts.

    09:00  started                     due 13:00   next 11:00 (the threshold)
    10:00  paused: 1 h is used         due unknown, next unknown: an open pause has no end
    12:00  resumed: 3 h are left       due 15:00   next 13:00
    13:00  the threshold fires once    due 15:00   next 15:00
    15:00  breached                    for good, whatever comes after; next is a chaser

So a lost timer, a crash or a late look changes nothing: the same record gives the same instants. A new target, or open
hours that are known further, need no migration of clocks either: ``retime_clock``, then ``derive_clock``.

Law: ``is_late`` alone says what is in time. The due instant itself is late: at it everybody is alerted (CLOCK-6).
Law: a due time that is not known is None, and never a guess; ``not_before`` says how far the open hours are known.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from escalation.kernel.business_time import OpenHours, add, between
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import Instant, Lean, Name, frozen

_A_HAIR = 1e-9
"""Part of a clock's span: the same percentage of two spans need not be the same floating point number."""


class Outcome(StrEnum):
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


@frozen
class Pause:
    """A time in which the named clocks stand still; open while ``ended_at`` is None."""

    reason: str
    stops: tuple[ClockName, ...]
    started_at: Instant
    ended_at: Instant | None = None


class Timing(NamedTuple):
    """Length of a clock, the calendar that it counts, and its thresholds."""

    after: timedelta
    calendar: str | None = None
    thresholds: tuple[timedelta, ...] = ()
    """Spans from the start, rising, all shorter than ``after``."""


@frozen
class Clock(Lean):
    name: ClockName
    started_at: Instant
    after: timedelta
    calendar: Name | None = None
    """Calendar whose open hours it counts; None: every minute."""
    thresholds: tuple[timedelta, ...] = ()
    """Spans from the start, rising, all shorter than ``after``."""
    passed: int = 0
    """Number of thresholds that have fired or were skipped: each exactly once (CLOCK-2)."""
    fired_share: float = 0.0
    """The share of its time at which a threshold last fired: by other targets no earlier one fires again."""
    chased: int = 0
    """Number of chasers since its breach."""
    breached_at: Instant | None = None
    """The due time that was missed; stays, whatever comes after (CLOCK-4)."""
    ended_at: Instant | None = None
    outcome: Outcome | None = None
    again: int = 0
    """Number of clocks of this name before it that began at the same instant."""
    runs_on_if_reopened: bool = False
    """True if the verification ended it: a reopening lets it run on (CLOSE-9)."""
    due_at: Instant | None = None
    """Derived; None while a pause holds the clock before its due time, and while that time is not known."""
    not_before: Instant | None = None
    """Derived: end of the known open hours, if it is due after that."""
    next_at: Instant | None = None
    """Derived: the next instant at which this clock asks for attention; None while it is held or has ended."""

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


def is_late(at: datetime, due_at: datetime | None) -> bool:
    """Return whether what is done *at* is late: the one rule for every clock, running, imported or forecast."""
    return due_at is not None and at >= due_at


def is_over(clock: Clock, at: datetime) -> bool:
    """Return whether the due time has come, and the breach is not on record yet."""
    return clock.is_running and not clock.breached_at and is_late(at, clock.due_at)


def _instant_after(
    pauses: list[Pause], hours: OpenHours | None, start: datetime, left: timedelta
) -> datetime | None:
    for pause in pauses:
        used = between(hours, start, pause.started_at)
        if used >= left:
            break
        if pause.ended_at is None:
            return None
        left -= used
        start = max(start, pause.ended_at)
    return add(hours, start, left)


def derive_clock(
    clock: Clock, hours: OpenHours | None, pauses: Iterable[Pause], chase_every: timedelta
) -> Clock:
    """Return *clock* with ``due_at`` and ``next_at`` computed again from the record; *hours* are its calendar's."""
    if not clock.is_running:
        return clock
    stopping = _stopping(clock, pauses)
    due_at = _instant_after(stopping, hours, clock.started_at, clock.after)
    is_unknown = due_at is None and hours is not None and not _is_held(stopping)
    return replace(
        clock,
        due_at=due_at,
        not_before=hours.compiled_until if hours and is_unknown else None,
        next_at=_next_at(clock, hours, stopping, due_at, chase_every),
    )


def derive_next_instant(
    clock: Clock, hours: OpenHours | None, pauses: Iterable[Pause], chase_every: timedelta
) -> Clock:
    """Return *clock*, with its due time as it was, and ``next_at`` computed after it fired, breached or was chased."""
    if not clock.is_running:
        return clock
    stopping = _stopping(clock, pauses)
    return replace(clock, next_at=_next_at(clock, hours, stopping, clock.due_at, chase_every))


def retime_clock(clock: Clock, timing: Timing) -> Clock:
    """
    Return *clock* with other targets, from its original start (CLOCK-4). A threshold that has fired does not fire
    again; one that the old targets skipped fires if its time is still to come, and else is skipped again.
    """
    after, calendar, thresholds = timing
    fired = sum(1 for threshold in thresholds if threshold / after <= clock.fired_share + _A_HAIR)
    return replace(clock, after=after, calendar=calendar, thresholds=thresholds, passed=fired)


def reminded(clock: Clock, passed: int) -> Clock:
    """Return *clock* after its threshold of number *passed* has fired."""
    return replace(clock, passed=passed, fired_share=clock.thresholds[passed - 1] / clock.after)


def count_passed_thresholds(
    clock: Clock, hours: OpenHours | None, pauses: Iterable[Pause], at: datetime
) -> int:
    """Return how many thresholds of the clock are behind *at*: ``next_at`` is the first that was not, and they rise."""
    stopping = _stopping(clock, pauses)
    passed, instant = clock.passed, clock.next_at
    while instant and instant <= at and passed < len(clock.thresholds):
        passed += 1
        ahead = clock.thresholds[passed : passed + 1]
        instant = _instant_after(stopping, hours, clock.started_at, ahead[0]) if ahead else None
    return passed


def limit_chases(clock: Clock, chase_every: timedelta, at: datetime) -> Clock:
    """
    Return a breached clock by the rhythm that holds from *at* on. It counts no more chasers than that rhythm has had
    time for, or those of a quicker rhythm would silence a slower one for weeks (CLOCK-4).
    """
    if clock.breached_at is None:
        return clock
    room = max(timedelta(), at - clock.breached_at) // chase_every
    return replace(clock, chased=min(clock.chased, room))


def _next_at(
    clock: Clock,
    hours: OpenHours | None,
    stopping: list[Pause],
    due_at: datetime | None,
    chase_every: timedelta,
) -> datetime | None:
    if clock.breached_at:
        return None if _is_held(stopping) else clock.breached_at + chase_every * (clock.chased + 1)
    if clock.passed < len(clock.thresholds):
        return _instant_after(stopping, hours, clock.started_at, clock.thresholds[clock.passed])
    return due_at


def _is_held(stopping: list[Pause]) -> bool:
    return any(pause.ended_at is None for pause in stopping)


def _stopping(clock: Clock, pauses: Iterable[Pause]) -> list[Pause]:
    return [
        pause
        for pause in pauses
        if clock.name in pause.stops and (pause.ended_at is None or pause.ended_at > clock.started_at)
    ]
