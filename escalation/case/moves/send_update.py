"""Send an update to customers, to our own people, or to both (COMM-3)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case import text_approval
from escalation.case.audience import followers_of, notify, person_of
from escalation.case.estimate import Estimate
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.next_update import UpdateSent, restart_next_update
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.text_fields import READ_BY_CUSTOMERS
from escalation.kernel.values import CustomerText, InputInstant, InternalText
from escalation.notifications.notification import Occasion
from escalation.policy.classification import Degree


class SendUpdate(MoveCommand):
    """Update the customers, our own people, or both; a text for customers may have to be approved first."""

    move = Move.SEND_UPDATE
    kind: Literal["send_update"] = "send_update"
    customer_text: Annotated[
        CustomerText | None,
        Field(
            description="What customers read, once it is approved, if the playbook wants that; needed with an estimate."
        ),
    ] = None
    internal_note: Annotated[
        InternalText | None,
        Field(description="What only our own people read; needed if there is no text for customers."),
    ] = None
    apologise: Annotated[
        bool, Field(description="Apologise in the message to customers."), READ_BY_CUSTOMERS
    ] = False

    estimate: Annotated[
        InputInstant | None,
        Field(description="When you expect it to be solved; for customers."),
        READ_BY_CUSTOMERS,
    ] = None
    sure: Annotated[Degree, Field(description="How sure you are of the estimate"), READ_BY_CUSTOMERS] = (
        Degree.MEDIUM
    )
    estimate_why: Annotated[
        Annotated[CustomerText, Field(min_length=1)] | None,
        Field(description="Why the estimate has changed, in words for customers; needed if it changes."),
    ] = None

    def carry_out(self, work: Work) -> None:
        """COMM-3: what customers are told meets the cadence and starts it again; each update states the next."""
        if not self.customer_text and not self.internal_note:
            fault = Fault(
                where="customer_text, internal_note",
                given=reason("neither"),
                allowed=reason("allowed.update"),
            )
            raise BadRequest.because(reason("of.update", work.state.key), (fault,))
        estimate = self._estimate(work)
        text, note = self.customer_text or None, self.internal_note or None
        waits = text is not None and work.state.plan.text_approval is not None
        if note or not waits:
            sent = UpdateSent(internal_note=note)
            work.record(sent if waits else replace(sent, customer_text=text, estimate=estimate))
        if text and waits:
            text_approval.submit_text(work, text, apologise=self.apologise, estimate=estimate)
        elif text:
            text_approval.send_customer_update(work, text, apologise=self.apologise, estimate=estimate)
        if note:
            restart_next_update(work, ClockName.INTERNAL_UPDATE)
            why = reason("update_by", person_of(work.state, self.by))
            notify(work, Occasion.UPDATE, followers_of(work.state), why=why, text=note)

    def _estimate(self, work: Work) -> Estimate | None:
        """
        Return the estimate, with the one that it replaces (TALK-6).

        Raises:
            BadRequest: If it is past, if no customer would read it, or if it changes and nobody says why.
        """
        if self.estimate is None:
            return None
        before = work.state.estimate
        estimate = Estimate(solved_by=self.estimate, sure=self.sure, why=self.estimate_why)
        faults = []
        if not self.customer_text:
            faults.append(("customer_text", reason("nothing"), reason("allowed.text_with_estimate")))
        if self.estimate <= work.now:
            faults.append(("estimate", reason("as_written", self.estimate), reason("allowed.later_than_now")))
        if before and estimate.changes(before) and not self.estimate_why:
            changes = reason("allowed.why_estimate_changes", before.solved_by)
            faults.append(("estimate_why", reason("nothing"), changes))
        if faults:
            listed = [Fault(where=where, given=given, allowed=allowed) for where, given, allowed in faults]
            raise BadRequest.because(reason("of.update", work.state.key), listed)
        return estimate.after(before)
