"""Changes of a task force's state that several events have in common; nothing is decided here."""

from collections.abc import Callable
from dataclasses import replace

from escalation.kernel.clock_events import ClockEvent
from escalation.kernel.clocks import Clock
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.state import Task, TaskForce


def apply_event(now: TaskForce, event: BaseEvent | ClockEvent) -> TaskForce:
    """Return *now* after *event*."""
    return event.applied_to(now).with_event_counted(event)


def change_task(now: TaskForce, number: int, change: Callable[[Task], Task]) -> TaskForce:
    """Return *now* with one task changed."""
    tasks = (change(task) if task.number == number else task for task in now.tasks)
    return replace(now, tasks=tuple(tasks))


def with_clocks(now: TaskForce, changed: Callable[[Clock], Clock]) -> TaskForce:
    """Return *now* with each clock that runs changed, and its due times computed again."""
    seats = tuple(
        replace(seat, clock=now.derive_clock(changed(seat.clock))) if seat.clock else seat
        for seat in now.seats
    )
    return replace(now, seats=seats).with_clocks(map(changed, now.clocks))
