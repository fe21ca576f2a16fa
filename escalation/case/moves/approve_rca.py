"""Approve the analysis that customers will read (CLOSE-5)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.derive_rca import internal_texts_of
from escalation.case.state import Escalation
from escalation.case.state_changes import rca_after
from escalation.case.work import Work
from escalation.kernel.reasons import reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class RcaApproved(BaseEvent):
    kind: Literal["rca_approved"] = "rca_approved"
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, rca=replace(rca_after(now, Move.APPROVE_RCA), approved_by=self.by))


class ApproveRca(MoveCommand):
    """Approve the customer RCA. Customers get it when it is shared."""

    move = Move.APPROVE_RCA
    kind: Literal["approve_rca"] = "approve_rca"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        work.record(RcaApproved(note=self.note))
        why = reason("approved_by", person_of(work.state, self.by))
        rca = work.state.rca.customer
        assert rca
        text, lines = internal_texts_of(rca)
        sharers = work.state.plan.engagement_managers
        notify(work, Occasion.RCA_READY, sharers, why=why, text=text, items=lines)
