"""
Targets of clocks: how long each may run, from the pinned plan, by priority and level (MATRIX-2, MATRIX-7, CLOCK-8).

Makes clocks; does not judge them.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from escalation.case.state import Escalation
from escalation.kernel.business_time import OpenHours, worth
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, derive_clock, retime_clock
from escalation.policy.plan import Basis, Target

_OF_THE_LEVEL = frozenset({ClockName.ACKNOWLEDGE, ClockName.LEVEL_WINDOW, ClockName.ACKNOWLEDGEMENT_EXPIRY})
"""Clocks of the people who hold the level."""
_OF_THE_CUSTOMER = frozenset(
    {ClockName.FIRST_NOTIFICATION, ClockName.NEXT_UPDATE, ClockName.RESOLUTION, ClockName.SURVEY}
)
"""Promises to customers."""


def clock_for(escalation: Escalation, name: ClockName, now: datetime) -> Clock | None:
    """A fresh clock of that name, started *now*; None where the plan sets no target for it."""
    timing = _timing(escalation, name)
    if timing is None:
        return None
    return _fresh(escalation, name, timing, now)


def clock_within(escalation: Escalation, name: ClockName, target: Target, now: datetime) -> Clock:
    """A fresh clock of that name for a *target* that the plan does not set."""
    return _fresh(escalation, name, _target_timing(escalation, name, target), now)


def retarget_clock(escalation: Escalation, clock: Clock) -> Clock:
    """*clock* from its original start, by the targets that hold now; what breached stays breached (CLOCK-4)."""
    timing = _timing(escalation, clock.name)
    if not clock.is_running or timing is None:
        return clock
    return retime_clock(clock, *timing)


def restart_clock(escalation: Escalation, clock: Clock) -> Clock:
    """
    *clock*, which the verification had ended, running again by the targets that hold now: priority and playbook may
    have changed meanwhile (CLOSE-9, CLOCK-4). As it is, if nothing sets it a target any more.
    """
    if not clock.runs_on_if_reopened or _timing(escalation, clock.name) is None:
        return clock
    again = replace(clock, ended_at=None, outcome=None, runs_on_if_reopened=False)
    return retarget_clock(escalation, again)


class _Timing(NamedTuple):
    after: timedelta
    calendar: str | None
    thresholds: tuple[timedelta, ...]


def _fresh(escalation: Escalation, name: ClockName, timing: _Timing, now: datetime) -> Clock:
    clock = Clock(
        name=name,
        started_at=now,
        after=timing.after,
        calendar=timing.calendar,
        thresholds=timing.thresholds,
    )
    plan = escalation.plan
    return derive_clock(clock, plan.hours(clock.calendar), escalation.pauses, plan.chase_every)


def _timing(escalation: Escalation, name: ClockName) -> _Timing | None:
    if name is ClockName.LEVEL_WINDOW:
        return _window_timing(escalation)
    target = _target(escalation, name)
    timing = _target_timing(escalation, name, target) if target else None
    if timing and name is ClockName.NEXT_UPDATE:
        return _held_off(escalation, timing)
    return timing


def _held_off(escalation: Escalation, cadence: _Timing) -> _Timing:
    """After a holding update the next is promised later: customers are not written to again and again (COMM-3)."""
    holding = escalation.plan.holding
    if holding is None or not escalation.holding_updates:
        return cadence
    spacing = _target_timing(escalation, ClockName.NEXT_UPDATE, holding.every)
    return spacing if spacing.after > cadence.after else cadence


def _target(escalation: Escalation, name: ClockName) -> Target | None:
    match name:
        case ClockName.ACKNOWLEDGE if escalation.current_level.ack_within:
            return escalation.current_level.ack_within
        case ClockName.ACKNOWLEDGEMENT_EXPIRY:
            return escalation.current_level.ack_expires
        case ClockName.PAUSE:
            rule = escalation.plan.pause_reasons.get(escalation.pause.reason) if escalation.pause else None
            return rule.at_most if rule else None
        case ClockName.SURVEY:
            return escalation.plan.survey.within if escalation.plan.survey else None
        case ClockName.CUSTOMER_TEXT:
            return escalation.plan.text_approval.within if escalation.plan.text_approval else None
        case _:
            return escalation.rules.targets.get(name)


def _target_timing(escalation: Escalation, name: ClockName, target: Target) -> _Timing:
    calendar = _calendar(escalation, name, target.basis)
    after = _worth(target.after, target.basis, escalation.plan.hours(calendar))
    return _Timing(after, calendar, tuple(after * percent / 100 for percent in target.thresholds))


def _window_timing(escalation: Escalation) -> _Timing | None:
    window, percent = escalation.current_level.window, escalation.rules.window_percent
    if window is None or escalation.level == escalation.plan.last_level:
        return None  # the last level holds until resolution, whatever is written
    calendar = _calendar(escalation, ClockName.LEVEL_WINDOW, window.basis)
    hours = escalation.plan.hours(calendar)
    minimum, maximum = (
        _worth(span, window.basis, hours) * percent / 100 for span in (window.minimum, window.maximum)
    )
    return _Timing(maximum, calendar, (minimum,) if timedelta() < minimum < maximum else ())


def _calendar(escalation: Escalation, name: ClockName, basis: Basis) -> str | None:
    """MATRIX-7, CLOCK-5: whose open hours a clock counts; None: every minute."""
    plan, rules = escalation.plan, escalation.rules
    counts_every_minute = basis in {Basis.AROUND_THE_CLOCK, Basis.CALENDAR_DAYS}
    if counts_every_minute or (basis is Basis.PRIORITY and not rules.business_hours):
        return None
    nearest = None
    if name in _OF_THE_LEVEL:
        nearest = escalation.current_level.calendar
    elif name in _OF_THE_CUSTOMER:
        nearest = plan.customer_calendar
    return nearest or rules.calendar or plan.calendar


def _worth(span: timedelta, basis: Basis, hours: OpenHours | None) -> timedelta:
    """*span* in the hours that it counts."""
    return worth(span, hours.business_day) if hours and basis is Basis.BUSINESS_DAYS else span
