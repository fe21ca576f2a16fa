"""
Lifecycle of a task force: which moves exist, and where each is allowed.

The same laws as in ``escalation.case.lifecycle``: every legal move is in the table, an illegal one raises and nothing
happens; no people, clocks or channels are known here.
"""

from enum import StrEnum

from escalation.kernel.move import MoveName
from escalation.kernel.state_machine import Row, StateMachine


class TaskForceState(StrEnum):
    FORMING = "forming"
    """Seats are still on offer."""
    WORKING = "working"
    STOOD_DOWN = "stood_down"


class TaskForceMove(MoveName):
    ACCEPT_SEAT = "accept_seat"
    DECLINE_SEAT = "decline_seat"
    BEGIN_WORK = "begin_work"
    REPORT_STATUS = "report_status"
    ADD_TASK = "add_task"
    FINISH_TASK = "finish_task"
    STAND_DOWN = "stand_down"
    LEAVE_SEAT = "leave_seat"
    OFFER_SEAT = "offer_seat"


STANDING = (TaskForceState.FORMING, TaskForceState.WORKING)

COURSE: tuple[Row[TaskForceState, TaskForceMove], ...] = (
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

_COURSE = StateMachine(TaskForceState, COURSE)

step = _COURSE.step
allows = _COURSE.allows
