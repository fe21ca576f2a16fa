"""
The engine of a task force: ``decide(force, command, now)``, pure like that of the escalation.

What is due by now happens first; a refusal leaves nothing behind. Only the lead is ever asked how it stands, so
that nobody has to interrupt those who work (RESOLVE-2).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce

from escalation.kernel.budgets import size_of
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.proof import Door
from escalation.kernel.reasons import reason, shortened_part
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.kernel.state_size import require_state_fits
from escalation.kernel.values import ENGINE, NO_NOTE, InternalText
from escalation.notifications.notification import Occasion
from escalation.notifications.system_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.open_hours_horizon import open_hours_to_compile
from escalation.policy.people import require_person
from escalation.task_force import commands as c
from escalation.task_force import seats, tasks
from escalation.task_force.clock_table import CLOCKS, ask_the_lead
from escalation.task_force.events import (
    CLOCKWORK,
    Deployed,
    MessagesSent,
    MoveRefused,
    OpenHoursExtended,
    TaskForceEvent,
)
from escalation.task_force.lifecycle import allows
from escalation.task_force.moves.accept_seat import SeatDeclined
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.report_status import StatusReported
from escalation.task_force.moves.stand_down import StandDown, StoodDown, end_task_force
from escalation.task_force.seats import SeatLeftVacant
from escalation.task_force.state import Charter, Seat, TaskForce, summary
from escalation.task_force.state_changes import apply_event
from escalation.task_force.updates import TaskForceUpdate
from escalation.task_force.work import TaskForceDecision, TaskForceWork


def deploy(charter: Charter, now: datetime) -> TaskForceDecision:
    """Deploy a task force: notify the lead, offer every seat, start the status clock. Pure, like ``decide``."""
    first = Deployed(seq=1, at=now, by=charter.deployed_by, charter=charter)
    work = TaskForceWork(open_state(first), now, asked=first.kind, events=[first], table=CLOCKS)
    work.start(ClockName.TASK_FORCE_STATUS)
    ask_the_lead(work, reason("lead"), Occasion.TASK_FORCE_DEPLOYED)
    for seat in work.state.seats:
        seats.offer(work, seat.number)
    seats.notify_when_settled(work)
    return work.decision()


def open_state(event: Deployed) -> TaskForce:
    """Return the task force as it is deployed."""
    seats = tuple(Seat(number=number, plan=plan) for number, plan in enumerate(event.charter.seats, 1))
    return TaskForce(
        charter=event.charter, deployed_at=event.at, seats=seats, sequence=event.seq, latest_at=event.at
    )


def fold(events: Iterable[TaskForceEvent]) -> TaskForce:
    """
    Return the task force that *events*, beginning with ``Deployed``, made.

    Raises:
        ValueError: If the first is not ``Deployed``.
    """
    first, *rest = events
    if not isinstance(first, Deployed):
        raise ValueError(f"the record must begin with deployed, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))


def decide(
    force: TaskForce, command: c.TaskForceCommand, now: datetime, door: Door | None = None
) -> TaskForceDecision:
    """
    Decide what *command* means for *force* at *now*; it came in by *door*.

    Raises:
        EscalationError: If the command is refused. Nothing has changed.
    """
    work = TaskForceWork(force, now, door=door, asked=command.kind, table=CLOCKS)
    if isinstance(command, ReportDelivery):
        _report_delivery(work, command)
        _settle(work)
        return work.decision()
    _settle(work)
    match command:
        case Tick():
            _extend_open_hours(work)
        case ExtendOpenHours():
            if command.continues(work.state.charter.calendars):
                work.record(OpenHoursExtended(calendar=command.calendar, open_hours=command.open_hours))
        case NoteRefusal():
            work.record(MoveRefused(move=clip(command.refused, 200), why=shortened_part(command.why, 2_000)))
        case CancelByOperator():
            end_task_force(work, reason("ended_by_operator"))
        case c.EscalationGone():
            end_task_force(work, reason("escalation_ended"))
        case StandDown() | KeepInformed():
            _follow_order(work, command)
        case _:
            _follow(work, command)
    work.by = ENGINE
    _settle(work)
    return work.decision()


def updates_of(decision: TaskForceDecision) -> TaskForceUpdate | None:
    """Return the update for the escalation; None if it need not know of *decision*."""
    public = [event for event in decision.events if event.kind not in CLOCKWORK]
    if not public:
        return None
    found = {event.kind: event for event in public}
    report, down = found.get("status_reported"), found.get("stood_down")
    is_update = isinstance(report, StatusReported) and report.is_update
    return TaskForceUpdate(
        summary=summary(decision.state),
        happened=tuple(event.sentence() for event in public),
        report=decision.state.reports[-1] if is_update else None,
        is_status_missed=bool(found.keys() & {"clock_breached", "clock_chased"}),
        vacant=tuple(event.role for event in public if isinstance(event, SeatLeftVacant)),
        declined=_last_refusal_of_seat(public),
        why_stood_down=down.why if isinstance(down, StoodDown) else None,
        results=tuple(
            result for event in public if isinstance(event, MessagesSent) for result in event.results
        ),
    )


def _last_refusal_of_seat(events: Sequence[TaskForceEvent]) -> InternalText:
    """Return why the last one who was asked declined the seat that nobody is left for."""
    vacant = [event.seat for event in events if isinstance(event, SeatLeftVacant)]
    whys = (event.why for event in events if isinstance(event, SeatDeclined) and event.seat in vacant)
    return next(whys, NO_NOTE)


# What people ask, and what the escalation orders


def _follow(work: TaskForceWork, command: c.MembersCommand) -> None:
    before = work.state
    _permit(before, command)
    work.by = command.by
    command.carry_out(work)
    require_state_fits(before.charter.label, command.move, before, work.state, size_of)


def _permit(force: TaskForce, command: c.MembersCommand) -> None:
    """
    Raises:
        EscalationError: If the person is unknown, the course forbids the move, or it is not theirs to make.
    """
    charter, move = force.charter, command.move
    person = charter.contact(command.by)
    require_person(charter.label, person, move)
    if not allows(force.state, move):
        others = [each.move for each in c.MEMBERS_COMMANDS if allows(force.state, each.move)]
        obstacle = reason("cannot_while", move, force.state)
        raise MoveNotAllowed(obstacle, subject=charter.label, allowed_moves=others)
    movers = command.movers(force)
    if command.by not in movers:
        obstacle = reason("people_who_may", person.name, move, tuple(dict.fromkeys(movers)))
        raise RoleNotAllowed(obstacle, subject=charter.label)


def _follow_order(work: TaskForceWork, order: c.EscalationsCommand) -> None:
    """Once it is stood down, nothing changes any more; one that is meant for another task force is not followed."""
    if work.state.is_standing and order.id == work.state.charter.id:
        order.carry_out(work)
        work.skip_past_thresholds()


# What happens by itself


def _settle(work: TaskForceWork) -> None:
    """Let everything happen that is due by now."""
    work.settle()
    if work.state.is_standing:
        tasks.remind(work)


def _extend_open_hours(work: TaskForceWork) -> None:
    if work.state.is_standing:
        for wanted in open_hours_to_compile(work.state.charter.calendars, work.now):
            work.do(wanted)


def _report_delivery(work: TaskForceWork, command: ReportDelivery) -> None:
    """Record delivery results. Whoever cannot get an invitation does not answer it: the next one is asked at once."""
    work.record(MessagesSent(results=command.results))
    unreached = {
        result.recipient
        for result in command.results
        if result.has_failed and result.occasion == Occasion.TASK_FORCE_INVITED
    }
    for seat in work.state.seats:
        if work.state.is_standing and seat.offered_to in unreached:
            seats.end_offer(work, seat, reason("seat.not_reached"))
