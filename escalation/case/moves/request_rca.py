"""Request a root cause analysis (CLOSE-3)."""

from typing import Literal

from escalation.case.close_preparation import ask_for_requested_rca
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.work import Work
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE


class RequestRca(MoveCommand):
    """Request a root cause analysis, for example because a customer did."""

    move = Move.REQUEST_RCA
    kind: Literal["request_rca"] = "request_rca"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        ask_for_requested_rca(work, self.note)
