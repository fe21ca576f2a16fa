"""Reject a declared resolution: clocks run on from where they were (RESOLVE-5)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.levels import resume_work
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.state import VERIFYING, Escalation
from escalation.case.state_changes import with_pause_ended
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class ResolutionRejected(BaseEvent):
    kind: Literal["resolution_rejected"] = "resolution_rejected"
    why: InternalText

    def applied_to(self, now: Escalation) -> Escalation:
        back = replace(now, state=step(now.state, Move.REJECT_RESOLUTION), resolution=None, access={})
        return with_pause_ended(back, self, VERIFYING)


class RejectResolution(MoveCommand):
    """Reject the resolution, because it does not hold: back to resolving."""

    move = Move.REJECT_RESOLUTION
    kind: Literal["reject_resolution"] = "reject_resolution"
    why: WhyText

    def carry_out(self, work: Work) -> None:
        """RESOLVE-5: back to resolving, with the reason."""
        work.end(ClockName.VERIFICATION)
        work.record(ResolutionRejected(why=self.why))
        why = reason("rejected_by", person_of(work.state, self.by))
        notify(work, Occasion.RESOLUTION_REJECTED, (work.state.owner,), why=why, text=self.why)
        resume_work(work)
