"""
The request that starts an escalation, and the RCA that ends it: what people write (START-2, START-3, CLOSE-3).

Shapes and their own consistency only; whether a category or a person exists is for the playbook to say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator

from escalation.kernel.budgets import (
    CONTACTS,
    CRITERIA,
    CUSTOMERS,
    EVIDENCE,
    LINKED_TICKETS,
    MOVE,
    PROBLEM_RECORDS,
    SERVICES,
    first_of,
)
from escalation.kernel.email_address import EmailAddress, mailbox_of
from escalation.kernel.ids import EscalationReference, Key
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.values import (
    NO_NOTE,
    REFUSES_UNKNOWN,
    CustomerText,
    CustomerWords,
    InputDay,
    InputInstant,
    InternalText,
    Name,
    PropertyCache,
    frozen,
)
from escalation.policy.classification import AttemptOutcome, Degree, EscalationReason, EvidenceKind, Priority
from escalation.policy.people import Recipient


class Source(StrEnum):
    CUSTOMER = "customer"
    INTERNAL = "internal"
    AUTOMATIC = "automatic"


class Channel(StrEnum):
    """Channels by which a problem comes in (START-1)."""

    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    SOCIAL = "social"
    PORTAL = "portal"
    MONITORING = "monitoring"
    OTHER = "other"


class Criterion(StrEnum):
    FUNDING = "funding"
    STAFFING = "staffing"
    TOOLS = "tools"
    TECHNICAL_SPECIFICATION = "technical_specification"
    FUNCTIONALITY = "functionality"


OUTCOME = "What came of an attempt; needed for an attempt, and for nothing else"
"""The meaning of an outcome, for whoever fills it in."""
EvidenceLink = Annotated[str, Field(max_length=2000, description="Where it can be found.")]


@frozen
class Evidence:
    """One piece of evidence: what supports the complaint, or was tried (START-3, TALK-1)."""

    __pydantic_config__ = REFUSES_UNKNOWN
    kind: Annotated[EvidenceKind, Field(description="The kind of evidence")]
    what: Annotated[InternalText, Field(description="What it says, or what was tried.")]
    on: Annotated[InputDay | None, Field(description="The day, where the time is not known.")] = None
    at: Annotated[InputInstant | None, Field(description="When it was.")] = None
    who: Annotated[InternalText, Field(max_length=200, description="Who wrote, called or tried.")] = NO_NOTE
    outcome: Annotated[AttemptOutcome | None, Field(validate_default=True, description=OUTCOME)] = None
    link: EvidenceLink = ""

    @field_validator("outcome")
    @classmethod
    def _attempts_have_one(
        cls, outcome: AttemptOutcome | None, info: ValidationInfo
    ) -> AttemptOutcome | None:
        require_outcome_fits(info.data.get("kind"), outcome)
        return outcome

    def is_before(self, instant: datetime) -> bool:
        """Return whether it is as old as the day or the instant that it names; with neither, it is."""
        if self.at:
            return self.at < instant
        return self.on is None or self.on <= instant.astimezone(UTC).date()


def require_outcome_fits(kind: EvidenceKind | None, outcome: AttemptOutcome | None) -> None:
    """
    Raises:
        InvalidValue: If an attempt has no outcome, or something else has one.
    """
    if kind and (kind is EvidenceKind.ATTEMPT) != (outcome is not None):
        raise InvalidValue(reason("allowed.outcome"))


@frozen
class CustomerContact:
    __pydantic_config__ = REFUSES_UNKNOWN
    name: Annotated[CustomerText, Field(description="The name, as letters say it.")]
    email: Annotated[EmailAddress, Field(description="Where letters to this contact go.")]
    language: Annotated[LanguageTag, Field(description="The language of letters, such as en, id or tr.")] = (
        "en"
    )
    time_zone: Annotated[
        Name, Field(description="The time zone of dates in letters, such as Asia/Jakarta.")
    ] = "UTC"

    def as_recipient(self, account: str) -> Recipient:
        return Recipient(
            id=f"{account}:{self.email}",
            name=self.name,
            addresses=(f"email:{self.email}",),
            language=self.language,
            time_zone=self.time_zone,
        )


@frozen
class AffectedCustomer:
    __pydantic_config__ = REFUSES_UNKNOWN
    account: Annotated[Name, Field(description="The account of the customer, such as ACME.")]
    tier: Annotated[Name, Field(description="What was agreed with the customer; targets follow from it.")] = (
        "standard"
    )
    contacts: Annotated[
        tuple[CustomerContact, ...],
        Field(min_length=1, max_length=CONTACTS, description="Who gets letters and may answer."),
    ]
    stated_impact: Annotated[
        CustomerWords | None,
        Field(max_length=1000, description="What it means for them, in their own words."),
    ] = None


_WRONG = object()
"""Stand-in for a field that is refused itself."""


@frozen
class StartRequest(PropertyCache):
    """
    Everything that an escalation begins with.

    ``priority`` is given, or follows from ``impact`` × ``urgency`` by the playbook's table.
    """

    __pydantic_config__ = REFUSES_UNKNOWN

    key: Annotated[
        Key,
        Field(
            description="Whose case it is, a slash, its number: such as ACME/4711. "
            "Customers read it as their reference."
        ),
    ]
    subject: Annotated[
        CustomerText, Field(min_length=1, max_length=200, description="What it is about, in a line.")
    ]
    description: Annotated[
        InternalText, Field(description="What happened, since when, and what is known about it.")
    ] = InternalText("")
    issue_type: Annotated[
        Name, Field(description="An issue type of the playbook; needed if several have the category.")
    ]
    category: Annotated[Name, Field(description="The kind of case; its levels follow from it.")]
    impact: Annotated[
        Degree | None,
        Field(description="How much of their business it hits; needed if no priority is given"),
    ] = None
    urgency: Annotated[
        Degree | None, Field(description="How soon they need it solved; needed if no priority is given")
    ] = None
    priority: Annotated[
        Priority | None,
        Field(
            validate_default=True,
            description="How bad it is for customers; needed unless impact and urgency are given",
        ),
    ] = None
    reason: Annotated[EscalationReason, Field(description="Why it starts")]
    reason_note: Annotated[InternalText, Field(description="The reason in your own words.")] = InternalText(
        ""
    )
    source: Annotated[Source, Field(description="Who raised it")] = Source.CUSTOMER
    channel: Annotated[Channel, Field(description="How it came in")] = Channel.OTHER
    submitted_by: Annotated[Name, Field(description="Who submits it, by id in the playbook.")]
    customers: Annotated[
        tuple[AffectedCustomer, ...],
        Field(min_length=1, max_length=CUSTOMERS, description="An affected customer with a contact."),
    ]
    services: Annotated[
        tuple[Name, ...],
        Field(max_length=SERVICES, description="A service that customers cannot use as they should."),
    ] = ()
    linked_tickets: Annotated[
        tuple[Name, ...],
        Field(max_length=LINKED_TICKETS, description="An incident or problem that the customer raised."),
    ] = ()
    """Tickets that must be settled before the close (CLOSE-1)."""
    problem_records: Annotated[
        tuple[Name, ...],
        Field(
            max_length=PROBLEM_RECORDS,
            description="A problem record that looks for the cause, by its number.",
        ),
    ] = ()
    criteria: Annotated[
        tuple[Criterion, ...], Field(max_length=CRITERIA, description="What is needed to solve it")
    ] = ()
    evidence: Annotated[
        tuple[Evidence, ...],
        Field(max_length=EVIDENCE, description="What shows the problem, and what was tried."),
    ] = ()
    predecessor: Annotated[
        EscalationReference | None,
        Field(description="The closed escalation of the same case that this one continues."),
    ] = None
    outage: Annotated[
        Key | None, Field(description="The outage that it is a part of: it joins that, or opens it.")
    ] = None
    our_fault: Annotated[bool, Field(description="The company is at fault, so customers get an apology.")] = (
        False
    )
    entry_level: Annotated[
        Annotated[int, Field(ge=1)] | None, Field(description="Start at this level or higher.")
    ] = None
    """A reopened escalation starts one above its predecessor (CLOSE-9)."""

    # Of fields, and not of the whole: the whole is looked at only once every field is right.

    @field_validator("priority")
    @classmethod
    def _priority_can_be_told(cls, priority: Priority | None, info: ValidationInfo) -> Priority | None:
        known = info.data
        follows = known.get("impact", _WRONG) is not None and known.get("urgency", _WRONG) is not None
        if priority is None and not follows:
            raise InvalidValue(reason("allowed.priority_or_both"))
        return priority

    @field_validator("customers", "linked_tickets")
    @classmethod
    def _names_are_listed_once(cls, listed: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        names = [each.account if isinstance(each, AffectedCustomer) else each for each in listed]
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            code = "allowed.accounts_once" if info.field_name == "customers" else "allowed.records_once"
            raise InvalidValue(reason(code, tuple(twice)))
        return listed

    def returning(
        self, predecessor: str, level: int, priority: Priority | None, by: str, why: InternalText
    ) -> Self:
        """Return the request of a closed escalation, for the one that continues it, from *level* on (CLOSE-9)."""
        return replace(
            self,
            predecessor=predecessor,
            entry_level=level,
            priority=priority or self.priority,
            submitted_by=by,
            reason_note=why,
        )

    def with_impacts(self, impacts: Mapping[str, CustomerWords]) -> Self:
        """Return the request with the *impacts* that accounts stated since (TALK-6), as far as there is room."""
        kept = dict(first_of([*impacts.items()], MOVE))
        said = (replace(each, stated_impact=kept.get(each.account)) for each in self.customers)
        return replace(self, customers=tuple(said))

    def with_contact(self, before: CustomerContact, after: CustomerContact) -> Self:
        """Return the request with *after* instead of the contact with the mailbox of *before*, for each account."""
        mailbox = mailbox_of(before.email)
        customers = (
            replace(
                customer,
                contacts=tuple(
                    after if mailbox_of(each.email) == mailbox else each for each in customer.contacts
                ),
            )
            for customer in self.customers
        )
        return replace(self, customers=tuple(customers))

    @property
    def is_returning(self) -> bool:
        """True if it continues a closed escalation, and does not merely follow it (CLOSE-9)."""
        return self.predecessor is not None and self.entry_level is not None

    @cached_property
    def recipients(self) -> tuple[Recipient, ...]:
        """Each contact of the affected customers, once, even if listed twice or for several accounts."""
        return recipients_of(self.customers)

    def missing_evidence(self, wanted: tuple[EvidenceKind, ...]) -> tuple[EvidenceKind, ...]:
        """
        Return the kinds of evidence that are asked for (START-3, TALK-1): those of *wanted* that are not there. Where
        nothing is wanted in particular, any piece will do.
        """
        given = {each.kind for each in self.evidence}
        return (
            tuple(kind for kind in wanted or EvidenceKind if kind not in given) if wanted or not given else ()
        )


def stated_impacts(customers: Iterable[AffectedCustomer]) -> dict[str, CustomerWords]:
    return {each.account: each.stated_impact for each in customers if each.stated_impact}


def recipients_of(customers: Iterable[AffectedCustomer]) -> tuple[Recipient, ...]:
    """Return one person for each mailbox, in any spelling; known by the first of their accounts, speaking for each."""
    found: dict[str, Recipient] = {}
    for customer in customers:
        for contact in customer.contacts:
            person = contact.as_recipient(customer.account)
            known = found.setdefault(person.mailbox, person)
            if customer.account not in known.speaks_for:
                found[person.mailbox] = replace(known, accounts=(*known.speaks_for, customer.account))
    return tuple(found.values())


def with_customers(
    known: tuple[AffectedCustomer, ...], more: Iterable[AffectedCustomer]
) -> tuple[AffectedCustomer, ...]:
    """Return each account once, with the contacts of both."""
    found = {customer.account: customer for customer in known}
    for customer in more:
        before = found.get(customer.account)
        contacts = (*before.contacts, *customer.contacts) if before else customer.contacts
        found[customer.account] = replace(before or customer, contacts=contacts)
    return tuple(found.values())
