"""TODO."""

from typing import Literal

from escalation.case.audience import followers_of, name_of, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.levels import resume_work
from escalation.case.move_command import MoveCommand, WhyText
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class Reopened(BaseEvent):
    kind: Literal["reopened"] = "reopened"
    why: InternalText


class Reopen(MoveCommand):
    """Reopen it: back to resolving; a closed one comes back as a new escalation, one level higher."""

    move = Move.REOPEN
    kind: Literal["reopen"] = "reopen"
    why: WhyText


def reopen(turn: Work, why: InternalText) -> None:
    """CLOSE-9: back to resolving."""
    _reopen(turn, why, Sentence.REOPENED_BY.of(name_of(turn.escalation, turn.by)), why)


def _reopen(turn: Work, recorded: InternalText, why: Why, text: InternalText | None) -> None:
    """The hold since the declaration keeps the clocks where they were."""
    turn.end(ClockName.VERIFICATION)
    turn.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA, ClockName.CLOSING)
    turn.record(Reopened(why=recorded))
    people = followers_of(turn.escalation)
    resume_work(turn)
    notify(turn, Occasion.REOPENED, people, why=why, text=text)
    notify_customers(turn, Occasion.REOPENED)
