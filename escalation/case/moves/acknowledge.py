"""Acknowledge: somebody says that they have it, and owns it from then on (MATRIX-5, MATRIX-6)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import on_call_answers_but, put_in_place
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class Acknowledged(BaseEvent):
    kind: Literal["acknowledged"] = "acknowledged"
    level: int
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return _acknowledged(now, self)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.level)


class Acknowledge(MoveCommand):
    """Acknowledge: say that you have it."""

    move = Move.ACKNOWLEDGE
    kind: Literal["acknowledge"] = "acknowledge"
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("has_acknowledged", now.acknowledged_by) if now.acknowledged_by else None

    def carry_out(self, work: Work) -> None:
        """By the first, or where the level says so by each of its contacts (MATRIX-5)."""
        now = work.state
        if self.by in now.acknowledgements:
            others = tuple(person_of(now, person) for person in now.unacknowledged)
            raise MoveNotAllowed(reason("has_acknowledged_team", self.by, others), subject=now.key)
        work.record(Acknowledged(level=now.level, note=self.note))
        if work.state.acknowledged_by:
            work.end(ClockName.ACKNOWLEDGE)
            work.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)


def _acknowledged(now: Escalation, event: Acknowledged) -> Escalation:
    """The first who does owns it; whether others still have to is the level's to say (MATRIX-5)."""
    owner = event.by if not now.acknowledgements else now.owner
    after = replace(
        _of_their_rota(now, event.by), owner=owner, acknowledgements=(*now.acknowledgements, event.by)
    )
    return after if after.unacknowledged else replace(after, acknowledged_by=owner)


def _of_their_rota(now: Escalation, person: str) -> Escalation:
    """Whoever acknowledges in place of a colleague on call has that shift's part of it."""
    for shift in now.on_call_answers:
        is_colleague = now.stands_for(person, (shift.rota,)) and person not in now.asked
        if is_colleague and shift.holder in now.unacknowledged:
            theirs = replace(shift, holder=person)
            return replace(
                now,
                asked=put_in_place(now.asked, shift.holder, (person,)),
                on_call_answers=(*on_call_answers_but(now, shift.rota), theirs),
            )
    return now
