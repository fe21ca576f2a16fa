"""
Commands to a task force: of people, of its escalation and of its shell.

A new move has its line here and in ``events.py``, its name and its row in the lifecycle, and all else in a file of its
own in ``moves/``.
"""

from typing import ClassVar, get_args

from escalation.kernel.values import frozen
from escalation.notifications.system_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.finish_task import FinishTask
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.leave_seat import LeaveSeat
from escalation.task_force.moves.offer_seat import OfferSeat
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.moves.stand_down import StandDown


@frozen
class EscalationGone:
    """Stand down, because the escalation has ended."""

    kind: ClassVar[str] = "escalation_gone"


MembersCommand = AcceptSeat | DeclineSeat | ReportStatus | AddTask | FinishTask | LeaveSeat | OfferSeat
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

MEMBERS_COMMANDS: tuple[type[MembersCommand], ...] = get_args(MembersCommand)

EscalationsCommand = StandDown | KeepInformed
ShellsCommand = EscalationGone | Tick | ReportDelivery | ExtendOpenHours | NoteRefusal | CancelByOperator
TaskForceCommand = MembersCommand | EscalationsCommand | ShellsCommand
