"""
Names of customers' contacts, by their mailboxes: whatever is shown calls people by name, and not by address.

A contact stands in events by the id `ACCOUNT:EMAIL`. A correction changes the address, and the events before it keep
the old one, so both have a name here. Must not know where anything is shown.
"""

from collections.abc import Iterable

from escalation.case.moves.correct_contact import ContactCorrected
from escalation.case.moves.join_outage import BroughtAlong
from escalation.case.request import AffectedCustomer
from escalation.case.start import Opened
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.event import RecordedEvent
from escalation.kernel.ids import ContactId


class ContactNames:
    """The contacts of *customers*, and those whom *events* mention."""

    def __init__(
        self, customers: Iterable[AffectedCustomer] = (), events: Iterable[RecordedEvent] = ()
    ) -> None:
        self._by_mailbox: dict[str, str] = {}
        for event in events:
            match event:
                case Opened(request=request):
                    self._add(request.customers)
                case BroughtAlong(customers=brought):
                    self._add(brought)
                case ContactCorrected(before=before, after=after):
                    self._by_mailbox |= {mailbox_of(each.email): after.name for each in (before, after)}
                case _:
                    pass
        self._add(customers)

    def _add(self, customers: Iterable[AffectedCustomer]) -> None:
        contacts = (contact for customer in customers for contact in customer.contacts)
        self._by_mailbox |= {mailbox_of(each.email): each.name for each in contacts}

    def find(self, id_: str) -> str:
        """Return the name of the contact with this id, or this address; empty, if it is nobody's."""
        return self._by_mailbox.get(mailbox_of(ContactId.read(id_).email), "")
