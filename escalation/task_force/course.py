"""
The course of a task force: which moves exist, and where each is allowed.

The same laws as in ``escalation.lifecycle``: every legal move is in the table, an illegal one raises and nothing
happens; no people, clocks or channels are known here.
"""

from enum import StrEnum
from functools import cache
from typing import NamedTuple

from escalation.lifecycle import IllegalMove, fire, machine_of


class ForceState(StrEnum):
    FORMING = "forming"
    """Seats are still on offer."""
    WORKING = "working"
    STOOD_DOWN = "stood_down"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class ForceMove(StrEnum):
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
    move: ForceMove
    sources: tuple[ForceState, ...]
    target: ForceState | None
    """None: the move keeps the state."""


STANDING = (ForceState.FORMING, ForceState.WORKING)

COURSE: tuple[Row, ...] = (
    Row(ForceMove.ACCEPT_SEAT, STANDING, None),
    Row(ForceMove.DECLINE_SEAT, STANDING, None),
    Row(ForceMove.BEGIN_WORK, (ForceState.FORMING,), ForceState.WORKING),
    Row(ForceMove.REPORT_STATUS, STANDING, None),
    Row(ForceMove.ADD_TASK, STANDING, None),
    Row(ForceMove.FINISH_TASK, STANDING, None),
    Row(ForceMove.STAND_DOWN, STANDING, ForceState.STOOD_DOWN),
    Row(ForceMove.LEAVE_SEAT, STANDING, None),
    Row(ForceMove.OFFER_SEAT, STANDING, None),
)
OF_PEOPLE = tuple(move for move in ForceMove if move not in {ForceMove.BEGIN_WORK, ForceMove.STAND_DOWN})
"""What is asked of the task force itself; it begins by itself, and the escalation stands it down."""

_COURSE = machine_of(ForceState, COURSE)


@cache
def step(state: ForceState, move: ForceMove) -> ForceState:
    """
    The state after *move* in *state*.

    Raises:
        IllegalMove: If the table does not allow it.
    """
    if not allows(state, move):
        raise IllegalMove(f"{move.words} while {state.words}")
    return ForceState(fire(_COURSE, state, move))


@cache
def allows(state: ForceState, move: ForceMove) -> bool:
    return move.value in _COURSE.get_triggers(state.value)
