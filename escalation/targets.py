"""
How long each clock may run: from the pinned plan, by priority and level (MATRIX-2, MATRIX-7, CLOCK-8).

Makes clocks; does not judge them.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from escalation.clocks import Clock, derived
from escalation.model import Escalation
from escalation.plan import ClockName, Target

_A_HAIR = 1e-9
"""Of a clock's span: the same percentage of two spans need not be the same floating point number."""


def clock_for(escalation: Escalation, name: ClockName, now: datetime) -> Clock | None:
    """A fresh clock of that name, started *now*; None where the plan sets no target for it."""
    timing = _timing(escalation, name)
    if timing is None:
        return None
    clock = Clock.made(name=name, started_at=now, **timing._asdict())
    return derived(clock, escalation.plan.open_hours, escalation.pauses, escalation.plan.chase_every)


def retargeted(escalation: Escalation, clock: Clock) -> Clock:
    """*clock* from its original start, by the targets that hold now; what breached stays breached (CLOCK-4)."""
    timing = _timing(escalation, clock.name)
    if not clock.is_running or timing is None:
        return clock
    behind = clock.thresholds[clock.passed - 1] / clock.after if clock.passed else 0.0
    passed = sum(1 for threshold in timing.thresholds if threshold / timing.after <= behind + _A_HAIR)
    return clock.changed(**timing._asdict(), passed=passed)


class _Timing(NamedTuple):
    after: timedelta
    in_open_hours: bool
    thresholds: tuple[timedelta, ...]


def _timing(escalation: Escalation, name: ClockName) -> _Timing | None:
    if name is ClockName.LEVEL_WINDOW:
        return _window_timing(escalation)
    target = escalation.rules.targets.get(name)
    return _target_timing(escalation, target) if target else None


def _target_timing(escalation: Escalation, target: Target) -> _Timing:
    return _Timing(
        after=target.after,
        in_open_hours=target.in_business_days
        or (escalation.rules.business_hours and not target.around_the_clock),
        thresholds=tuple(target.after * percent / 100 for percent in target.thresholds),
    )


def _window_timing(escalation: Escalation) -> _Timing | None:
    window, percent = escalation.current_level.window, escalation.rules.window_percent
    if window is None or escalation.level == escalation.plan.last_level:
        return None  # the last level holds until resolution, whatever is written
    minimum, maximum = window.minimum * percent / 100, window.maximum * percent / 100
    return _Timing(
        after=maximum,
        in_open_hours=window.in_business_days or escalation.rules.business_hours,
        thresholds=(minimum,) if timedelta() < minimum < maximum else (),
    )
