"""People, teams and rotas as the plan knows them, and the recipients that they are for notifications."""

from enum import StrEnum
from functools import cached_property

from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import RoleNotAllowed
from escalation.kernel.values import Name, PropertyCache, frozen
from escalation.policy.preferences import Preferences


class ContactKind(StrEnum):
    PERSON = "person"
    TEAM = "team"
    ROTA = "rota"
    """A rota: stands for whoever is on call; looked up when needed, never pinned."""


class HandsOver(StrEnum):
    """Escalations that a rota hands over to the next shift."""

    UNACKNOWLEDGED = "unacknowledged"
    """Escalations that nobody has acknowledged; whoever acknowledges an escalation keeps it."""
    OPEN = "open"
    """Acknowledged ones too, until their resolution is declared."""


@frozen
class Recipient:
    """A person or team that a message goes to, with addresses and preferences."""

    id: str
    name: str
    addresses: tuple[str, ...]
    """``channel:target``, in order of preference."""
    language: str = "en"
    time_zone: str = "UTC"
    preferences: Preferences | None = None
    accounts: tuple[str, ...] = ()
    """All accounts of a customer's contact who speaks for several."""
    pages_revoked: int = 0
    """Times that the links of a customer's contact to their page were revoked: a link counts them too."""

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """Accounts of a customer's contact, whose id is ``ACCOUNT:EMAIL``."""
        return self.accounts or (ContactId.read(self.id).account,)

    @property
    def mailbox(self) -> str:
        """Mailbox of a customer's contact, by which they are recognised."""
        return mailbox_of(ContactId.read(self.id).email)


@frozen
class Desk:
    """A place where customers reach us: its name, and a telephone number and an e-mail address if it has them."""

    name: str
    telephone: str = ""
    email: str = ""


@frozen
class Contact(PropertyCache):
    """A person, a team or a rota that can own an escalation, be notified of it, or make moves in it."""

    id: Name
    name: Name
    kind: ContactKind = ContactKind.PERSON
    roles: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    """Ids of the people of a team or a rota."""
    hands_over: HandsOver = HandsOver.UNACKNOWLEDGED
    """Escalations that a rota passes to the next shift."""
    addresses: tuple[str, ...] = ()
    """``channel:target``, in order of preference."""
    telephone: str = ""
    """For customers (TALK-5); empty: they call the desk."""
    language: str = "en"
    time_zone: str = "UTC"
    preferences: Preferences | None = None

    @property
    def desk(self) -> Desk | None:
        """Number and address of their own for customers; None: they have none."""
        if not self.telephone:
            return None
        emails = (each.removeprefix("email:") for each in self.addresses if each.startswith("email:"))
        return Desk(name=self.name, telephone=self.telephone, email=next(emails, ""))

    @cached_property
    def recipient(self) -> Recipient:
        return Recipient(
            id=self.id,
            name=self.name,
            addresses=self.addresses,
            language=self.language,
            time_zone=self.time_zone,
            preferences=self.preferences,
        )


def require_person(where: str, contact: Contact, what: StrEnum) -> None:
    """
    Raises:
        RoleNotAllowed: If *contact* is no person. A team or a rota is asked and notified; who acts is on record
            (ROLE-3).
    """
    if contact.kind is ContactKind.PERSON:
        return
    kind = reason("a_rota") if contact.kind is ContactKind.ROTA else reason("a_team")
    members = reason("members", contact.members) if contact.members else ""
    raise RoleNotAllowed(reason("group_may_not", contact.name, what, kind, members), subject=where)
