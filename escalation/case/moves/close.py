"""Close it, once nothing is missing (CLOSE-8)."""

from dataclasses import replace
from typing import Literal

from escalation.case import task_forces
from escalation.case.audience import followers_of, notify, notify_customers, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.close_preparation import end_all_clocks
from escalation.case.follow_up import ask_for_survey
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.question_reminder import end_questions
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import REFUSAL, shortened
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Listed, Reason, reason
from escalation.kernel.refusals import NotReadyToClose
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class Closed(BaseEvent):
    kind: Literal["closed"] = "closed"
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, state=step(now.state, Move.CLOSE), ended_at=self.at, alerts=())


class Close(MoveCommand):
    """Close it. If something is missing, all of it is listed."""

    move = Move.CLOSE
    kind: Literal["close"] = "close"
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("as_written", "") if now.missing_to_close else None

    @staticmethod
    def require_ready(now: Escalation) -> None:
        """
        Raises:
            NotReadyToClose: If something is missing; it lists all of it.
        """
        if now.missing_to_close:
            missing = shortened(now.missing_to_close, REFUSAL)
            lines = tuple(reason("on_a_line", what) for what in missing)
            raise NotReadyToClose(reason("missing_to_close", Listed(lines, "lines")), subject=now.key)

    def carry_out(self, work: Work) -> None:
        """CLOSE-8: refused with the complete list of what is missing."""
        self.require_ready(work.state)
        work.end(ClockName.CLOSING)
        end_all_clocks(work)
        task_forces.stand_all_down(work, reason("escalation_closed"))
        end_questions(work)
        work.record(Closed(note=self.note))
        why = reason("closed_by", person_of(work.state, self.by))
        notify(work, Occasion.CLOSED, followers_of(work.state), why=why)
        notify_customers(work, Occasion.CLOSED)
        ask_for_survey(work)
