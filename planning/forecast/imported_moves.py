"""
Moves of an imported incident: what its people did, in the words of the rules.

A log knows less than the rules ask for. It does not say who owned which level, nor anything of verification and root
causes. So somebody who may do so makes the move, a resolution counts as verified when it was declared, and the clocks
of what comes after are not in the plan.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

from escalation.case.lifecycle import WORKING, Move, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import CustomerText, InternalText
from escalation.policy.classification import CancelCause, Priority
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from planning.forecast.export_map import ExportMap, Meaning, StateMap
from planning.forecast.helpdesk_log import Incident, Update
from planning.forecast.simulation import PlannedMove

NOT_IN_A_LOG = frozenset(
    {ClockName.VERIFICATION, ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA, ClockName.CLOSING}
)
_SAID = InternalText("as the log says")
_ASKED = CustomerText("as the log says")
_ENDING = (State.VERIFYING, State.CLOSING)

_Step = Callable[[Escalation], PersonsCommand | None]


def limit_to_log(plan: Plan) -> Plan:
    """Return *plan* without the clocks that no log knows, and without the root cause analysis."""
    priorities = {
        priority: replace(
            rules,
            targets={clock: target for clock, target in rules.targets.items() if clock not in NOT_IN_A_LOG},
            rca_required=False,
        )
        for priority, rules in plan.priorities.items()
    }
    return replace(plan, priorities=priorities)


def moves_of(incident: Incident, by: ExportMap) -> Iterator[PlannedMove]:
    """Yield the moves of the incident's people, each at its time."""
    before: Update | None = None
    for update in incident.updates:
        for step in _steps_between(before, update, by):
            yield PlannedMove(update.at, step)
        before = update


def count_reassignments(incident: Incident) -> int:
    teams = [update.team for update in incident.updates if update.team]
    return sum(one != other for one, other in pairwise(teams))


def _steps_between(before: Update | None, update: Update, by: ExportMap) -> Iterator[_Step]:
    meaning = update.state.means
    if before and update.priority is not before.priority:
        yield partial(_change_priority, update.priority)
    if before and by.team and update.team != before.team and update.team in by.team.values:
        yield partial(_transfer, by.team.values[update.team])
    if meaning in {Meaning.NEW, Meaning.WORKING, Meaning.WAITING}:
        yield _reopen
    if meaning is not Meaning.NEW:
        yield _acknowledge
    if meaning not in {Meaning.CLOSED, Meaning.CANCELLED}:
        yield partial(_resume, update.state.pause)
    if update.state.pause:
        yield partial(_pause, update.state.pause)
    if update.state.tells_customer and (before is None or before.state_name != update.state_name):
        yield _send_update
    yield from _ending_steps_of(update.state)


def _ending_steps_of(state: StateMap) -> Iterator[_Step]:
    if state.means in {Meaning.RESOLVED, Meaning.CLOSED}:
        yield _declare
        yield _verify
    if state.means is Meaning.CLOSED:
        yield _waive_access
        yield _close
    if state.means is Meaning.CANCELLED:
        yield _cancel


def _author_of(now: Escalation, move: Move) -> str:
    """Return somebody who may make *move*: the owner, or one of the owner's team; else the first who may."""
    owner = now.plan.contact(now.owner)
    members = tuple(now.plan.contact(member) for member in owner.members)
    candidates = (*members, owner, *now.plan.contacts)
    roles = now.plan.permissions.get(move)
    if roles is None:
        return candidates[0].id
    return next((person.id for person in candidates if _may_make(now, person, roles)), owner.id)


def _may_make(now: Escalation, person: Contact, roles: tuple[str, ...]) -> bool:
    return not now.roles_of(person).isdisjoint(roles)


def _change_priority(priority: Priority, now: Escalation) -> PersonsCommand | None:
    if now.priority is priority or now.state not in (*WORKING, State.VERIFYING):
        return None
    return ChangePriority(by=_author_of(now, Move.CHANGE_PRIORITY), priority=priority)


def _transfer(team: str, now: Escalation) -> PersonsCommand | None:
    if now.owner == team or now.state not in WORKING:
        return None
    return Transfer(by=_author_of(now, Move.TRANSFER), to=team)


def _reopen(now: Escalation) -> PersonsCommand | None:
    return Reopen(by=_author_of(now, Move.REOPEN), why=_SAID) if now.state in _ENDING else None


def _acknowledge(now: Escalation) -> PersonsCommand | None:
    if now.acknowledged_by or now.state not in WORKING:
        return None
    return Acknowledge(by=_author_of(now, Move.ACKNOWLEDGE))


def _resume(going_on: str | None, now: Escalation) -> PersonsCommand | None:
    if now.pause is None or now.pause.reason == going_on or now.state not in WORKING:
        return None
    return ResumeClocks(by=_author_of(now, Move.RESUME))


def _pause(reason: str, now: Escalation) -> PersonsCommand | None:
    if now.pause or now.state not in WORKING:
        return None
    return PauseClocks(by=_author_of(now, Move.PAUSE), because=reason)


def _send_update(now: Escalation) -> PersonsCommand | None:
    if now.state not in WORKING:
        return None
    return SendUpdate(by=_author_of(now, Move.SEND_UPDATE), customer_text=_ASKED)


def _declare(now: Escalation) -> PersonsCommand | None:
    if now.state not in WORKING:
        return None
    by = _author_of(now, Move.DECLARE_RESOLVED)
    return DeclareResolved(by=by, resolution=ResolutionKind.FIX, done=_SAID)


def _verify(now: Escalation) -> PersonsCommand | None:
    if now.state is not State.VERIFYING:
        return None
    return VerifyResolution(by=_author_of(now, Move.VERIFY_RESOLUTION))


def _waive_access(now: Escalation) -> PersonsCommand | None:
    if now.state is not State.CLOSING:
        return None
    account = now.request.customers[0].account
    return ConfirmAccess(
        by=_author_of(now, Move.CONFIRM_ACCESS), account=account, answer=AccessAnswer.WAIVED, note=_SAID
    )


def _close(now: Escalation) -> PersonsCommand | None:
    return Close(by=_author_of(now, Move.CLOSE)) if now.state is State.CLOSING else None


def _cancel(now: Escalation) -> PersonsCommand | None:
    if not now.is_open:
        return None
    return Cancel(by=_author_of(now, Move.CANCEL), cause=CancelCause.WITHDRAWN, why=_SAID)
