"""
Lifecycle of a task force: which moves exist, and where each is allowed.

The same laws as in ``escalation.case.lifecycle``: every legal move is in the table, an illegal one raises and nothing
happens; no people, clocks or channels are known here.
"""

from enum import StrEnum
from functools import cache
from typing import NamedTuple

from escalation.kernel.state_machine import IllegalMove, fire, machine_of


class TaskForceState(StrEnum):
    FORMING = "forming"
    """Seats are still on offer."""
    WORKING = "working"
    STOOD_DOWN = "stood_down"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class TaskForceMove(StrEnum):
    ACCEPT_SEAT = "accept_seat"
    DECLINE_SEAT = "decline_seat"
    BEGIN_WORK = "begin_work"
    REPORT_STATUS = "report_status"
    ADD_TASK = "add_task"
    FINISH_TASK = "finish_task"
    STAND_DOWN = "stand_down"
    LEAVE_SEAT = "leave_seat"
    OFFER_SEAT = "offer_seat"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class Row(NamedTuple):
    move: TaskForceMove
    sources: tuple[TaskForceState, ...]
    target: TaskForceState | None
    """None: the move keeps the state."""


STANDING = (TaskForceState.FORMING, TaskForceState.WORKING)

COURSE: tuple[Row, ...] = (
    Row(TaskForceMove.ACCEPT_SEAT, STANDING, None),
    Row(TaskForceMove.DECLINE_SEAT, STANDING, None),
    Row(TaskForceMove.BEGIN_WORK, (TaskForceState.FORMING,), TaskForceState.WORKING),
    Row(TaskForceMove.REPORT_STATUS, STANDING, None),
    Row(TaskForceMove.ADD_TASK, STANDING, None),
    Row(TaskForceMove.FINISH_TASK, STANDING, None),
    Row(TaskForceMove.STAND_DOWN, STANDING, TaskForceState.STOOD_DOWN),
    Row(TaskForceMove.LEAVE_SEAT, STANDING, None),
    Row(TaskForceMove.OFFER_SEAT, STANDING, None),
)
OF_PEOPLE = tuple(
    move for move in TaskForceMove if move not in {TaskForceMove.BEGIN_WORK, TaskForceMove.STAND_DOWN}
)
"""Moves that people make; it begins by itself, and the escalation stands it down."""

_COURSE = machine_of(TaskForceState, COURSE)


@cache
def step(state: TaskForceState, move: TaskForceMove) -> TaskForceState:
    """
    Return the state after *move* in *state*.

    Raises:
        IllegalMove: If the table does not allow it.
    """
    if not allows(state, move):
        raise IllegalMove(f"{move.words} while {state.words}")
    return TaskForceState(fire(_COURSE, state, move))


@cache
def allows(state: TaskForceState, move: TaskForceMove) -> bool:
    return move.value in _COURSE.get_triggers(state.value)
