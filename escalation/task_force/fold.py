"""
The fold: what each event makes of a task force. The only place where one changes; nothing is decided here.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import assert_never

from escalation.kernel.budgets import REPORTS, last_of
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import (
    Clock,
    derive_clock,
    derive_next_instant,
    limit_chases,
    reminded,
    retime_clock,
)
from escalation.kernel.values import ENGINE
from escalation.task_force import events as e
from escalation.task_force.lifecycle import TaskForceMove, step
from escalation.task_force.state import REPORTS_KEPT, Charter, Seat, StatusReport, Task, TaskForce

_A_DAY = timedelta(days=1)


def open_state(event: e.Deployed) -> TaskForce:
    seats = tuple(Seat(number=number, plan=plan) for number, plan in enumerate(event.charter.seats, 1))
    return TaskForce(charter=event.charter, deployed_at=event.at, seats=seats, sequence=event.seq)


def fold(events: Iterable[e.TaskForceEvent]) -> TaskForce:
    """
    The task force that *events*, beginning with ``Deployed``, made.

    Raises:
        ValueError: If the first is not ``Deployed``.
    """
    first, *rest = events
    if not isinstance(first, e.Deployed):
        raise ValueError(f"the record must begin with deployed, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))


def apply_event(now: TaskForce, event: e.TaskForceEvent) -> TaskForce:
    """*now* after *event*."""
    return replace(_apply(now, event), sequence=event.seq)


def _apply(now: TaskForce, event: e.TaskForceEvent) -> TaskForce:  # noqa: C901, PLR0912 - one case an event
    match event.kind:
        case "deployed":
            raise ValueError("a task force is deployed once")
        case "seat_offered":
            seat = now.seats[event.seat - 1]
            tried = (event.to,) if event.anew else (*seat.tried, event.to)
            # a person offers it again: what was said before has been told
            said = seat.declined if event.by == ENGINE else {}
            return _change_seat(
                now,
                event.seat,
                lambda seat: replace(
                    seat, offered_to=event.to, tried=tried, declined=said, clock=event.clock
                ),
            )
        case "seat_accepted":
            return _change_seat(
                now,
                event.seat,
                lambda seat: replace(seat, held_by=event.by, note=event.note, offered_to=None, clock=None),
            )
        case "seat_declined":
            declined = {**now.seats[event.seat - 1].declined, event.by: event.why}
            return _change_seat(
                now, event.seat, lambda seat: replace(seat, declined=declined, offered_to=None, clock=None)
            )
        case "seat_unanswered":
            return _change_seat(now, event.seat, lambda seat: replace(seat, offered_to=None, clock=None))
        case "seat_left":
            return _left(now, event)
        case "work_begun":
            return replace(now, state=step(now.state, TaskForceMove.BEGIN_WORK))
        case "status_clock_started":
            return replace(now, status=event.clock)
        case "status_asked":
            return _change_status(now, lambda clock: reminded(clock, event.passed))
        case "status_thresholds_skipped":
            return _change_status(now, lambda clock: replace(clock, passed=event.passed))
        case "status_missed":
            return _change_status(
                now,
                lambda clock: replace(
                    clock, passed=event.passed, breached_at=event.due_at, chased=event.chased
                ),
            )
        case "status_chased":
            return _change_status(now, lambda clock: replace(clock, chased=event.times))
        case "status_reported":
            report = StatusReport(at=event.at, by=event.by, text=event.text)
            return replace(now, reports=last_of((*now.reports, report)[-REPORTS_KEPT:], REPORTS))
        case "task_added":
            return replace(now, tasks=(*now.tasks, _task_of(event)))
        case "task_due_soon":
            return _change_task(now, event.task, lambda task: replace(task, reminded=1))
        case "task_overdue":
            return _change_task(now, event.task, lambda task: replace(task, reminded=2))
        case "task_finished":
            return _change_task(now, event.task, lambda task: replace(task, done_by=event.by))
        case "stood_down":
            return replace(now, state=step(now.state, TaskForceMove.STAND_DOWN), ended_at=event.at)
        case "informed":
            return _informed(now, event)
        case "open_hours_extended":
            return _extended(now, event)
        case "seat_left_vacant" | "messages_sent" | "move_refused":
            return now
        case _:
            assert_never(event)


def new_clock(charter: Charter, clock: Clock) -> Clock:
    """*clock* with its due times worked out from its start."""
    return derive_clock(clock, charter.hours(clock.calendar), (), charter.chase_every)


def _change_seat(now: TaskForce, number: int, change: Callable[[Seat], Seat]) -> TaskForce:
    seats = (change(seat) if seat.number == number else seat for seat in now.seats)
    return replace(now, seats=tuple(seats))


def _left(now: TaskForce, event: e.SeatLeft) -> TaskForce:
    tasks = (
        replace(task, owner=now.charter.lead) if task.is_open and task.owner == event.by else task
        for task in now.tasks
    )
    without = replace(now, tasks=tuple(tasks))
    return _change_seat(without, event.seat, lambda seat: replace(seat, held_by=None, declined={}))


def _task_of(event: e.TaskAdded) -> Task:
    """Its owner is reminded a day before it is due, or when a quarter of its time is left."""
    soon = event.due_at and max(event.due_at - _A_DAY, event.due_at - (event.due_at - event.at) / 4)
    return Task(number=event.task, what=event.what, owner=event.owner, due_at=event.due_at, due_soon_at=soon)


def _change_task(now: TaskForce, number: int, change: Callable[[Task], Task]) -> TaskForce:
    tasks = (change(task) if task.number == number else task for task in now.tasks)
    return replace(now, tasks=tuple(tasks))


def _change_status(now: TaskForce, change: Callable[[Clock], Clock]) -> TaskForce:
    assert now.status
    clock, charter = change(now.status), now.charter
    return replace(
        now, status=derive_next_instant(clock, charter.hours(clock.calendar), (), charter.chase_every)
    )


def _informed(now: TaskForce, event: e.Informed) -> TaskForce:
    """CLOCK-4: what runs is derived from its original start by the new patterns; a status clock of its own stays."""
    charter, given = now.charter, {clock.name: clock for clock in event.clocks}
    if charter.has_own_status:
        given.pop(ClockName.TASK_FORCE_STATUS, None)
    clocks = {clock.name: clock for clock in charter.clocks} | given
    calendars = {**charter.calendars, **event.calendars}
    rhythm = event.chase_every or charter.chase_every
    changed = replace(
        charter, about=event.about, clocks=tuple(clocks.values()), calendars=calendars, chase_every=rhythm
    )
    after = replace(now, charter=changed)

    def moved(clock: Clock) -> Clock:
        return limit_chases(_retimed(clock, given.get(clock.name)), rhythm, event.at)

    return _with_clocks(after, moved) if event.clocks else after


def _retimed(clock: Clock, pattern: Clock | None) -> Clock:
    if pattern is None or not clock.is_running:
        return clock
    return retime_clock(clock, pattern.after, pattern.calendar, pattern.thresholds)


def _extended(now: TaskForce, event: e.OpenHoursExtended) -> TaskForce:
    """CLOCK-5: every due time is worked out again, now that it is known further."""
    known = now.charter.calendars[event.calendar]
    longer = replace(known, hours=known.hours.continued(event.open_hours))
    charter = replace(now.charter, calendars={**now.charter.calendars, event.calendar: longer})
    return _with_clocks(replace(now, charter=charter), lambda clock: clock)


def _with_clocks(now: TaskForce, changed: Callable[[Clock], Clock]) -> TaskForce:
    """Each clock that runs, changed, and its due times worked out again."""

    def anew(clock: Clock | None) -> Clock | None:
        return new_clock(now.charter, changed(clock)) if clock else None

    seats = tuple(replace(seat, clock=anew(seat.clock)) for seat in now.seats)
    return replace(now, seats=seats, status=anew(now.status))
