"""TODO."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note
from escalation.case.work import Work
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.policy.move_name import Move


@frozen
class ResolutionBegun(BaseEvent):
    kind: Literal["resolution_begun"] = "resolution_begun"
    note: InternalText = InternalText("")


class BeginResolution(MoveCommand):
    """Begin the work on the resolution."""

    move = Move.BEGIN_RESOLUTION
    kind: Literal["begin_resolution"] = "begin_resolution"
    note: Note = NO_NOTE


def begin_resolution(work: Work, note: InternalText = NO_NOTE) -> None:
    work.record(ResolutionBegun(note=note))
