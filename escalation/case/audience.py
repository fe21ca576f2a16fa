"""
Audience: who is notified, on which occasion, with which facts (COMM-1 to COMM-6).

Chooses recipients and facts; writes no sentence for customers and knows no channel.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from escalation.case.customer_question import CustomerQuestion
from escalation.case.effects import FindOnCall
from escalation.case.estimate import Estimate
from escalation.case.request import AffectedCustomer
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import ITEMS, first_of
from escalation.kernel.characters import ELLIPSIS
from escalation.kernel.clock_name import ClockName
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.reasons import Part, Person, Reason
from escalation.kernel.reasons import reason as reason_of
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.notifications.notification import (
    CustomerFacts,
    CustomerNotification,
    InternalFacts,
    InternalNotification,
    Occasion,
)
from escalation.policy.classification import CancelCause, EscalationReason
from escalation.policy.people import ContactKind, Desk, Recipient

_WITH_AN_APOLOGY = frozenset(
    {
        Occasion.CASE_RECEIVED,
        Occasion.HAND_OVER,
        Occasion.HOLDING,
        Occasion.RESOLVED,
        Occasion.REOPENED,
        Occasion.RCA,
    }
)
"""Occasions with an apology: once at each stage of the case; one in every update would wear out."""
_OUR_FAULT = frozenset(
    {
        EscalationReason.SLA_BREACH,
        EscalationReason.NO_RESPONSE,
        EscalationReason.LONG_WAIT,
        EscalationReason.REPEATED_DELAY,
    }
)
_WITH_THE_IMPACT = frozenset(
    {
        Occasion.FIRST_NOTIFICATION,
        Occasion.ASSIGNED,
        Occasion.LEVEL_RAISED,
        Occasion.BROUGHT_IN,
        Occasion.UPDATE,
    }
)
"""Letters that bring somebody into the case, or up to date."""
_MOST_IMPACTS = 5
_PROMISED = (ClockName.FIRST_NOTIFICATION, ClockName.NEXT_UPDATE, ClockName.RESOLUTION)


def notify(
    work: Work,
    occasion: Occasion,
    people: Iterable[str],
    *,
    why: Reason | None = None,
    by: str = "",
    clock: ClockName | None = None,
    due_at: datetime | None = None,
    text: InternalText | None = None,
    items: tuple[Part, ...] = (),
    task_force: str = "",
) -> None:
    """
    Notify our own people, each once; whoever made the move is not notified of it.

    *by*: who made it, if not whoever is at work.

    Whoever answers for a rota is looked up first (MATRIX-1).
    """
    now = work.state
    told = [
        now.plan.contact(person)
        for person in dict.fromkeys(people)
        if person != work.by and now.plan.knows(person)
    ]
    if not told:
        return
    facts = InternalFacts(
        key=now.key,
        subject=now.request.subject,
        priority=now.priority,
        state=now.state,
        level=now.level,
        level_name=now.current_level.name,
        owner=name_of(now, now.owner),
        by=name_of(now, by or work.by),
        why=why,
        clock=clock,
        due_at=due_at,
        next_due_at=now.next_due_at,
        next_update_at=now.next_internal_update_at,
        text=text,
        items=_few(items),
        at=work.now,
        task_force=task_force,
        impacts=_impacts(now) if occasion in _WITH_THE_IMPACT else (),
    )
    to = tuple(contact.recipient for contact in told if contact.kind is not ContactKind.ROTA)
    cause = work.name_cause(occasion)
    notice = InternalNotification(
        escalation=now.id, seq=now.sequence, cause=cause, occasion=occasion, to=to, facts=facts
    )
    if to:
        work.do(notice)
    for contact in told:
        if contact.kind is ContactKind.ROTA:
            work.do(FindOnCall(rota=contact.id, at=work.now, notice=notice))


def _few(items: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return as many items as one message can carry."""
    few = first_of(items, ITEMS)
    return few if len(few) == len(items) else (*few, ELLIPSIS)


def notify_customers(
    work: Work,
    occasion: Occasion,
    *,
    reason: EscalationReason | None = None,
    cause: CancelCause | None = None,
    text: CustomerText | None = None,
    texts: Mapping[str, CustomerText] = MappingProxyType({}),
    actions: tuple[CustomerText, ...] = (),
    but: Collection[str] = (),
    to: tuple[Recipient, ...] | None = None,
    apologise: bool = False,
    formerly: str = "",
    estimate: Estimate | None = None,
    question: CustomerQuestion | None = None,
    is_reminder: bool = False,
) -> None:
    """
    Notify every contact of every affected customer, *but* those of these accounts, or those of *to* alone. *apologise*:
    whatever the occasion.
    """
    now = work.state
    resolution, next_update_at = now.clock(ClockName.RESOLUTION), now.next_update_at
    desk, owner = _desk_of(now), name_of(now, now.owner)
    facts = CustomerFacts(
        reference=now.key,
        formerly=formerly,
        subject=now.request.subject,
        priority=now.priority,
        owner=owner,
        resolve_by=resolution.due_at if resolution and occasion is Occasion.CASE_RECEIVED else None,
        next_update_at=next_update_at if next_update_at and next_update_at > work.now else None,
        desk=desk.name if desk.name != owner else "",
        telephone=desk.telephone,
        email=desk.email,
        urgency=now.request.urgency,
        reason=reason,
        cause=cause,
        text=text,
        texts={tag: each for tag, each in texts.items() if tag},
        actions=actions,
        question=question.number if question else 0,
        what_for=question.what_for if question else None,
        answer_by=question.due_at if question else None,
        is_reminder=is_reminder,
        estimate=estimate.solved_by if estimate else None,
        estimate_sure=estimate.sure if estimate else None,
        estimate_before=estimate.instead_of if estimate else None,
        estimate_why=estimate.why if estimate else None,
        at=work.now,
        apologise=apologise or (occasion in _WITH_AN_APOLOGY and _is_our_fault(now, reason)),
        is_promise_missed=_is_promise_missed(now) or reason is EscalationReason.SLA_BREACH,
    )
    everybody = customer_recipients(now) if to is None else to
    told = tuple(one for one in everybody if any(account not in but for account in one.speaks_for))
    _do_by_impact(work, occasion, told, facts)


def _desk_of(now: Escalation) -> Desk:
    """TALK-5: a way that is really read: the owner's own, or else the desk's."""
    own = now.plan.contact(now.owner).desk if now.plan.knows(now.owner) else None
    return own or now.plan.help_desk or Desk(name="")


def _do_by_impact(work: Work, occasion: Occasion, to: tuple[Recipient, ...], facts: CustomerFacts) -> None:
    now, cause = work.state, work.name_cause(occasion)
    notice = CustomerNotification(
        escalation=now.id, seq=now.sequence, cause=cause, occasion=occasion, to=to, facts=facts
    )
    for each in _by_impact(now, notice):
        work.do(each)


def _by_impact(now: Escalation, notice: CustomerNotification) -> Iterator[CustomerNotification]:
    """Yield an update once for each impact: a customer reads their own words, and never those of another."""
    readers: dict[str, list[Recipient]] = {}
    impacts = now.impacts if notice.occasion is Occasion.UPDATE else {}
    for reader in notice.to:
        stated = (impacts[account] for account in reader.speaks_for if account in impacts)
        readers.setdefault("; ".join(stated), []).append(reader)
    for impact, to in readers.items():
        facts = replace(notice.facts, impact=CustomerWords(impact) if impact else None)
        yield replace(notice, to=tuple(to), facts=facts)


def _impacts(now: Escalation) -> tuple[Part, ...]:
    """Return what was stated first, for as many customers as a letter can begin with."""
    if len(now.request.customers) == 1:
        return tuple(map(str, now.impacts.values()))
    stated = tuple(reason_of("of_account", account, impact) for account, impact in now.impacts.items())
    return stated if len(stated) <= _MOST_IMPACTS else (*stated[:_MOST_IMPACTS], ELLIPSIS)


def script(now: Escalation, at: datetime) -> CustomerFacts:
    """Return what agents may answer with: the last text that went out, and the time of the next update (COMM-7)."""
    next_update_at, desk, owner = now.next_update_at, _desk_of(now), name_of(now, now.owner)
    return CustomerFacts(
        reference=now.key,
        subject=now.request.subject,
        priority=now.priority,
        owner=owner,
        desk=desk.name if desk.name != owner else "",
        telephone=desk.telephone,
        email=desk.email,
        next_update_at=next_update_at if next_update_at and next_update_at > at else None,
        text=now.last_update.text if now.last_update else None,
        at=now.last_update.at if now.last_update else None,
    )


def _is_our_fault(now: Escalation, reason: EscalationReason | None) -> bool:
    """Return whether we are at fault (COMM-8): by its start, by this message's reason, or after a missed promise."""
    return (
        _is_promise_missed(now)
        or now.request.our_fault
        or reason in _OUR_FAULT
        or now.request.reason in _OUR_FAULT
    )


def _is_promise_missed(now: Escalation) -> bool:
    return any(clock.breached_at for name in _PROMISED if (clock := now.clock(name)))


def customer_recipients(now: Escalation) -> tuple[Recipient, ...]:
    preferences, revoked = now.plan.customer_preferences, now.pages_revoked
    if preferences is None and not revoked:
        return now.request.recipients
    return tuple(
        replace(each, preferences=preferences, pages_revoked=revoked.get(each.mailbox, 0))
        for each in now.request.recipients
    )


def contacts_among(now: Escalation, customers: Iterable[AffectedCustomer]) -> tuple[Recipient, ...]:
    """Return the contacts of *customers*, as they are known here."""
    mailboxes = {mailbox_of(contact.email) for customer in customers for contact in customer.contacts}
    return tuple(each for each in customer_recipients(now) if each.mailbox in mailboxes)


def contacts_at(now: Escalation, email: str) -> tuple[Recipient, ...]:
    """Return the contact with this mailbox; none, if there is none."""
    return tuple(each for each in customer_recipients(now) if each.mailbox == mailbox_of(email))


def first_recipients_of(now: Escalation) -> tuple[str, ...]:
    """Return everybody whom the first notification must reach: level contacts, stakeholders, customers (COMM-2)."""
    ours = dict.fromkeys((*now.asked, *now.rules.stakeholders))
    return (*ours, *(recipient.id for recipient in customer_recipients(now)))


def followers_of(now: Escalation) -> tuple[str, ...]:
    """Return our people who follow it: its owner, the stakeholders of its priority, and those brought in."""
    resolution = now.clock(ClockName.RESOLUTION)
    brought_in = now.plan.bring_in if resolution and resolution.breached_at else ()
    return (now.owner, *now.rules.stakeholders, *brought_in)


def with_rotas(now: Escalation, people: Iterable[str]) -> tuple[str, ...]:
    """Return *people*, with the rota in place of the person who answers for it: it is looked up then (MATRIX-1)."""
    rotas = {shift.holder: shift.rota for shift in now.on_call_answers if now.is_handed_over(shift)}
    return tuple(rotas.get(person, person) for person in people)


def without_rotas(now: Escalation, contacts: Iterable[str]) -> tuple[str, ...]:
    """Return the *contacts* that are no rotas, which may have nobody on call."""
    return tuple(who for who in contacts if now.plan.contact(who).kind is not ContactKind.ROTA)


def person_of(now: Escalation, person: str) -> Person:
    return Person(person, name_of(now, person))


def name_of(now: Escalation, person: str) -> str:
    if now.plan.knows(person):
        return now.plan.contact(person).name
    contact = now.customer_contact(person)
    return contact.name if contact else person
