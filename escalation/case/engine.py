"""
The engine: ``decide(escalation, command, now)``.

Judges what is due, asks the machine and the roles, and hands the command to the rule that it belongs to. Everything
it needs comes in as arguments; a refusal leaves nothing behind.
"""

from datetime import datetime

from escalation.case import commands as c
from escalation.case import follow_up, merge, on_call, task_forces
from escalation.case.case_size import state_size
from escalation.case.clock_table import CLOCKS, extend_open_hours, settle
from escalation.case.delivery_report import report_delivery
from escalation.case.lifecycle import ENDING_MOVES, NOBODYS, Move, RcaState, State, allows, moves_from
from escalation.case.merge import TakeOver
from escalation.case.move_index import COMMAND_OF, PersonsCommand
from escalation.case.moves import join_outage
from escalation.case.moves.cancel import cancel_by_operator
from escalation.case.moves.finish_action import FinishAction, open_action
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.moves.rebase import Rebase
from escalation.case.on_call import LookUpOnCall, ReportOnCall
from escalation.case.start import open_escalation
from escalation.case.state import Escalation
from escalation.case.system_events import MoveRefused, OpenHoursExtended, PeopleNamed
from escalation.case.task_forces import NoteFailedDeployment, ReportTaskForce
from escalation.case.work import Decision, Work
from escalation.kernel.characters import clip
from escalation.kernel.proof import Door
from escalation.kernel.reasons import Reason, continued_as, reason, shortened_part
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.state_size import require_state_fits
from escalation.kernel.values import ENGINE
from escalation.notifications.system_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.people import require_person

__all__ = ["Decision", "allowed_moves", "decide", "moves_now", "open_escalation", "permit"]


def decide(  # noqa: C901 - one case a command
    escalation: Escalation, command: c.Command, now: datetime, door: Door | None = None
) -> Decision:
    """
    Decide what *command* means for *escalation* at *now*; it came in by *door*.

    Pure: the same arguments always give the same answer. What was due by *now* happens first; only what messages
    became goes before it, since they were delivered earlier than we hear of it.

    Raises:
        EscalationError: If the command is refused. Nothing has changed.
    """
    asked = command.asked.kind if isinstance(command, c.NamePeople) else command.kind
    work = Work(escalation, now, door=door, asked=asked, table=CLOCKS)
    if isinstance(command, ReportDelivery):
        report_delivery(work, command)
        settle(work)
        on_call.watch_shifts(work, escalation)
        return work.decision()
    settle(work)
    match command:
        case Tick():
            extend_open_hours(work)
        case ExtendOpenHours():
            _extend(work, command)
            settle(work)
        case ReportOnCall():
            on_call.apply_on_call(work, command)
        case LookUpOnCall():
            on_call.look_up(work)
        case NoteRefusal():
            work.record(MoveRefused(move=clip(command.refused, 200), why=shortened_part(command.why, 2_000)))
        case CancelByOperator():
            cancel_by_operator(work)
        case ReportTaskForce():
            task_forces.follow_task_force_update(work, command.update)
        case NoteFailedDeployment():
            task_forces.note_failed_deployment(work, command)
        case TakeOver():
            merge.take_over(work, command)
            _require_room(work, escalation, command)
        case JoinOutage():
            join_outage.join_outage(work, command)
            _require_room(work, escalation, command)
        case _:
            _follow(work, command)
    on_call.watch_shifts(work, escalation)
    task_forces.update_task_forces(work, escalation)
    return work.decision()


def _require_room(work: Work, before: Escalation, command: PersonsCommand | Rebase | JoinOutage) -> None:
    # a move that ends it is never too large: what it says stays out of the state
    if command.move not in ENDING_MOVES:
        require_state_fits(before.key, command.move, before, work.state, state_size)


def _follow(work: Work, asked: PersonsCommand | Rebase | c.NamePeople) -> None:
    key, before = work.state.key, work.state
    command = asked.asked if isinstance(asked, c.NamePeople) else asked
    if isinstance(asked, c.NamePeople):
        work.record(PeopleNamed(people=asked.people))
    try:
        _permit(work.state, command)
        work.by = command.by
        command.carry_out(work)
        work.skip_past_thresholds()  # what was past before it has spoken; the rest is the move's doing
    except UnknownName as unknown:
        if unknown.refusal.subject:
            raise
        raise UnknownName(unknown.refusal.obstacle, subject=key) from None
    _require_room(work, before, command)
    work.by = ENGINE
    settle(work)


def _permit(now: Escalation, command: PersonsCommand | Rebase) -> None:
    """Permit the move, but say of a finished action that it is done, rather than which role may finish it."""
    try:
        permit(now, command.move, command.by)
    except (MoveNotAllowed, RoleNotAllowed):
        if isinstance(command, FinishAction) and now.actions:
            open_action(now, command.action)
        raise


def _extend(work: Work, command: ExtendOpenHours) -> None:
    if command.continues(work.state.plan.calendars):
        work.record(OpenHoursExtended(calendar=command.calendar, open_hours=command.open_hours))


def allowed_moves(escalation: Escalation) -> tuple[Move, ...]:
    """Return the moves that somebody can make now: the machine allows them, and nothing stands in the way."""
    return tuple(
        move
        for move in moves_from(escalation.state, escalation.rca.state)
        if move not in NOBODYS and not _obstacle(escalation, move)
    )


def moves_now(escalation: Escalation) -> tuple[Move, ...]:
    """
    All that somebody can do now, the same for every reader. A closed one can be reopened, though not by itself: it
    comes back as a new one (CLOSE-9).
    """
    returns = (Move.REOPEN,) if escalation.state is State.CLOSED else ()
    return (*allowed_moves(escalation), *returns)


def permit(now: Escalation, move: Move, by: str | None) -> None:
    """
    Let *by* make *move*; without *by*, somebody who may.

    Raises:
        EscalationError: If the person is unknown, the state or an obstacle forbids the move, or the roles do (ROLE-2).
    """
    customer = None if by is None or now.plan.knows(by) else now.customer_contact(by)
    if customer:
        follow_up.require_customers_move(now, move, customer)
    person = None if customer or by is None else now.plan.contact(by)
    if person:
        require_person(now.key, person, move)
    if move not in moves_from(now.state, now.rca.state):
        raise _not_allowed(now, move, _where(now, move))
    obstacle = _obstacle(now, move)
    if obstacle and move is not Move.CLOSE:  # the gate itself lists what is missing
        raise _not_allowed(now, move, reason("cannot", move, obstacle))
    if person and (own := _obstacle_to(now, move, person.id)):
        raise _not_allowed(now, move, reason("cannot", move, own))
    roles = now.plan.permissions.get(move)
    if person and roles is not None and not now.roles_of(person) & set(roles):
        raise RoleNotAllowed(reason("roles_that_may", person.name, move, tuple(roles)), subject=now.key)


def _where(now: Escalation, move: Move) -> Reason:
    if not allows(now.state, move):
        return reason("cannot_while", move, now.state)
    if now.rca.state is RcaState.NONE:
        return reason("cannot", move, reason("no_rca_requested"))
    return reason("cannot_while_rca", move, now.rca.state)


def _not_allowed(now: Escalation, move: Move, obstacle: Reason) -> EscalationError:
    others = [allowed for allowed in moves_now(now) if allowed is not move]
    obstacle = continued_as(obstacle, now.merged_into)
    return MoveNotAllowed(obstacle, subject=now.key, allowed_moves=others)


def _obstacle(now: Escalation, move: Move) -> Reason | None:
    command = COMMAND_OF.get(move)
    return command.obstacle(now) if command else None


def _obstacle_to(now: Escalation, move: Move, person: str) -> Reason | None:
    command = COMMAND_OF.get(move)
    return command.obstacle_to(now, person) if command else None
