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


def reopen(work: Work, why: InternalText) -> None:
    """CLOSE-9: back to resolving."""
    reopen_because(work, why, Sentence.REOPENED_BY.of(name_of(work.escalation, work.by)), why)


def reopen_because(work: Work, recorded: InternalText, why: Why, text: InternalText | None) -> None:
    """The hold since the declaration keeps the clocks where they were."""
    work.end(ClockName.VERIFICATION)
    work.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA, ClockName.CLOSING)
    work.record(Reopened(why=recorded))
    people = followers_of(work.escalation)
    resume_work(work)
    notify(work, Occasion.REOPENED, people, why=why, text=text)
    notify_customers(work, Occasion.REOPENED)
