"""
Customers' contacts: a wrong one is corrected, and who is reached for the first time is told how things stand (COMM-13).

Owns what a correction may change, and what goes again. It goes to the corrected address only, as of now, as to somebody
who has just joined: the old letters name times that have passed. To another name, language or time zone nothing goes.
Whether a time zone exists is not known here; to messages one that does not is UTC.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import contacts_at, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.case_size import require_request_fits
from escalation.case.customer_contact import require_contact
from escalation.case.follow_up import nothing_to_follow_up
from escalation.case.lifecycle import Move, State
from escalation.case.move_command import MoveCommand
from escalation.case.moves.join_outage import notify_of_resolution
from escalation.case.moves.revoke_page import revoke_page_of
from escalation.case.request import CustomerContact
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.email_address import EmailAddress, mailbox_of
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, quote_input
from escalation.kernel.text_fields import Note
from escalation.kernel.values import ENGINE, NO_NOTE, CustomerText, InternalText, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.people import Recipient


@frozen
class ContactCorrected(BaseEvent):
    """A customer's contact had been wrong (COMM-13)."""

    kind: Literal["contact_corrected"] = "contact_corrected"
    before: CustomerContact
    after: CustomerContact
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return _contact_corrected(now, self)

    def sentence(self) -> Reason:
        return reason(self.code, self.before.name, tuple(_corrections(self)))


class CorrectContact(MoveCommand):
    """Correct a customer's contact; a new address receives how things stand."""

    move = Move.CORRECT_CONTACT
    kind: Literal["correct_contact"] = "correct_contact"
    contact: Annotated[
        EmailAddress,
        Field(
            description="The contact of the customer, by the address known now.",
            examples=["jo@acme.example"],
        ),
    ]
    email: Annotated[
        EmailAddress | None, Field(description="The right address. If omitted, it stays as it is.")
    ] = None
    name: Annotated[
        Annotated[CustomerText, Field(min_length=1)] | None,
        Field(description="The right name. If omitted, it stays as it is."),
    ] = None
    language: Annotated[
        LanguageTag | None, Field(description="The language of messages. If omitted, it stays as it is.")
    ] = None
    time_zone: Annotated[
        Name | None, Field(description="The time zone of messages. If omitted, it stays as it is.")
    ] = None
    note: Note = NO_NOTE

    @property
    def said_zone(self) -> str | None:
        return self.time_zone

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return nothing_to_follow_up(now)

    def carry_out(self, work: Work) -> None:
        """COMM-13: nothing that bounced is chased any more, and the right person is told."""
        before = work.state
        known = require_contact(before, self.contact)
        corrected = _corrected(before, known, self)
        require_request_fits(
            before.request.with_contact(known, corrected), reason("of.correction", known.email, before.key)
        )
        work.record(ContactCorrected(before=known, after=corrected, note=self.note))
        if mailbox_of(corrected.email) != mailbox_of(known.email):
            work.by = ENGINE
            _notify(work, contacts_at(work.state, corrected.email))


def _corrected(now: Escalation, known: CustomerContact, command: CorrectContact) -> CustomerContact:
    """
    Raises:
        BadRequest: If nothing is given to correct, or another contact has the address.
        MoveNotAllowed: If all of it is so already.
    """
    faults = []
    if not any((command.email, command.name, command.language, command.time_zone)):
        what = reason("allowed.correction")
        faults.append(Fault(where="email, name, language, time_zone", given=reason("nothing"), allowed=what))
    is_moved = command.email is not None and mailbox_of(command.email) != mailbox_of(known.email)
    if command.email and is_moved and contacts_at(now, command.email):
        allowed = reason("allowed.new_address")
        faults.append(Fault(where="email", given=quote_input(command.email), allowed=allowed))
    if faults:
        raise BadRequest.because(reason("of.correction", known.email, now.key), faults)
    corrected = replace(
        known,
        email=command.email or known.email,
        name=command.name or known.name,
        language=command.language or known.language,
        time_zone=command.time_zone or known.time_zone,
    )
    if corrected == known:
        raise MoveNotAllowed(reason("contact_known", known.email), subject=now.key)
    return corrected


def _notify(work: Work, to: tuple[Recipient, ...]) -> None:
    now = work.state
    match now.state:
        case State.CLOSED:
            notify_customers(work, Occasion.CLOSED, to=to)
            if now.is_surveyed and not any(each.id in now.survey for each in to):
                notify_customers(work, Occasion.SURVEY, to=to)
        case State.CLOSING:
            notify_of_resolution(work, to, asked=to)
        case _:
            notify_customers(work, Occasion.CASE_RECEIVED, to=to)
            if now.last_update:
                notify_customers(work, Occasion.UPDATE, to=to, text=now.last_update.text)


def _contact_corrected(now: Escalation, event: ContactCorrected) -> Escalation:
    """
    Known under another id from now on, which holds the address; what bounced at the old one is nobody's. Its links to
    the page are revoked, also if it is corrected back.
    """
    request = now.request.with_contact(event.before, event.after)
    people = zip(now.request.recipients, request.recipients, strict=True)  # nobody comes or goes by it
    ids = {old.id: new.id for old, new in people}
    is_moved = mailbox_of(event.before.email) != mailbox_of(event.after.email)
    return replace(
        revoke_page_of(now, event.before.email) if is_moved else now,
        request=request,
        unnotified=tuple(ids.get(who, who) for who in now.unnotified),
        joiners=tuple(ids.get(who, who) for who in now.joiners),
        survey={ids.get(who, who): answer for who, answer in now.survey.items()},
        undelivered=tuple(
            each for each in now.undelivered if ids.get(each.recipient, each.recipient) == each.recipient
        ),
    )


def _corrections(event: ContactCorrected) -> Iterator[Reason]:
    for name in ("email", "name", "language", "time_zone"):
        if getattr(event.after, name) != getattr(event.before, name):
            yield reason(f"contact.{name}", str(getattr(event.after, name)))
