"""Approve a text that waits, so that it reaches customers (COMM-6)."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand, TextNumber
from escalation.case.next_update import UpdateSent
from escalation.case.state import Escalation
from escalation.case.text_approval import (
    continue_after_approval,
    pending_text,
    require_approver,
    send_customer_update,
)
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class TextApproved(BaseEvent):
    kind: Literal["text_approved"] = "text_approved"
    number: int
    note: InternalText = InternalText("")

    def applied_to(self, now: Escalation) -> Escalation:
        left = tuple(held for held in now.pending_texts if held.number != self.number)
        return replace(now, pending_texts=left)

    def sentence(self) -> Reason:
        return reason(self.code, self.number, Person(self.by))


class ApproveText(MoveCommand):
    """Approve a text for customers that waits; it goes out."""

    move = Move.APPROVE_TEXT
    kind: Literal["approve_text"] = "approve_text"
    number: TextNumber = None
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_pending_text") if not now.pending_texts else None

    def carry_out(self, work: Work) -> None:
        held = pending_text(work.escalation, self.number, Move.APPROVE_TEXT)
        require_approver(work.escalation, held, self.by, Move.APPROVE_TEXT)
        work.record(TextApproved(number=held.number, note=self.note))
        continue_after_approval(work)
        work.record(UpdateSent(customer_text=held.text, approves=held.number))
        send_customer_update(work, held.text, apologise=held.apologise)
