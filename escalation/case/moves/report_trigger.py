"""Report a trigger: a fact that raises the level at once (MATRIX-3)."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.raise_level import raise_because
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import PLAYBOOK, Person, Reason, Term, reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen


@frozen
class TriggerReported(BaseEvent):
    kind: Literal["trigger_reported"] = "trigger_reported"
    trigger: str
    note: InternalText = NO_NOTE

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), Term(PLAYBOOK, self.trigger))


class ReportTrigger(MoveCommand):
    """Report a fact that sends the escalation up at once."""

    move = Move.REPORT_TRIGGER
    kind: Literal["report_trigger"] = "report_trigger"
    trigger: Annotated[
        Name, Field(description="A fact that sends this level up at once, as the playbook names it.")
    ]
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_triggers", now.level) if not now.current_level.triggers else None

    def carry_out(self, work: Work) -> None:
        """MATRIX-3, KIND-5."""
        now = work.state
        known = {trigger.name: trigger for trigger in now.current_level.triggers}
        trigger = known.get(self.trigger)
        if trigger is None:
            raise UnknownName.of(reason("no.trigger", now.level), self.trigger, known, subject=now.key)
        work.record(TriggerReported(trigger=trigger.name, note=self.note))
        says = reason("as_written", trigger.says or Term(PLAYBOOK, trigger.name))
        raise_because(work, trigger.reason, trigger.to_level, says)
