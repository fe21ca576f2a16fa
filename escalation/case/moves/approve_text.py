"""Approve a text that waits, so that it reaches customers (COMM-6)."""

from dataclasses import replace
from typing import Literal

from escalation.case.lifecycle import Move
from escalation.case.moves.ask_customer import ask_question
from escalation.case.next_update import UpdateSent
from escalation.case.text_approval import (
    PendingTextCommand,
    TextDecided,
    continue_after_approval,
    pending_text,
    require_approver,
    send_customer_update,
)
from escalation.case.work import Work
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class TextApproved(TextDecided):
    kind: Literal["text_approved"] = "text_approved"
    note: InternalText = NO_NOTE


class ApproveText(PendingTextCommand):
    """Approve a text for customers that waits; it goes out, as an update or as a question."""

    move = Move.APPROVE_TEXT
    kind: Literal["approve_text"] = "approve_text"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        held = pending_text(work.state, self.number, Move.APPROVE_TEXT)
        require_approver(work.state, held, self.by, Move.APPROVE_TEXT)
        work.record(TextApproved(number=held.number, note=self.note))
        continue_after_approval(work)
        if held.question:
            ask_question(work, replace(held.question, text=held.text))
            return
        estimate = held.estimate.after(work.state.estimate) if held.estimate else None
        work.record(UpdateSent(customer_text=held.text, approves=held.number, estimate=estimate))
        send_customer_update(work, held.text, apologise=held.apologise, estimate=estimate)
