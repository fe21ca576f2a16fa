"""Mark as seen: whoever was notified of a breach, a rise, a low score or a mention says that they have looked."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.follow_up import nothing_to_follow_up
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class AlertsSeen(BaseEvent):
    """Somebody has looked at their alerts; ``apply_event`` ends them at every move of theirs."""

    kind: Literal["alerts_seen"] = "alerts_seen"
    note: InternalText = NO_NOTE


class MarkSeen(MoveCommand):
    """
    Mark as seen what you were notified of. It waits for you no longer. Any other move of yours does the same, but a
    comment that names you waits for an answer or for this.
    """

    move = Move.MARK_SEEN
    kind: Literal["mark_seen"] = "mark_seen"
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return nothing_to_follow_up(now) or (None if now.alerts else reason("nothing_unseen"))

    @classmethod
    def obstacle_to(cls, now: Escalation, person: str) -> Reason | None:
        waits = any(now.stands_for(person, alert.who) for alert in now.alerts)
        return None if waits else reason("nothing_unseen_by", Person(person, now.plan.contact(person).name))

    def carry_out(self, work: Work) -> None:
        """CLOCK-6, CLOSE-6, TALK-2: nobody is notified of it."""
        work.record(AlertsSeen(note=self.note))
