"""Raise an escalation to a higher level by hand (MATRIX-3)."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import person_of
from escalation.case.levels import propose_sponsorship, raise_to
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText
from escalation.policy.classification import EscalationReason


class RaiseLevel(MoveCommand):
    """Raise to a higher level; an executive threat goes straight to the executive level."""

    move = Move.RAISE_LEVEL
    kind: Literal["raise_level"] = "raise_level"
    reason: Annotated[EscalationReason, Field(description="Why it rises")]
    to_level: Annotated[int | None, Field(description="The level to raise to. If omitted: the next one.")] = (
        None
    )
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("last_level", now.level) if now.level == now.plan.last_level else None

    def carry_out(self, work: Work) -> None:
        """KIND-1."""
        why = reason("raised_by", person_of(work.state, self.by))
        raise_because(work, self.reason, self.to_level, why, self.note)


def raise_because(
    work: Work, reason: EscalationReason, asked: int | None, why: Reason, note: InternalText = NO_NOTE
) -> None:
    """To the level *asked* or the next one; a threat to the executives' at least, and it proposes accounts (KIND-5)."""
    now = work.state
    is_threat = reason is EscalationReason.EXECUTIVE_THREAT
    to_level = now.level + 1 if asked is None else asked
    if is_threat:
        to_level = max(to_level, now.plan.executive_level, now.level + 1)
    raise_to(work, to_level, reason, why, note)
    if is_threat:
        propose_sponsorship(work)
