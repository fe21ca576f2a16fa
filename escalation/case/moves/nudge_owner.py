"""Nudge the owner: remind them with a note, at most once within ten minutes."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion

NUDGED_EVERY = timedelta(minutes=10)


@frozen
class OwnerNudged(BaseEvent):
    kind: Literal["owner_nudged"] = "owner_nudged"
    owner: str
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, nudged_at=self.at)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), Person(self.owner))


class NudgeOwner(MoveCommand):
    """Nudge the owner: remind them, with a note. Once within 10 minutes, whoever does it."""

    move = Move.NUDGE_OWNER
    kind: Literal["nudge_owner"] = "nudge_owner"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        now = work.state
        possible_at = now.nudged_at + NUDGED_EVERY if now.nudged_at else work.now
        if work.now < possible_at:
            again = possible_at + timedelta(minutes=1)
            raise MoveNotAllowed(reason("nudged_already", person_of(now, now.owner), again), subject=now.key)
        work.record(OwnerNudged(owner=now.owner, note=self.note))
        why = reason("nudged_by", person_of(now, self.by))
        notify(work, Occasion.REMINDER, (now.owner,), why=why, text=self.note or None)
