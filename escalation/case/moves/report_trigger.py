"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand, Note
from escalation.case.moves.raise_level import raise_because
from escalation.case.work import Work
from escalation.kernel.reasons import Why
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import (
    NO_NOTE,
    InternalText,
    Name,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class TriggerReported(BaseEvent):
    kind: Literal["trigger_reported"] = "trigger_reported"
    trigger: str
    note: InternalText = InternalText("")


class ReportTrigger(MoveCommand):
    """Report a fact that sends the escalation up at once."""

    move = Move.REPORT_TRIGGER
    kind: Literal["report_trigger"] = "report_trigger"
    trigger: Annotated[Name, Field(description="A trigger of the level.")]
    note: Note = NO_NOTE


def report_trigger(work: Work, command: ReportTrigger) -> None:
    """MATRIX-3, KIND-5."""
    now = work.escalation
    known = {trigger.name: trigger for trigger in now.current_level.triggers}
    trigger = known.get(command.trigger)
    if trigger is None:
        raise UnknownName.of(f"{now.key}: level {now.level} has no trigger", command.trigger, known)
    work.record(TriggerReported(trigger=trigger.name, note=command.note))
    says = Why(trigger.says or trigger.name.replace("_", " "))
    raise_because(work, trigger.reason, trigger.to_level, says)
