"""Send an update to customers, to our own people, or to both (COMM-3)."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case import text_approval
from escalation.case.audience import followers_of, notify, person_of
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.next_update import UpdateSent, restart_next_update
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.notification import Occasion


class SendUpdate(MoveCommand):
    """Update the customers, our own people, or both; a text for customers may have to be approved first."""

    move = Move.SEND_UPDATE
    kind: Literal["send_update"] = "send_update"
    customer_text: Annotated[CustomerText | None, Field(description="A text for customers.")] = None
    internal_note: Annotated[InternalText | None, Field(description="A text for our own people.")] = None
    apologise: Annotated[bool, Field(description="Apologise in the message to customers.")] = False

    def carry_out(self, work: Work) -> None:
        """COMM-3: what customers are told meets the cadence and starts it again; each update states the next."""
        if not self.customer_text and not self.internal_note:
            fault = Fault(
                where="customer_text, internal_note",
                given=reason("neither"),
                allowed=reason("allowed.update"),
            )
            raise BadRequest.because(reason("of.update", work.state.key), (fault,))
        text, note = self.customer_text or None, self.internal_note or None
        waits = text is not None and work.state.plan.text_approval is not None
        if note or not waits:
            work.record(UpdateSent(customer_text=None if waits else text, internal_note=note))
        if text and waits:
            text_approval.submit_text(work, text, apologise=self.apologise)
        elif text:
            text_approval.send_customer_update(work, text, apologise=self.apologise)
        if note:
            restart_next_update(work, ClockName.INTERNAL_UPDATE)
            why = reason("update_by", person_of(work.state, self.by))
            notify(work, Occasion.UPDATE, followers_of(work.state), why=why, text=note)
