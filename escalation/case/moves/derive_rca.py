"""Derive the analysis that customers read from the internal one (CLOSE-4)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.rca_content import CustomerRca
from escalation.case.state import Escalation
from escalation.case.state_changes import not_sent_back, rca_after
from escalation.case.work import Work
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class RcaDerived(BaseEvent):
    kind: Literal["rca_derived"] = "rca_derived"
    rca: CustomerRca

    def applied_to(self, now: Escalation) -> Escalation:
        derived = replace(not_sent_back(rca_after(now, Move.DERIVE_RCA)), customer=self.rca, approved_by=None)
        return replace(now, rca=replace(derived, derived_by=self.by))


class DeriveRca(MoveCommand):
    """
    Write the customer RCA, which customers will read, from the internal one. If no words are given here, those of the
    internal RCA for customers are taken. It is approved and shared next.
    """

    move = Move.DERIVE_RCA
    kind: Literal["derive_rca"] = "derive_rca"
    rca: CustomerRca | None = None

    def carry_out(self, work: Work) -> None:
        """CLOSE-4: only what is written for customers is carried over; the types let nothing else through."""
        internal = work.state.rca.internal
        assert internal
        if self.rca:
            derived = self.rca
        elif internal.summary_for_customers:
            actions = tuple(
                action.for_customers for action in internal.corrective_actions if action.for_customers
            )
            derived = CustomerRca(summary=internal.summary_for_customers, actions=actions)
        else:
            fault = Fault(
                where="rca",
                given=reason("given.no_summary"),
                allowed=reason("allowed.customer_rca"),
            )
            raise BadRequest.because(reason("of.customer_rca", work.state.key), (fault,))
        work.record(RcaDerived(rca=derived))
        approvers = work.state.plan.rca_approvers or work.state.plan.escalation_managers
        why = reason("derived_by", person_of(work.state, self.by))
        text, lines = internal_texts_of(derived)
        notify(work, Occasion.RCA_APPROVAL_WANTED, approvers, why=why, text=text, items=lines)


def internal_texts_of(rca: CustomerRca) -> tuple[InternalText, tuple[str, ...]]:
    """Return what customers will read, for our own people to read first: its summary and its actions."""
    return InternalText(str(rca.summary)), tuple(str(action) for action in rca.actions)
