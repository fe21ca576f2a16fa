"""Reopen what was resolved: back to resolving (CLOSE-9)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import followers_of, notify, notify_customers, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import CLOCKS
from escalation.case.levels import resume_work
from escalation.case.lifecycle import Move, RcaState, step
from escalation.case.move_command import MoveCommand
from escalation.case.state import VERIFYING, Escalation, Rca
from escalation.case.state_changes import with_pause_ended
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import limit_chases
from escalation.kernel.reasons import Part, Reason, reason
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class Reopened(BaseEvent):
    kind: Literal["reopened"] = "reopened"
    why: Part

    def applied_to(self, now: Escalation) -> Escalation:
        back = replace(
            now, state=step(now.state, Move.REOPEN), resolution=None, access={}, rca=_redrafted(now.rca)
        )
        return with_pause_ended(_unended(back, self), self, VERIFYING)


class Reopen(MoveCommand):
    """Reopen it: back to resolving; a closed one comes back as a new escalation, one level higher."""

    move = Move.REOPEN
    kind: Literal["reopen"] = "reopen"
    why: WhyText

    def carry_out(self, work: Work) -> None:
        """CLOSE-9: back to resolving."""
        reopen_because(work, self.why, reason("reopened_by", person_of(work.state, work.by)), self.why)


def reopen_because(work: Work, recorded: Part, why: Reason, text: InternalText | None) -> None:
    """The hold since the declaration keeps the clocks where they were."""
    work.end(ClockName.VERIFICATION)
    work.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA, ClockName.CLOSING)
    work.record(Reopened(why=recorded))
    people = followers_of(work.state)
    resume_work(work)
    notify(work, Occasion.REOPENED, people, why=why, text=text)
    notify_customers(work, Occasion.REOPENED)


def _unended(now: Escalation, event: BaseEvent) -> Escalation:
    """Let the clocks run again that the verification had ended: the hold since then keeps their time."""
    again = (CLOCKS[clock.name].restart(now, clock) for clock in now.clocks)
    return replace(now, clocks=tuple(limit_chases(clock, now.plan.chase_every, event.at) for clock in again))


def _redrafted(rca: Rca) -> Rca:
    """Return the RCA without a derived version that nobody shared: it explains a fix that failed (CLOSE-4)."""
    if rca.state not in {RcaState.DERIVED, RcaState.APPROVED}:
        return rca
    return replace(rca, state=RcaState.DRAFTED, customer=None, approved_by=None)
