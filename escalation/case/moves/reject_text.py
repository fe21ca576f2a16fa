"""TODO."""

from typing import Literal

from escalation.case.move_command import MoveCommand, TextNumber, WhyText
from escalation.case.text_approval import (
    TextRejected,
    _continue_after_approval,
    _notify_author,
    _require_approver,
    _the_one,
)
from escalation.case.work import Work
from escalation.policy.move_name import Move


class RejectText(MoveCommand):
    """Reject a text for customers that waits: it does not go out, and its author learns why."""

    move = Move.REJECT_TEXT
    kind: Literal["reject_text"] = "reject_text"
    number: TextNumber = None
    why: WhyText


def reject_text(turn: Work, command: RejectText) -> None:
    """Its author is told why, and customers still wait."""
    held = _the_one(turn.escalation, command.number, Move.REJECT_TEXT)
    if command.by != held.by:
        _require_approver(turn.escalation, held, command.by, Move.REJECT_TEXT)
    turn.record(TextRejected(number=held.number, why=command.why))
    _continue_after_approval(turn)
    _notify_author(turn, held, command.why)
