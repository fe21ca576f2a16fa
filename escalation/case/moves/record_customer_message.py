"""Record what a customer says: themselves, or on the phone and written down by an agent (TALK-3)."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify
from escalation.case.base_event import BaseEvent
from escalation.case.customer_contact import find_contact
from escalation.case.follow_up import require_own_account
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.request import Channel
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.values import CustomerWords, InputInstant, Instant, InternalText, Mover, Name, frozen
from escalation.notifications.notification import Occasion


@frozen
class CustomerMessageRecorded(BaseEvent):
    kind: Literal["customer_message_recorded"] = "customer_message_recorded"
    account: str
    contact: str = ""
    """Recipient id of whoever said it; empty: somebody of the account."""
    channel: Channel
    said_at: Instant
    text: CustomerWords

    @property
    def added(self) -> str:
        return str(self.text)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.contact) if self.contact else self.account, self.channel)


class RecordCustomerMessage(MoveCommand):
    """Record what a customer says, and how it came in; the owner is notified."""

    move = Move.RECORD_CUSTOMER_MESSAGE
    kind: Literal["record_customer_message"] = "record_customer_message"
    account: Annotated[Name, Field(description="The affected customer who says it.")]
    text: Annotated[CustomerWords, Field(min_length=1, description="What they say, in their words.")]
    channel: Annotated[Channel, Field(description="How it came in")]
    contact: Annotated[
        Mover | None,
        Field(description="Who said so, by e-mail address. If omitted: somebody of the customer."),
    ] = None
    at: Annotated[InputInstant | None, Field(description="When they said it. If omitted, now.")] = None

    def carry_out(self, work: Work) -> None:
        """TALK-3: it counts as activity, as all that people do; so an acknowledgement does not expire over it."""
        now = work.state
        contact = find_contact(now, self.account, self.contact, self.by)
        require_own_account(now, self.move, self.by, self.account)
        said = CustomerMessageRecorded(
            account=self.account,
            contact=contact.id if contact else "",
            channel=self.channel,
            said_at=self.at or work.now,
            text=self.text,
        )
        work.record(said)
        why = reason("said_by", contact.name if contact else self.account, self.channel)
        notify(work, Occasion.CUSTOMER_MESSAGE, (now.owner,), why=why, text=InternalText(self.text))
