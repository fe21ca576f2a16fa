"""
The moves that an escalation waits for: who is asked for each, and by when.

A projection for those who ask "what waits for me?". It decides nothing: who may make a move, the permissions say.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from escalation.case.audience import name_of
from escalation.case.follow_up_actions import due_at_of
from escalation.case.lifecycle import WORKING, Move, RcaState, State
from escalation.case.rca_people import next_with_the_rca
from escalation.case.state import VERIFYING, Escalation
from escalation.case.text_approval import text_approvers
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, Person, Term, reason
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
    why: Part | None = None
    """The reason, where the move does not say it."""


def list_wanted_moves(now: Escalation) -> tuple[WantedMove, ...]:
    """Return what *now* waits for, in the order in which it is due."""
    found = (replace(wanted, who=_people(now, wanted.who)) for wanted in _wanted(now))
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at)))


@frozen
class NextDue:
    """The due time that a list shows."""

    at: Instant
    what: ClockName | Move
    """The clock that is due, or the move: finish an action."""


def find_next_due(now: Escalation) -> NextDue | None:
    """Return what is breached and still asked of somebody, or else what is due next; actions count, too."""
    asked = {each.due_at for each in _wanted(now) if each.move is not Move.MARK_SEEN}
    late = ((clock.breached_at, clock.name) for clock in now.running_clocks if clock.breached_at in asked)
    due_at = now.next_due_at
    ahead = ((due_at, clock.name) for clock in now.running_clocks if clock.due_at == due_at)
    open_actions = now.open_actions if now.is_open else ()  # those of a closed one are its follow-up's
    actions = ((due_at_of(action), Move.FINISH_ACTION) for action in open_actions)
    dues: tuple[tuple[datetime | None, ClockName | Move], ...] = (*late, *ahead, *actions)
    found = [NextDue(at=at, what=what) for at, what in dues if at]
    return min(found, key=lambda each: each.at, default=None)


def _wanted(now: Escalation) -> Iterator[WantedMove]:
    """Yield what is wanted, of contacts as the plan has them."""
    managers, owner = now.plan.escalation_managers, (now.owner,)
    if now.state in WORKING:
        yield from _wanted_to_resolve(now)
    elif now.state is State.VERIFYING:
        verifiers = now.plan.architects or managers
        yield _make_wanted_move(Move.VERIFY_RESOLUTION, verifiers, _due(now, ClockName.VERIFICATION))
    elif now.state is State.CLOSING:
        yield from _wanted_to_close(now)
    if now.is_open and now.missing_evidence:
        kinds = tuple(Term("EvidenceKind", kind) for kind in now.missing_evidence)
        yield _make_wanted_move(Move.ADD_EVIDENCE, owner, why=reason("evidence_missing", kinds))
    if now.pending_texts:
        yield _make_wanted_move(Move.APPROVE_TEXT, text_approvers(now), _due(now, ClockName.CUSTOMER_TEXT))
    for action in now.open_actions:
        yield _make_wanted_move(Move.FINISH_ACTION, (action.owner,), due_at_of(action))
    if now.is_attended:  # after the close only a low score waits, while it is followed up
        yield from (_make_wanted_move(Move.MARK_SEEN, each.who, each.due_at, each.why) for each in now.alerts)


def _wanted_to_resolve(now: Escalation) -> Iterator[WantedMove]:
    if now.unacknowledged:
        yield _make_wanted_move(Move.ACKNOWLEDGE, now.unacknowledged, _due(now, ClockName.ACKNOWLEDGE))
        return
    yield _make_wanted_move(Move.SEND_UPDATE, (now.owner,), _due(now, ClockName.NEXT_UPDATE))
    # The hold of an earlier verification is on record: it was declared resolved before, and came back.
    if any(pause.reason == VERIFYING for pause in now.pauses):
        why = reason("resolution_did_not_hold")
        yield _make_wanted_move(Move.DECLARE_RESOLVED, (now.owner,), _due(now, ClockName.RESOLUTION), why)


def _wanted_to_close(now: Escalation) -> Iterator[WantedMove]:
    managers, due_at = now.plan.escalation_managers, _due(now, ClockName.CLOSING)
    if now.rca.state in _NEXT_OF_THE_RCA:
        move, clock = _NEXT_OF_THE_RCA[now.rca.state]
        back = now.rca.sent_back_by
        why = reason("sent_back_by", Person(back, name_of(now, back))) if back else None
        yield _make_wanted_move(move, next_with_the_rca(now), _due(now, clock), why)
    if any(customer.account not in now.access for customer in now.request.customers):
        yield _make_wanted_move(Move.CONFIRM_ACCESS, now.plan.engagement_managers or managers, due_at)
    if any(ticket not in now.settled for ticket in now.request.linked_tickets):
        yield _make_wanted_move(Move.SETTLE_TICKET, (now.owner,), due_at)
    if not now.missing_to_close:
        yield _make_wanted_move(Move.CLOSE, managers, due_at)


def _make_wanted_move(
    move: Move, who: tuple[str, ...], due_at: datetime | None = None, why: Part | None = None
) -> WantedMove:
    return WantedMove(move=move, who=who, due_at=due_at, why=why)


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
