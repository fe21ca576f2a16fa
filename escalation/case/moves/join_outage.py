"""
Join: another subject of an outage becomes part of the escalation that runs for it (START-5).

Owns what a join adds, who is notified of it, and how much one escalation can hold. Starts say which subjects belong
together; the shell finds the escalation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar, Literal, TypeVar

from escalation.case.audience import contacts_among, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.case_size import weight_of
from escalation.case.lifecycle import Move, RcaState, State, allows
from escalation.case.request import (
    AffectedCustomer,
    Evidence,
    StartRequest,
    recipients_of,
    stated_impacts,
    with_customers,
)
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import (
    CONTACTS,
    CUSTOMERS,
    EVIDENCE,
    LINKED_TICKETS,
    PROBLEM_RECORDS,
    REQUEST,
    SERVICES,
    size_of,
)
from escalation.kernel.clock_name import ClockName
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import Key, tenant_of
from escalation.kernel.reasons import AsPart, Part, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, RoleNotAllowed
from escalation.kernel.values import ENGINE, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.people import Contact, Recipient

_Each = TypeVar("_Each")


@frozen
class BroughtAlong(BaseEvent):
    """Content of another subject that comes over."""

    case_key: str
    """Key of that subject."""
    customers: tuple[AffectedCustomer, ...] = ()
    """Customers who are new by it; of a known customer, the new contacts."""
    services: tuple[Name, ...] = ()
    linked_tickets: tuple[Name, ...] = ()
    problem_records: tuple[Name, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sponsors: tuple[Contact, ...] = ()
    """Sponsors of their accounts: stakeholders from now on (SPONSOR-2)."""

    def is_opening(self, now: Escalation) -> bool:  # noqa: ARG002 - a joining case looks at it
        """Return whether it is the case whose start opened the escalation."""
        return False

    def joined_to(self, now: Escalation) -> Escalation:
        """Return *now* as if all of this had been in its request from the start (START-5)."""
        request = replace(
            now.request,
            customers=with_customers(now.request.customers, self.customers),
            services=tuple(dict.fromkeys((*now.request.services, *self.services))),
            linked_tickets=tuple(dict.fromkeys((*now.request.linked_tickets, *self.linked_tickets))),
            problem_records=tuple(dict.fromkeys((*now.request.problem_records, *self.problem_records))),
            evidence=(*now.request.evidence, *self.evidence),
        )
        brought = {customer.account for customer in self.customers if now.customer(customer.account) is None}
        if self.is_opening(now):
            brought = {customer.account for customer in now.request.customers}
        known = {*now.unnotified, *now.joiners}
        known |= {to.id for to in now.request.recipients}
        joiners = (*now.joiners, *(to.id for to in request.recipients if to.id not in known))
        return replace(
            now,
            request=request,
            impacts=stated_impacts(self.customers) | now.impacts,
            plan=now.plan.sponsored_by(self.sponsors),
            account_tenants=now.account_tenants | dict.fromkeys(brought, tenant_of(self.case_key)),
            submitters=now.submitters | {self.case_key: self.by},
            joiners=joiners,
            joined_at=now.joined_at if now.joiners else self.at,
        )


@frozen
class CustomerJoined(BroughtAlong):
    """Another subject of the same outage joined (START-5)."""

    kind: Literal["customer_joined"] = "customer_joined"

    def is_opening(self, now: Escalation) -> bool:
        return not now.joined_keys and not self.customers

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(self.joined_to(now), joined_keys=(*now.joined_keys, self.case_key))

    def sentence(self) -> Reason:
        return reason(self.code, self.case_key, account_names(self.customers))


@frozen
class JoinOutage:
    """
    Join another subject of the same outage: add what its start brings along (START-5).

    Made of a start that was checked against the playbook; never read from the wire.
    """

    kind: ClassVar[str] = "join_outage"
    move: ClassVar[Move] = Move.JOIN_OUTAGE
    by: Name
    """Submitter of its start."""
    case_key: Key
    """The other subject."""
    customers: tuple[AffectedCustomer, ...]
    services: tuple[Name, ...] = ()
    linked_tickets: tuple[Name, ...] = ()
    problem_records: tuple[Name, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sponsors: tuple[Contact, ...] = ()
    """Sponsors of these customers' accounts (SPONSOR-2)."""
    is_guest: bool = False
    """True if it is of another tenant: it adds contacts only to accounts that its own tenant has brought in."""


def join_outage(work: Work, command: JoinOutage) -> None:
    """Add a subject once: each new contact gets a receipt of their own, and every update from now on."""
    now = work.state
    if command.case_key in now.joined_keys:
        return
    if not allows(now.state, Move.JOIN_OUTAGE):
        raise MoveNotAllowed(reason("cannot_join_while", command.case_key, now.state), subject=now.key)
    joining = new_in(now.request, command)
    if command.is_guest:
        _require_own_accounts(now, joining)
    require_case_fits(
        now.request, joining, reason("of.start", command.case_key), reason("use_another_outage")
    )
    sponsors = tuple(sponsor for sponsor in command.sponsors if sponsor.id not in now.plan.sponsors)
    work.by = command.by
    work.record(
        CustomerJoined(
            case_key=command.case_key,
            customers=joining.customers,
            services=joining.services,
            linked_tickets=joining.linked_tickets,
            problem_records=joining.problem_records,
            evidence=joining.evidence,
            sponsors=sponsors,
        )
    )
    work.by = ENGINE
    known = now.rules.stakeholders
    notify(work, Occasion.FIRST_NOTIFICATION, (each.id for each in sponsors if each.id not in known))
    if joining.customers:
        _notify(work, joining.customers, now)


def permit_repeat(now: Escalation, by: str, case_key: str = "") -> None:
    """
    Permit *by*, who submitted a start again, to see how the escalation stands; *case_key*: the subject that joined.

    Raises:
        RoleNotAllowed: If it is neither who submitted it first, nor anybody whom its plan knows.
    """
    first = now.submitters.get(case_key) if case_key else now.request.submitted_by
    if by != first and not now.plan.knows(by):
        raise RoleNotAllowed(reason("no_part_in_it", by), subject=case_key or now.key)


def begin_first_notification(work: Work) -> None:
    """Start a clock for those who joined during an earlier first notification, as of their joining (COMM-2)."""
    now = work.state
    is_free = not now.is_clock_running(ClockName.FIRST_NOTIFICATION)
    if now.joiners and is_free and now.is_open:
        work.start(ClockName.FIRST_NOTIFICATION, now.joined_at)


def _notify(work: Work, customers: tuple[AffectedCustomer, ...], before: Escalation) -> None:
    """Notify the new contacts; known ones have been notified already, for whichever account (START-5)."""
    known = {each.id for each in before.request.recipients}
    new = tuple(each for each in contacts_among(work.state, customers) if each.id not in known)
    begin_first_notification(work)
    if work.state.state is State.CLOSING:
        notify_of_end(work, customers, new)
    else:
        notify_customers(work, Occasion.CASE_RECEIVED, to=new)


def notify_of_end(work: Work, customers: tuple[AffectedCustomer, ...], new: tuple[Recipient, ...]) -> None:
    """
    Notify those who joined after the resolution: the *new* get all that the others got (CLOSE-4, RESOLVE-6). Known
    contacts are asked only for the account that is new.
    """
    notify_of_resolution(work, new, asked=contacts_among(work.state, customers))
    accounts = tuple(customer.account for customer in customers)
    notify(work, Occasion.ACCESS_WANTED, work.state.plan.engagement_managers, items=accounts)


def notify_of_resolution(work: Work, new: tuple[Recipient, ...], asked: tuple[Recipient, ...]) -> None:
    """Send to the *new* what the others got, and ask *asked* whether they have access."""
    now = work.state
    resolution, rca = now.resolution, now.rca
    notify_customers(work, Occasion.RESOLVED, to=new, text=resolution.customer_text if resolution else None)
    notify_customers(work, Occasion.ACCESS_QUESTION, to=asked, but=now.access)
    if rca.customer and rca.state is RcaState.SHARED:
        notify_customers(work, Occasion.RCA, to=new, text=rca.customer.summary, actions=rca.customer.actions)


def new_in(request: StartRequest, command: JoinOutage) -> JoinOutage:
    """Return *command* with only what *request* does not have yet."""
    return replace(
        command,
        customers=tuple(_new_customers(request, command.customers)),
        services=_without(request.services, command.services),
        linked_tickets=_without(request.linked_tickets, command.linked_tickets),
        problem_records=_without(request.problem_records, command.problem_records),
        evidence=_without(request.evidence, command.evidence),
    )


def _without(known: tuple[_Each, ...], more: tuple[_Each, ...]) -> tuple[_Each, ...]:
    return tuple(each for each in more if each not in known)


def _new_customers(
    request: StartRequest, customers: tuple[AffectedCustomer, ...]
) -> Iterator[AffectedCustomer]:
    """Yield the customers and contacts that are new. A known mailbox, in any spelling or of another account, is not."""
    people = {each.mailbox for each in request.recipients}
    accounts = {customer.account for customer in request.customers}
    for customer in customers:
        is_known = customer.account in accounts
        contacts = tuple(
            contact for contact in customer.contacts if not (is_known and mailbox_of(contact.email) in people)
        )
        if contacts:
            yield replace(customer, contacts=contacts)


def _require_own_accounts(now: Escalation, joining: JoinOutage) -> None:
    """
    Raises:
        BadRequest: If it would add somebody to an account that another tenant has brought in, who would then read what
            that account is told.
    """
    tenant = tenant_of(joining.case_key)
    faults = [
        Fault(
            where="customers",
            given=reason("given.more_contacts", customer.account, len(customer.contacts)),
            allowed=reason("allowed.own_contacts", now.key),
        )
        for customer in joining.customers
        if now.customer(customer.account)
        and now.account_tenants.get(customer.account, tenant_of(now.key)) != tenant
    ]
    if faults:
        raise BadRequest.because(reason("of.start", joining.case_key), faults)


def require_case_fits(request: StartRequest, joining: JoinOutage, what: Part, instead: Part) -> None:
    """
    Raises:
        BadRequest: If it would hold more than it can: *what* is refused, and *instead* says how to go on.
    """
    after = with_customers(request.customers, joining.customers)
    ids = sum(size_of(recipient.id) for recipient in recipients_of(joining.customers))
    size = weight_of(request) + size_of(joining) + ids
    limits = (
        ("customers", len(after), CUSTOMERS),
        ("contacts_of_one", max(len(customer.contacts) for customer in after), CONTACTS),
        ("services", _together(request.services, joining.services), SERVICES),
        ("linked_tickets", _together(request.linked_tickets, joining.linked_tickets), LINKED_TICKETS),
        ("problem_records", _together(request.problem_records, joining.problem_records), PROBLEM_RECORDS),
        ("evidence", len(request.evidence) + len(joining.evidence), EVIDENCE),
        ("bytes", size, REQUEST),
    )
    faults = [
        Fault(
            where="outage",
            given=reason("given.would_bring_to", joining.case_key, request.key, reason(unit, amount)),
            allowed=reason("allowed.in_one_escalation", reason(unit, most), instead),
        )
        for unit, amount, most in limits
        if amount > most
    ]
    if faults:
        raise BadRequest.because(what, faults)


def _together(known: tuple[str, ...], more: tuple[str, ...]) -> int:
    return len({*known, *more})


def account_names(customers: Iterable[AffectedCustomer]) -> AsPart:
    return tuple(customer.account for customer in customers) or reason("nobody_new")
