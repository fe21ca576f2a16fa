"""
Merge: one escalation goes over into another one, as a duplicate or a part of the same problem (CLOSE-10).

Owns what the one that ends hands over, and what the one that goes on does with it. How the two find each other is the
shell's: it ends the one only once the other has taken it over.
"""

from collections.abc import Iterator
from dataclasses import field, replace
from typing import ClassVar, Literal

from escalation.case.audience import contacts_among, notify, notify_customers, person_of
from escalation.case.follow_up import line
from escalation.case.follow_up_actions import Action, take_over_actions
from escalation.case.lifecycle import Move, State, allows
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.join_outage import (
    BroughtAlong,
    JoinOutage,
    account_names,
    begin_first_notification,
    new_in,
    notify_of_end,
    require_case_fits,
)
from escalation.case.state import Escalation, owners_of_actions
from escalation.case.work import Work
from escalation.kernel.budgets import OPEN_ACTIONS
from escalation.kernel.ids import Key
from escalation.kernel.reasons import Reason, continued_as, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed
from escalation.kernel.values import ENGINE, CustomerWords, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import CancelCause
from escalation.policy.people import Contact


@frozen
class EscalationTakenOver(BroughtAlong):
    """Another escalation ended by going over into this one (CLOSE-10)."""

    kind: Literal["escalation_taken_over"] = "escalation_taken_over"
    merged: str
    """Id of the other escalation."""
    cause: CancelCause
    why: InternalText
    settled: dict[str, str] = field(default_factory=dict)
    impacts: dict[str, CustomerWords] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    """Actions that are tracked here from now on, under new numbers."""
    people: tuple[Contact, ...] = ()
    """Owners of these actions."""

    def applied_to(self, now: Escalation) -> Escalation:
        joined = self.joined_to(now)
        return replace(
            joined,
            plan=joined.plan.joined_by(self.people),
            merged=(*now.merged, self.merged),
            settled={**self.settled, **now.settled},
            impacts=self.impacts | joined.impacts,
            actions=take_over_actions(now.actions, self.actions),
        )

    def sentence(self) -> Reason:
        return reason(f"{self.code}.{self.cause}", self.case_key, account_names(self.customers))


@frozen
class TakeOver(JoinOutage):
    """Another escalation ends by going over into this one; ``case_key`` is its key (CLOSE-10)."""

    kind: ClassVar[str] = "take_over"
    merged: str
    """Id of the other escalation."""
    into: Key
    """Key of this escalation, or of a subject that joined it, as it was named."""
    cause: CancelCause
    why: InternalText
    settled: dict[str, str] = field(default_factory=dict)
    """Linked tickets that were settled there, and why they stay open; empty if they were closed."""
    impacts: dict[str, CustomerWords] = field(default_factory=dict)
    """By account; what was stated here goes before it."""
    actions: tuple[Action, ...] = ()
    """Actions that are still to be done."""
    people: tuple[Contact, ...] = ()
    """Owners of these actions."""


def hand_over_to(now: Escalation, command: Cancel) -> TakeOver:
    """Return all that goes over when *command* merges *now* into another escalation."""
    request = now.request
    assert command.into
    return TakeOver(
        by=command.by,
        case_key=now.key,
        merged=now.id,
        into=command.into,
        cause=command.cause,
        why=command.why,
        customers=request.customers,
        services=request.services,
        linked_tickets=request.linked_tickets,
        settled=now.settled,
        impacts=now.impacts,
        problem_records=request.problem_records,
        evidence=request.evidence,
        actions=now.open_actions,
        people=owners_of_actions(now),
    )


def require_open(now: Escalation, other: str) -> None:
    """
    Raises:
        MoveNotAllowed: If *now* has ended, and *other* cannot be merged into it.
    """
    if not allows(now.state, Move.JOIN_OUTAGE):
        obstacle = reason("cannot_merge_while", other, now.state)
        raise MoveNotAllowed(continued_as(obstacle, now.merged_into), subject=now.key)


def take_over(work: Work, command: TakeOver) -> None:
    """Take over the customers of the other one, who are notified, and its records and actions."""
    now = work.state
    if command.merged in now.merged:
        return
    require_open(now, command.case_key)
    joining = new_in(now.request, command)
    require_case_fits(now.request, joining, reason("of.merge", command.case_key), reason("close_one_first"))
    _require_room_for_actions(now, command)
    sponsors = tuple(sponsor for sponsor in command.sponsors if sponsor.id not in now.plan.sponsors)
    work.by = command.by
    work.record(
        EscalationTakenOver(
            case_key=command.case_key,
            merged=command.merged,
            cause=command.cause,
            why=command.why,
            customers=joining.customers,
            services=joining.services,
            linked_tickets=joining.linked_tickets,
            settled=command.settled,
            impacts=command.impacts,
            problem_records=joining.problem_records,
            evidence=joining.evidence,
            actions=command.actions,
            people=command.people,
            sponsors=sponsors,
        )
    )
    _notify_our_people(work, command, new=tuple(sponsor.id for sponsor in sponsors))
    work.by = ENGINE
    _notify_customers(work, command, now)


def _require_room_for_actions(now: Escalation, command: TakeOver) -> None:
    """
    Raises:
        BadRequest: If there would be more open actions than one escalation can hold.
    """
    amount = len(now.open_actions) + len(command.actions)
    if amount > OPEN_ACTIONS:
        fault = Fault(
            where="actions",
            given=reason("given.open_actions", command.case_key, now.key, amount),
            allowed=reason("allowed.open_actions", OPEN_ACTIONS),
        )
        raise BadRequest.because(reason("of.merge", command.case_key), (fault,))


def _notify_our_people(work: Work, command: TakeOver, new: tuple[str, ...]) -> None:
    now = work.state
    why = reason("merged_by", command.case_key, person_of(now, command.by))
    known = now.rules.stakeholders
    people = (now.owner, *now.asked, *now.plan.escalation_managers, *(who for who in new if who not in known))
    notify(work, Occasion.MERGED, people, why=why, text=command.why, items=tuple(_what_came(command)))


def _what_came(command: TakeOver) -> Iterator[str]:
    yield from (customer.account for customer in command.customers)
    yield from command.linked_tickets
    yield from map(line, command.actions)


def _notify_customers(work: Work, command: TakeOver, before: Escalation) -> None:
    """Each of them learns which reference is theirs now, whether they were known here or not."""
    to = contacts_among(work.state, command.customers)
    begin_first_notification(work)
    notify_customers(work, Occasion.MERGED, to=to, formerly=command.case_key)
    if work.state.state is State.CLOSING:
        known = {each.id for each in before.request.recipients}
        new = tuple(each for each in to if each.id not in known)
        notify_of_end(work, command.customers, new)
