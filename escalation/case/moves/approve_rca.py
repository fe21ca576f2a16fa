"""TODO."""

from typing import Literal

from escalation.case.audience import name_of, notify
from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note
from escalation.case.moves.derive_rca import _for_us
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


def approve_rca(turn: Work, command: ApproveRca) -> None:
    turn.record(RcaApproved(note=command.note))
    why = Sentence.APPROVED_BY.of(name_of(turn.escalation, command.by))
    rca = turn.escalation.rca.customer
    assert rca
    text, lines = _for_us(rca)
    sharers = turn.escalation.plan.engagement_managers
    notify(turn, Occasion.RCA_READY, sharers, why=why, text=text, items=lines)
