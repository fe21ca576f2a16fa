"""
The moves that an escalation waits for: who is asked for each, and by when.

A projection for those who ask "what waits for me?". It decides nothing: who may make a move, the permissions say.
"""

from collections.abc import Iterator
from datetime import datetime

from escalation.case.follow_up_actions import due_at_of
from escalation.case.lifecycle import WORKING, Move, RcaState, State
from escalation.case.state import Escalation
from escalation.case.text_approval import text_approvers
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import Instant, frozen

_MOST_PEOPLE = 50
"""A team can be large; lists carry no more people than this for one move."""
_NEXT_OF_THE_RCA = {
    RcaState.REQUESTED: (Move.FILE_RCA, ClockName.INTERNAL_RCA),
    RcaState.DRAFTED: (Move.DERIVE_RCA, ClockName.CUSTOMER_RCA),
    RcaState.DERIVED: (Move.APPROVE_RCA, ClockName.CUSTOMER_RCA),
    RcaState.APPROVED: (Move.SHARE_RCA, ClockName.CUSTOMER_RCA),
}


@frozen
class WantedMove:
    """A move that is wanted."""

    move: Move
    who: tuple[str, ...]
    """Ids of the people who are asked for it."""
    due_at: Instant | None = None
    """None: not promised, or its clock stands still."""


def list_wanted_moves(now: Escalation) -> tuple[WantedMove, ...]:
    """Return what *now* waits for, in the order in which it is due."""
    found = (
        WantedMove(move=move, who=_people(now, contacts), due_at=due_at)
        for move, contacts, due_at in _wanted(now)
    )
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at)))


def first_due_at(now: Escalation) -> datetime | None:
    """Return the due time that a list shows: of what is breached and still asked of somebody, else the next."""
    breaches = {clock.breached_at for clock in now.running_clocks}
    late = (each.due_at for each in list_wanted_moves(now) if each.due_at and each.due_at in breaches)
    return min(late, default=now.next_due_at)


def _wanted(now: Escalation) -> Iterator[tuple[Move, tuple[str, ...], datetime | None]]:
    managers = now.plan.escalation_managers
    if now.state in WORKING:
        if now.unacknowledged:
            yield Move.ACKNOWLEDGE, now.unacknowledged, _due(now, ClockName.ACKNOWLEDGE)
        else:
            yield Move.SEND_UPDATE, (now.owner,), _due(now, ClockName.NEXT_UPDATE)
    elif now.state is State.VERIFYING:
        yield Move.VERIFY_RESOLUTION, now.plan.architects or managers, _due(now, ClockName.VERIFICATION)
    elif now.state is State.CLOSING:
        yield from _wanted_to_close(now)
    if now.pending_texts:
        yield Move.APPROVE_TEXT, text_approvers(now), _due(now, ClockName.CUSTOMER_TEXT)
    for action in now.open_actions:
        yield Move.FINISH_ACTION, (action.owner,), due_at_of(action)


def _wanted_to_close(now: Escalation) -> Iterator[tuple[Move, tuple[str, ...], datetime | None]]:
    managers, due_at = now.plan.escalation_managers, _due(now, ClockName.CLOSING)
    if now.rca.state in _NEXT_OF_THE_RCA:
        move, clock = _NEXT_OF_THE_RCA[now.rca.state]
        yield move, _rca_people(now, move) or managers, _due(now, clock)
    if any(customer.account not in now.access for customer in now.request.customers):
        yield Move.CONFIRM_ACCESS, now.plan.engagement_managers or managers, due_at
    if any(ticket not in now.settled for ticket in now.request.linked_tickets):
        yield Move.SETTLE_TICKET, (now.owner,), due_at
    if not now.missing_to_close:
        yield Move.CLOSE, managers, due_at


def _rca_people(now: Escalation, move: Move) -> tuple[str, ...]:
    match move:
        case Move.APPROVE_RCA:
            return now.plan.rca_approvers
        case Move.SHARE_RCA:
            return now.plan.engagement_managers
        case _:
            return now.plan.problem_coordinators


def _due(now: Escalation, name: ClockName) -> datetime | None:
    clock = now.clock(name)
    return (clock.breached_at or clock.due_at) if clock and clock.is_running else None


def _people(now: Escalation, contacts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the people behind *contacts*: the members of a team, and who is on call for a rota."""
    found = dict.fromkeys(person for contact in contacts for person in _people_behind(now, contact))
    return tuple(found)[:_MOST_PEOPLE]


def _people_behind(now: Escalation, contact: str) -> tuple[str, ...]:
    shift = now.shift(contact)
    if shift and shift.people:
        return shift.people
    if now.plan.knows(contact) and (members := now.plan.contact(contact).members):
        return members
    return (contact,)
