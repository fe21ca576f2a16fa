"""Reject a text that waits for approval; its author is notified (COMM-6)."""

from typing import Literal

from escalation.case.lifecycle import Move
from escalation.case.text_approval import (
    PendingTextCommand,
    TextRejected,
    continue_after_approval,
    notify_author,
    pending_text,
    require_approver,
)
from escalation.case.work import Work
from escalation.kernel.text_fields import WhyText


class RejectText(PendingTextCommand):
    """Reject a text for customers that waits: it does not go out, and its author learns why."""

    move = Move.REJECT_TEXT
    kind: Literal["reject_text"] = "reject_text"
    why: WhyText

    def carry_out(self, work: Work) -> None:
        """Reject the text and notify its author; customers still wait."""
        held = pending_text(work.state, self.number, Move.REJECT_TEXT)
        if self.by != held.by:
            require_approver(work.state, held, self.by, Move.REJECT_TEXT)
        work.record(TextRejected(number=held.number, why=self.why))
        continue_after_approval(work)
        notify_author(work, held, self.why)
