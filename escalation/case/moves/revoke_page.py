"""
Revoke the links of a customer's contact to their page, because somebody else may have a letter of theirs (TALK-5).

Owns how often that was done for a contact. A link holds that number, so each earlier one ends with it; the next letter
has a new link.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.customer_contact import require_contact
from escalation.case.follow_up import nothing_to_follow_up
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.email_address import EmailAddress, mailbox_of
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class PageRevoked(BaseEvent):
    kind: Literal["page_revoked"] = "page_revoked"
    email: str
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return revoke_page_of(now, self.email)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), Person(self.email))


class RevokePage(MoveCommand):
    """Revoke a customer contact's links to their page; the next letter has a new one."""

    move = Move.REVOKE_PAGE
    kind: Literal["revoke_page"] = "revoke_page"
    contact: Annotated[
        EmailAddress,
        Field(description="The contact of the customer, by address.", examples=["jo@acme.example"]),
    ]
    note: Note = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return nothing_to_follow_up(now)

    def carry_out(self, work: Work) -> None:
        """Nobody is notified: a letter about it would lie in the same mailbox."""
        work.record(PageRevoked(email=require_contact(work.state, self.contact).email, note=self.note))


def revoke_page_of(now: Escalation, email: str) -> Escalation:
    """Return *now* with no link to the page of *email* that was made before."""
    mailbox = mailbox_of(email)
    times = now.pages_revoked.get(mailbox, 0) + 1
    return replace(now, pages_revoked={**now.pages_revoked, mailbox: times})
