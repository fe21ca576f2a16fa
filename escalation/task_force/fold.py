"""
The fold: the state of a task force that its events make. What an event does to the state is said by the event itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from escalation.task_force import events as e
from escalation.task_force.state import Seat, TaskForce


def open_state(event: e.Deployed) -> TaskForce:
    """Return the task force as it is deployed."""
    seats = tuple(Seat(number=number, plan=plan) for number, plan in enumerate(event.charter.seats, 1))
    return TaskForce(charter=event.charter, deployed_at=event.at, seats=seats, sequence=event.seq)


def fold(events: Iterable[e.TaskForceEvent]) -> TaskForce:
    """
    Return the task force that *events*, beginning with ``Deployed``, made.

    Raises:
        ValueError: If the first is not ``Deployed``.
    """
    first, *rest = events
    if not isinstance(first, e.Deployed):
        raise ValueError(f"the record must begin with deployed, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))


def apply_event(now: TaskForce, event: e.TaskForceEvent) -> TaskForce:
    """Return *now* after *event*."""
    return replace(event.applied_to(now), sequence=event.seq)
