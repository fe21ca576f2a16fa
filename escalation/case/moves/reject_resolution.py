"""TODO."""

from typing import Literal

from escalation.case.audience import name_of, notify
from escalation.case.base_event import BaseEvent
from escalation.case.levels import resume_work
from escalation.case.move_command import MoveCommand, WhyText
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class ResolutionRejected(BaseEvent):
    kind: Literal["resolution_rejected"] = "resolution_rejected"
    why: InternalText


class RejectResolution(MoveCommand):
    """Reject the resolution, because it does not hold: back to resolving."""

    move = Move.REJECT_RESOLUTION
    kind: Literal["reject_resolution"] = "reject_resolution"
    why: WhyText


def reject_resolution(work: Work, command: RejectResolution) -> None:
    """RESOLVE-5: back to resolving, with the reason."""
    work.end(ClockName.VERIFICATION)
    work.record(ResolutionRejected(why=command.why))
    why = Sentence.REJECTED_BY.of(name_of(work.escalation, command.by))
    notify(work, Occasion.RESOLUTION_REJECTED, (work.escalation.owner,), why=why, text=command.why)
    resume_work(work)
