"""Send the customer RCA back to its author, with the reason (CLOSE-4)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.rca_people import next_with_the_rca
from escalation.case.state import Escalation
from escalation.case.state_changes import rca_after
from escalation.case.work import Work
from escalation.kernel.reasons import reason
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class RcaSentBack(BaseEvent):
    kind: Literal["rca_sent_back"] = "rca_sent_back"
    why: InternalText

    def applied_to(self, now: Escalation) -> Escalation:
        back = rca_after(now, Move.SEND_BACK_RCA)
        back = replace(back, approved_by=None, sent_back_by=self.by, sent_back_because=self.why)
        return replace(now, rca=back)


class SendBackRca(MoveCommand):
    """Send the customer RCA back to its author, who learns why and derives it again."""

    move = Move.SEND_BACK_RCA
    kind: Literal["send_back_rca"] = "send_back_rca"
    why: WhyText

    def carry_out(self, work: Work) -> None:
        """CLOSE-4: its words stay, for the author to change them. Its clock runs on."""
        work.record(RcaSentBack(why=self.why))
        why = reason("sent_back_by", person_of(work.state, self.by))
        notify(work, Occasion.RCA_SENT_BACK, next_with_the_rca(work.state), why=why, text=self.why)
