"""
The moves that a task force waits for: who is asked for each, and by when.

A projection, as ``escalation.case.wanted_moves`` is for an escalation. It decides nothing.
"""

from collections.abc import Iterator

from escalation.kernel.values import Instant, frozen
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.state import TaskForce


@frozen
class WantedInTaskForce:
    """A move that is wanted of one person."""

    move: TaskForceMove
    who: str
    due_at: Instant | None = None
    """None: not promised, or its clock stands still."""
    number: int | None = None
    """Number of the seat or the task that it is about."""


def list_wanted_in_task_force(now: TaskForce) -> tuple[WantedInTaskForce, ...]:
    """Return what *now* waits for, in the order in which it is due; nothing, once it is stood down."""
    found = _wanted(now) if now.is_standing else ()
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at)))


def _wanted(now: TaskForce) -> Iterator[WantedInTaskForce]:
    for seat in now.seats:
        if who := seat.offered_to:
            due_at, move = seat.clock.due_at if seat.clock else None, TaskForceMove.ACCEPT_SEAT
            yield WantedInTaskForce(move=move, who=who, due_at=due_at, number=seat.number)
    for task in now.open_tasks:
        move = TaskForceMove.FINISH_TASK
        yield WantedInTaskForce(move=move, who=task.owner, due_at=task.due_at, number=task.number)
    if now.status and now.status.is_running:
        due_at, move = now.status.breached_at or now.status.due_at, TaskForceMove.REPORT_STATUS
        yield WantedInTaskForce(move=move, who=now.charter.lead, due_at=due_at)
