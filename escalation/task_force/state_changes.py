"""Changes of a task force's state that several events have in common; nothing is decided here."""

from collections.abc import Callable
from dataclasses import replace

from escalation.kernel.clocks import Clock, derive_clock, derive_next_instant
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.state import Charter, Task, TaskForce


def apply_event(now: TaskForce, event: BaseEvent) -> TaskForce:
    """Return *now* after *event*."""
    return replace(event.applied_to(now), sequence=event.seq)


def new_clock(charter: Charter, clock: Clock) -> Clock:
    """Return *clock* with its due times computed from its start."""
    return derive_clock(clock, charter.hours(clock.calendar), (), charter.chase_every)


def change_task(now: TaskForce, number: int, change: Callable[[Task], Task]) -> TaskForce:
    """Return *now* with one task changed."""
    tasks = (change(task) if task.number == number else task for task in now.tasks)
    return replace(now, tasks=tuple(tasks))


def change_status(now: TaskForce, change: Callable[[Clock], Clock]) -> TaskForce:
    """Return *now* with its status clock changed, and when it is looked at next computed again."""
    assert now.status
    clock, charter = change(now.status), now.charter
    return replace(
        now, status=derive_next_instant(clock, charter.hours(clock.calendar), (), charter.chase_every)
    )


def with_clocks(now: TaskForce, changed: Callable[[Clock], Clock]) -> TaskForce:
    """Return *now* with each clock that runs changed, and its due times computed again."""

    def again(clock: Clock | None) -> Clock | None:
        return new_clock(now.charter, changed(clock)) if clock else None

    seats = tuple(replace(seat, clock=again(seat.clock)) for seat in now.seats)
    return replace(now, seats=seats, status=again(now.status))
