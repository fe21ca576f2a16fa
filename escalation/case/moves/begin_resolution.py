"""Begin the resolution: somebody works on it from now on."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class ResolutionBegun(BaseEvent):
    kind: Literal["resolution_begun"] = "resolution_begun"
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, state=step(now.state, Move.BEGIN_RESOLUTION))


class BeginResolution(MoveCommand):
    """Begin the work on the resolution."""

    move = Move.BEGIN_RESOLUTION
    kind: Literal["begin_resolution"] = "begin_resolution"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        work.record(ResolutionBegun(note=self.note))
