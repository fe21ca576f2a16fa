"""TODO."""

from typing import Literal

from escalation.case.audience import name_of, notify
from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note
from escalation.case.moves.derive_rca import internal_texts_of
from escalation.case.work import Work
from escalation.kernel.reasons import Sentence
from escalation.kernel.values import (
    NO_NOTE,
    InternalText,
    frozen,
)
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class RcaApproved(BaseEvent):
    kind: Literal["rca_approved"] = "rca_approved"
    note: InternalText = InternalText("")


class ApproveRca(MoveCommand):
    """Approve the customer RCA."""

    move = Move.APPROVE_RCA
    kind: Literal["approve_rca"] = "approve_rca"
    note: Note = NO_NOTE


def approve_rca(work: Work, command: ApproveRca) -> None:
    work.record(RcaApproved(note=command.note))
    why = Sentence.APPROVED_BY.of(name_of(work.escalation, command.by))
    rca = work.escalation.rca.customer
    assert rca
    text, lines = internal_texts_of(rca)
    sharers = work.escalation.plan.engagement_managers
    notify(work, Occasion.RCA_READY, sharers, why=why, text=text, items=lines)
