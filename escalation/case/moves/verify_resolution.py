"""Verify a declared resolution, which begins the closing (RESOLVE-5)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import followers_of, notify, notify_customers, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import HELD_WHILE_VERIFYING
from escalation.case.close_preparation import begin_closing
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import last_update_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, CustomerText, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class ResolutionVerified(BaseEvent):
    kind: Literal["resolution_verified"] = "resolution_verified"
    note: InternalText = NO_NOTE
    customer_text: CustomerText | None = None
    """Text of the resolution, which customers get now."""

    @property
    def told_customers(self) -> CustomerText | None:
        return self.customer_text

    def applied_to(self, now: Escalation) -> Escalation:
        assert now.resolution
        verified = replace(now.resolution, verified_by=self.by)
        last_update = last_update_after(now, verified.customer_text, self)
        return replace(
            now,
            state=step(now.state, Move.VERIFY_RESOLUTION),
            resolution=verified,
            last_update=last_update,
            joiners=(),  # the letter that says so reaches them too
            joined_at=None,
            holding_updates=0,
        )


class VerifyResolution(MoveCommand):
    """
    Confirm that the resolution holds. Customers get its text, and are asked whether they can use the service again.
    """

    move = Move.VERIFY_RESOLUTION
    kind: Literal["verify_resolution"] = "verify_resolution"
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        """RESOLVE-5: it holds; everybody is told, and the clocks of the problem end as of the declaration."""
        declared = work.state.resolution
        assert declared
        work.record(ResolutionVerified(note=self.note, customer_text=declared.customer_text))
        resolution = work.state.resolution
        assert resolution
        work.end(ClockName.VERIFICATION)
        for name in HELD_WHILE_VERIFYING:
            outcome = Outcome.CANCELLED if name is ClockName.ACKNOWLEDGE else Outcome.MET
            work.end(name, outcome, at=resolution.declared_at, runs_on_if_reopened=True)
        work.end(ClockName.FIRST_NOTIFICATION, Outcome.CANCELLED)
        why = reason("verified_by", resolution.kind, person_of(work.state, work.by))
        notify(work, Occasion.RESOLVED, followers_of(work.state), why=why, text=resolution.done)
        notify_customers(work, Occasion.RESOLVED, text=resolution.customer_text)
        accounts = tuple(customer.account for customer in work.state.request.customers)
        notify_customers(work, Occasion.ACCESS_QUESTION, but=work.state.access)
        notify(work, Occasion.ACCESS_WANTED, work.state.plan.engagement_managers, items=accounts)
        begin_closing(work)
