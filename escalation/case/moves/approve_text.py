"""TODO."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note, TextNumber
from escalation.case.next_update import UpdateSent
from escalation.case.text_approval import (
    _continue_after_approval,
    _require_approver,
    _the_one,
    send_customer_update,
)
from escalation.case.work import Work
from escalation.kernel.values import (
    NO_NOTE,
    InternalText,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class TextApproved(BaseEvent):
    kind: Literal["text_approved"] = "text_approved"
    number: int
    note: InternalText = InternalText("")


class ApproveText(MoveCommand):
    """Approve a text for customers that waits; it goes out."""

    move = Move.APPROVE_TEXT
    kind: Literal["approve_text"] = "approve_text"
    number: TextNumber = None
    note: Note = NO_NOTE


def approve_text(turn: Work, command: ApproveText) -> None:
    held = _the_one(turn.escalation, command.number, Move.APPROVE_TEXT)
    _require_approver(turn.escalation, held, command.by, Move.APPROVE_TEXT)
    turn.record(TextApproved(number=held.number, note=command.note))
    _continue_after_approval(turn)
    turn.record(UpdateSent(customer_text=held.text, approves=held.number))
    send_customer_update(turn, held.text, apologise=held.apologise)
