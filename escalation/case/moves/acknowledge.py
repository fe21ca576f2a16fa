"""TODO."""

from typing import Literal

from escalation.case.audience import name_of
from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import (
    NO_NOTE,
    InternalText,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class Acknowledged(BaseEvent):
    kind: Literal["acknowledged"] = "acknowledged"
    level: int
    note: InternalText = InternalText("")


class Acknowledge(MoveCommand):
    """Acknowledge: say that you have it."""

    move = Move.ACKNOWLEDGE
    kind: Literal["acknowledge"] = "acknowledge"
    note: Note = NO_NOTE


def acknowledge(work: Work, command: Acknowledge) -> None:
    """By the first, or where the level says so by each of its contacts (MATRIX-5)."""
    now = work.escalation
    if command.by in now.acknowledgements:
        others = ", ".join(name_of(now, person) for person in now.unacknowledged)
        raise MoveNotAllowed(f"{now.key}: {command.by} has acknowledged; still to do so: {others}")
    work.record(Acknowledged(level=now.level, note=command.note))
    if work.escalation.acknowledged_by:
        work.end(ClockName.ACKNOWLEDGE)
        work.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)
