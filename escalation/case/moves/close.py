"""TODO."""

from typing import Literal

from escalation.case import task_forces
from escalation.case.audience import followers_of, name_of, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.closing import end_all_clocks
from escalation.case.follow_up import ask_for_survey
from escalation.case.move_command import MoveCommand, Note
from escalation.case.work import Work
from escalation.kernel.budgets import REFUSAL, shortened
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence
from escalation.kernel.refusals import NotReadyToClose
from escalation.kernel.values import (
    NO_NOTE,
    InternalText,
    frozen,
)
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class Closed(BaseEvent):
    kind: Literal["closed"] = "closed"
    note: InternalText = InternalText("")


class Close(MoveCommand):
    """Close; refused with the complete list of what is missing."""

    move = Move.CLOSE
    kind: Literal["close"] = "close"
    note: Note = NO_NOTE


def close(work: Work, command: Close) -> None:
    """CLOSE-8: refused with the complete list of what is missing."""
    now = work.escalation
    if now.missing_to_close:
        missing = "".join(f"\n  {what}" for what in shortened(now.missing_to_close, REFUSAL))
        raise NotReadyToClose(f"{now.key}: cannot close yet; missing:{missing}")
    work.end(ClockName.CLOSING)
    end_all_clocks(work)
    task_forces.stand_all_down(work, Sentence.ESCALATION_CLOSED.of())
    work.record(Closed(note=command.note))
    why = Sentence.CLOSED_BY.of(name_of(now, command.by))
    notify(work, Occasion.CLOSED, followers_of(work.escalation), why=why)
    notify_customers(work, Occasion.CLOSED)
    ask_for_survey(work)
