"""
The contact of a customer that a move is about: named by e-mail address, the one who makes it, or the only one.

Owns how such a contact is found. Must not know what is said of them.
"""

from escalation.case.audience import customer_recipients
from escalation.case.follow_up import require_affected
from escalation.case.request import CustomerContact
from escalation.case.state import Escalation
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import UnknownName
from escalation.policy.people import Recipient


def contacts_of(now: Escalation, account: str) -> dict[str, Recipient]:
    """
    Return the contacts that speak for *account*, by mailbox.

    Raises:
        UnknownName: If *account* is no affected customer.
    """
    require_affected(now, account)
    return {each.mailbox: each for each in customer_recipients(now) if account in each.speaks_for}


def find_contact(now: Escalation, account: str, email: str | None, by: str) -> Recipient | None:
    """
    Return whom of *account* a move of *by* is about; None, if nobody is named and the account has several contacts.

    Raises:
        UnknownName: If *account* is no affected customer, or has no contact of that *email*.
    """
    found = contacts_of(now, account)
    if own := now.customer_contact(by):
        return own
    if email is None:
        return next(iter(found.values())) if len(found) == 1 else None
    if mailbox_of(email) not in found:
        raise UnknownName.of(reason("no.contact_of", account), email, found, subject=now.key)
    return found[mailbox_of(email)]


def require_contact(now: Escalation, email: str) -> CustomerContact:
    """
    Raises:
        UnknownName: If no affected customer has a contact of this address.
    """
    contacts = [contact for customer in now.request.customers for contact in customer.contacts]
    found = next((each for each in contacts if mailbox_of(each.email) == mailbox_of(email)), None)
    if found is None:
        raise UnknownName.of(reason("no.contact"), email, [each.email for each in contacts], subject=now.key)
    return found
