"""
A row of the case's clock table, and what its columns mean: how long a clock runs, and who hears of it.

How long comes from the pinned plan, by priority and level (MATRIX-2, MATRIX-7, CLOCK-8). Which clocks there are is said
in ``clock_table.py``; when each of them is due, in the kernel's ``clock_loop.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from escalation.case.audience import notify, with_rotas
from escalation.case.level_managers import managers_above, managers_of
from escalation.case.lifecycle import WORKING
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.business_time import OpenHours, worth
from escalation.kernel.clock_loop import ClockRow
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Timing
from escalation.kernel.reasons import Reason, reason
from escalation.notifications.notification import Occasion
from escalation.policy.plan import Basis, Target

# How long.


class CalendarOf(StrEnum):
    """Owner of the open hours that a clock counts, if its target counts open hours (MATRIX-7, CLOCK-5)."""

    LEVEL = "the level"
    CUSTOMER = "the customer"
    PLAN = "the plan"
    NOBODY = "nobody"
    """Every minute counts."""


class TargetSource(NamedTuple):
    words: str
    timing: Callable[[Escalation, ClockName, CalendarOf], Timing | None]
    """None: the plan sets no target, so no clock runs."""


def timing_of(now: Escalation, target: Target, whose: CalendarOf) -> Timing:
    """Return what *target* means by the calendar that counts."""
    calendar = _calendar(now, whose, target.basis)
    after = _worth(target.after, target.basis, now.plan.hours(calendar))
    return Timing(after, calendar, tuple(after * percent / 100 for percent in target.thresholds))


def target_of(words: str, find: Callable[[Escalation, ClockName], Target | None]) -> TargetSource:
    """Return the source of what *find* finds in the plan, by the name of the clock."""

    def timing(now: Escalation, name: ClockName, whose: CalendarOf) -> Timing | None:
        target = find(now, name)
        return timing_of(now, target, whose) if target else None

    return TargetSource(words, timing)


def _window(now: Escalation, _: ClockName, whose: CalendarOf) -> Timing | None:
    window, percent = now.current_level.window, now.rules.window_percent
    if window is None or now.level == now.plan.last_level:
        return None  # the last level holds until resolution, whatever is written
    calendar = _calendar(now, whose, window.basis)
    hours = now.plan.hours(calendar)
    minimum, maximum = (
        _worth(span, window.basis, hours) * percent / 100 for span in (window.minimum, window.maximum)
    )
    return Timing(maximum, calendar, (minimum,) if timedelta() < minimum < maximum else ())


def _cadence(now: Escalation, name: ClockName, whose: CalendarOf) -> Timing | None:
    """After a holding update the next is promised later: customers are not written to again and again (COMM-3)."""
    cadence, holding = PRIORITY.timing(now, name, whose), now.plan.holding
    if cadence is None or holding is None or not now.holding_updates:
        return cadence
    spacing = timing_of(now, holding.every, whose)
    return spacing if spacing.after > cadence.after else cadence


PRIORITY = target_of("the priority", lambda now, name: now.rules.targets.get(name))
UPDATES = TargetSource("the priority; after a holding update, the playbook's distance between them", _cadence)
WINDOW = TargetSource("the level's window, of which the priority may take a part", _window)


def _calendar(now: Escalation, whose: CalendarOf, basis: Basis) -> str | None:
    plan, rules = now.plan, now.rules
    counts_every_minute = basis in {Basis.AROUND_THE_CLOCK, Basis.CALENDAR_DAYS}
    if counts_every_minute or (basis is Basis.PRIORITY and not rules.business_hours):
        return None
    nearest = None
    if whose is CalendarOf.LEVEL:
        nearest = now.current_level.calendar
    elif whose is CalendarOf.CUSTOMER:
        nearest = plan.customer_calendar
    return nearest or rules.calendar or plan.calendar


def _worth(span: timedelta, basis: Basis, hours: OpenHours | None) -> timedelta:
    """*span* in the hours that it counts."""
    return worth(span, hours.business_day) if hours and basis is Basis.BUSINESS_DAYS else span


# Who hears of it, and what follows.


class People(NamedTuple):
    words: str
    find: Callable[[Escalation], tuple[str, ...]]


class Consequence(NamedTuple):
    words: str
    carry_out: Callable[[Work], None]


OWNER = People("the owner", lambda now: with_rotas(now, (now.owner,)))
NOTHING_MORE = Consequence("", lambda _: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock(ClockRow[Escalation, Work]):
    calendar: CalendarOf = CalendarOf.PLAN
    target: TargetSource = PRIORITY
    why_reminded: Reason | None = None
    """None: it is due soon."""
    chased: People = OWNER
    """People who must act: reminded before it is due, alerted of its breach, and chased."""
    is_alerted: bool = True
    """A breach is said at once to whoever must act and to the managers; else its consequence says it."""
    alerts_above: bool = False
    """Managers of the next level are alerted of its breach too; a level higher each time that it is chased."""
    why_overdue: Callable[[Escalation, Reason], Reason] = lambda _, why: why
    """Adds to the reason of the alert."""
    then: Consequence = NOTHING_MORE
    """Consequence of its breach, beside the alert; or what the agreed time is for."""

    def timing(self, now: Escalation, name: ClockName) -> Timing | None:
        return self.target.timing(now, name, self.calendar)

    def remind(self, work: Work, clock: Clock) -> None:
        why = self.why_reminded or reason("due", clock.name)
        people = self.chased.find(work.state)
        notify(work, Occasion.REMINDER, people, why=why, clock=clock.name, due_at=clock.due_at)

    def expire(self, work: Work, clock: Clock) -> None:
        if self.is_alerted and not self.is_agreed:
            why = self.why_overdue(work.state, reason("overdue", clock.name))
            people = self._alerted(work.state)
            notify(work, Occasion.BREACH, people, why=why, clock=clock.name, due_at=clock.due_at)
        self.then.carry_out(work)

    def chase(self, work: Work, clock: Clock, times: int) -> None:
        why, people = reason("still_overdue", clock.name), self._alerted(work.state, times)
        notify(work, Occasion.REMINDER, people, why=why, clock=clock.name, due_at=clock.breached_at)

    def managers_alerted(self, now: Escalation, times: int = 0) -> tuple[str, ...]:
        above = managers_above(now, 1 + times) if self.alerts_above else ()
        return (*managers_of(now), *above) if self.is_alerted else ()

    def restart(self, now: Escalation, clock: Clock) -> Clock:
        """
        Return *clock*, which the verification had ended, running again by the targets that hold now: priority and
        playbook may have changed meanwhile (CLOSE-9, CLOCK-4). As it is, if nothing sets it a target any more.
        """
        if not clock.runs_on_if_reopened or self.timing(now, clock.name) is None:
            return clock
        again = replace(clock, ended_at=None, outcome=None, runs_on_if_reopened=False)
        return self.retarget(now, again)

    def _alerted(self, now: Escalation, times: int = 0) -> tuple[str, ...]:
        chased = self.chased.find(now)
        return (*self.managers_alerted(now, times), *chased, *_on_call_beside(now, chased))


def _on_call_beside(now: Escalation, chased: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rotas beside the *chased*: whoever acknowledged keeps what is overdue, and may be off duty."""
    if now.state not in WORKING:
        return ()
    return tuple(shift.rota for shift in now.on_call_answers if shift.holder in chased)
