"""
The fold: what each event makes of a task force. The only place where one changes; nothing is decided here.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any, assert_never

from escalation.clocks import Clock, attended, derived
from escalation.task_force import events as e
from escalation.task_force.course import ForceMove, step
from escalation.task_force.model import REPORTS_KEPT, Charter, Report, Seat, Task, TaskForce


def deployed(event: e.Deployed) -> TaskForce:
    seats = tuple(Seat(number=number, plan=plan) for number, plan in enumerate(event.charter.seats, 1))
    return TaskForce(charter=event.charter, deployed_at=event.at, seats=seats, sequence=event.seq)


def fold(events: Iterable[e.ForceEvent]) -> TaskForce:
    """
    The task force that *events*, beginning with ``Deployed``, made.

    Raises:
        ValueError: If the first is not ``Deployed``.
    """
    first, *rest = events
    if not isinstance(first, e.Deployed):
        raise ValueError(f"the record must begin with deployed, not {first.kind}")
    return reduce(evolve, rest, deployed(first))


def evolve(now: TaskForce, event: e.ForceEvent) -> TaskForce:
    """*now* after *event*."""
    return _evolved(now, event).changed(sequence=event.seq)


def _evolved(now: TaskForce, event: e.ForceEvent) -> TaskForce:  # noqa: C901, PLR0912 - one case an event
    match event.kind:
        case "deployed":
            raise ValueError("a task force is deployed once")
        case "seat_offered":
            seat = now.seats[event.seat - 1]
            tried = (*seat.tried, event.to)
            return _seat(now, event.seat, offered_to=event.to, tried=tried, clock=event.clock)
        case "seat_accepted":
            return _seat(now, event.seat, held_by=event.by, offered_to=None, clock=None)
        case "seat_declined" | "seat_unanswered":
            return _seat(now, event.seat, offered_to=None, clock=None)
        case "work_begun":
            return now.changed(state=step(now.state, ForceMove.BEGIN_WORK))
        case "status_clock_started":
            return now.changed(status=event.clock)
        case "status_asked":
            return _status(now, passed=event.passed)
        case "status_missed":
            return _status(now, passed=event.passed, breached_at=event.due_at, chased=event.chased)
        case "status_chased":
            return _status(now, chased=event.times)
        case "status_reported":
            report = Report(at=event.at, by=event.by, text=event.text)
            return now.changed(reports=(*now.reports, report)[-REPORTS_KEPT:])
        case "task_added":
            task = Task(number=event.task, what=event.what, owner=event.owner, due_at=event.due_at)
            return now.changed(tasks=(*now.tasks, task))
        case "task_finished":
            return now.changed(
                tasks=tuple(
                    task.changed(done_by=event.by) if task.number == event.task else task
                    for task in now.tasks
                )
            )
        case "stood_down":
            return now.changed(state=step(now.state, ForceMove.STAND_DOWN), ended_at=event.at)
        case "informed":
            return _charter(now, about=event.about)
        case "open_hours_extended":
            return _extended(now, event)
        case "seat_left_vacant" | "messages_sent" | "move_refused":
            return now
        case _:
            assert_never(event)


def fresh(charter: Charter, clock: Clock) -> Clock:
    """*clock* with its due times worked out from its start."""
    return derived(clock, charter.hours(clock.calendar), (), charter.chase_every)


def _seat(now: TaskForce, number: int, **changes: Any) -> TaskForce:
    seats = (seat.changed(**changes) if seat.number == number else seat for seat in now.seats)
    return now.changed(seats=tuple(seats))


def _status(now: TaskForce, **changes: Any) -> TaskForce:
    assert now.status
    clock, charter = now.status.changed(**changes), now.charter
    return now.changed(status=attended(clock, charter.hours(clock.calendar), (), charter.chase_every))


def _charter(now: TaskForce, **changes: Any) -> TaskForce:
    return now.changed(charter=now.charter.changed(**changes))


def _extended(now: TaskForce, event: e.OpenHoursExtended) -> TaskForce:
    """CLOCK-5: every due time is worked out again, now that it is known further."""
    known = now.charter.calendars[event.calendar]
    longer = known.changed(hours=known.hours.continued(event.open_hours))
    after = _charter(now, calendars={**now.charter.calendars, event.calendar: longer})
    seats = tuple(
        seat.changed(clock=fresh(after.charter, seat.clock)) if seat.clock else seat for seat in after.seats
    )
    status = fresh(after.charter, after.status) if after.status else None
    return after.changed(seats=seats, status=status)
