"""TODO."""

from typing import Literal

from escalation.case.move_command import MoveCommand, TextNumber, WhyText
from escalation.case.text_approval import (
    TextRejected,
    continue_after_approval,
    notify_author,
    pending_text,
    require_approver,
)
from escalation.case.work import Work
from escalation.policy.move_name import Move


class RejectText(MoveCommand):
    """Reject a text for customers that waits: it does not go out, and its author learns why."""

    move = Move.REJECT_TEXT
    kind: Literal["reject_text"] = "reject_text"
    number: TextNumber = None
    why: WhyText


def reject_text(work: Work, command: RejectText) -> None:
    """Its author is told why, and customers still wait."""
    held = pending_text(work.escalation, command.number, Move.REJECT_TEXT)
    if command.by != held.by:
        require_approver(work.escalation, held, command.by, Move.REJECT_TEXT)
    work.record(TextRejected(number=held.number, why=command.why))
    continue_after_approval(work)
    notify_author(work, held, command.why)
