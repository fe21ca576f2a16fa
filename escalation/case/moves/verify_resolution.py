"""TODO."""

from typing import Literal

from escalation.case.audience import followers_of, name_of, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.closing import begin_closing
from escalation.case.move_command import MoveCommand, Note
from escalation.case.resolution import _OF_THE_PROBLEM, HELD_WHILE_VERIFYING
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Sentence
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class ResolutionVerified(BaseEvent):
    kind: Literal["resolution_verified"] = "resolution_verified"
    note: InternalText = InternalText("")


class VerifyResolution(MoveCommand):
    """Confirm that the resolution holds; customers are asked whether they can use the service again."""

    move = Move.VERIFY_RESOLUTION
    kind: Literal["verify_resolution"] = "verify_resolution"
    note: Note = NO_NOTE


def verify_resolution(turn: Work, command: VerifyResolution) -> None:
    """RESOLVE-5: it holds; everybody is told, and the clocks of the problem end as of the declaration."""
    turn.record(ResolutionVerified(note=command.note))
    resolution = turn.escalation.resolution
    assert resolution
    turn.end(ClockName.VERIFICATION)
    for name in HELD_WHILE_VERIFYING:
        outcome = Outcome.MET if name in _OF_THE_PROBLEM else Outcome.CANCELLED
        turn.end(name, outcome, at=resolution.declared_at, runs_on_if_reopened=True)
    turn.end(ClockName.FIRST_NOTICE, Outcome.CANCELLED)
    why = Sentence.VERIFIED_BY.of(resolution.kind, name_of(turn.escalation, turn.by))
    notify(turn, Occasion.RESOLVED, followers_of(turn.escalation), why=why, text=resolution.done)
    notify_customers(turn, Occasion.RESOLVED, text=resolution.customer_text)
    accounts = tuple(customer.account for customer in turn.escalation.request.customers)
    notify_customers(turn, Occasion.ACCESS_QUESTION, but=turn.escalation.access)
    notify(turn, Occasion.ACCESS_WANTED, turn.escalation.plan.engagement_managers, items=accounts)
    begin_closing(turn)
