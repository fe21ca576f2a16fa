"""
The engine of a task force: ``decide(force, command, now)``, pure like that of the escalation.

What is due by now happens first; a refusal leaves nothing behind. Only the lead is ever asked how it stands, so
that nobody has to interrupt those who work (RESOLVE-2).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from escalation.kernel.budgets import STATE, size_of
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, count_passed_thresholds, is_late
from escalation.kernel.reasons import Part, Reason, reason, shortened_part
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.kernel.state_size import require_state_fits
from escalation.kernel.values import NO_NOTE, InternalText
from escalation.notifications.notification import Occasion
from escalation.notifications.shell_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.open_hours import open_hours_to_compile
from escalation.policy.people import require_person
from escalation.task_force import commands as c
from escalation.task_force import events as e
from escalation.task_force import seats, tasks
from escalation.task_force.events import CLOCKWORK
from escalation.task_force.fold import open_state
from escalation.task_force.lifecycle import OF_PEOPLE, allows
from escalation.task_force.state import Charter, TaskForce, summary
from escalation.task_force.status_events import (
    StatusAsked,
    StatusChased,
    StatusClockStarted,
    StatusMissed,
    StatusReported,
    StatusThresholdsSkipped,
)
from escalation.task_force.updates import TaskForceUpdate
from escalation.task_force.work import TaskForceDecision, TaskForceWork


def deploy(charter: Charter, now: datetime) -> TaskForceDecision:
    """
    Deploy a task force: the lead is notified, every seat is offered, the status clock starts. Pure, like ``decide``.
    """
    first = e.Deployed(seq=1, at=now, by=charter.deployed_by, charter=charter)
    work = TaskForceWork(open_state(first), now, events=[first])
    _start_status_clock(work)
    _ask_the_lead(work, reason("lead"), Occasion.TASK_FORCE_DEPLOYED)
    for seat in work.state.seats:
        seats.offer(work, seat.number)
    seats.notify_when_settled(work)
    return work.decision()


def decide(force: TaskForce, command: c.TaskForceCommand, now: datetime) -> TaskForceDecision:
    """
    Decide what *command* means for *force* at *now*.

    Raises:
        EscalationError: If the command is refused. Nothing has changed.
    """
    work = TaskForceWork(force, now)
    _settle(work)
    match command:
        case Tick():
            _extend_open_hours(work)
        case ExtendOpenHours():
            work.record(e.OpenHoursExtended(calendar=command.calendar, open_hours=command.open_hours))
            _settle(work)
        case ReportDelivery():
            _record_delivery(work, command)
        case NoteRefusal():
            work.record(
                e.MoveRefused(move=clip(command.refused, 200), why=shortened_part(command.why, 2_000))
            )
        case c.KeepInformed():
            if force.is_standing and command.id == force.charter.id:
                work.record(
                    e.Informed(
                        about=command.about,
                        clocks=command.clocks,
                        calendars=command.calendars,
                        chase_every=command.chase_every,
                    )
                )
                _skip_past_thresholds(work)
                _settle(work)
        case c.StandDown():
            _ordered_down(work, command)
        case CancelByOperator():
            _stand_down(work, reason("ended_by_operator"))
        case c.EscalationGone():
            _stand_down(work, reason("escalation_ended"))
        case _:
            _follow(work, command)
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
        is_status_missed=bool(found.keys() & {"status_missed", "status_chased"}),
        vacant=tuple(event.role for event in public if isinstance(event, e.SeatLeftVacant)),
        declined=_last_refusal_of_seat(public),
        why_stood_down=down.why if isinstance(down, e.StoodDown) else None,
        receipts=tuple(
            receipt for event in public if isinstance(event, e.MessagesSent) for receipt in event.receipts
        ),
    )


def _last_refusal_of_seat(events: Sequence[e.TaskForceEvent]) -> InternalText:
    """Return why the last one who was asked declined the seat that nobody is left for."""
    vacant = [event.seat for event in events if isinstance(event, e.SeatLeftVacant)]
    whys = (event.why for event in events if isinstance(event, e.SeatDeclined) and event.seat in vacant)
    return next(whys, NO_NOTE)


# What people ask


def _follow(work: TaskForceWork, command: c.MembersCommand) -> None:
    permit(work.state, command)
    work.by, before = command.by, work.state
    match command.kind:
        case "accept_seat":
            seats.accept(work, command)
        case "decline_seat":
            seats.decline(work, command)
        case "report_status":
            work.record(StatusReported(text=command.text, is_update=command.is_update))
            _start_status_clock(work)
        case "add_task":
            tasks.add(work, command)
        case "finish_task":
            tasks.finish(work, command)
        case "leave_seat":
            seats.leave(work, command)
        case "offer_seat":
            seats.offer_again(work, command)
        case _:
            assert_never(command)
    if (size := size_of(work.state)) > STATE:
        require_state_fits(f"{before.charter.label}: {command.move.words}", size_of(before), size)


def permit(force: TaskForce, command: c.MembersCommand) -> None:
    """
    Raises:
        EscalationError: If the person is unknown, the course forbids the move, or it is not theirs to make.
    """
    charter, move = force.charter, command.move
    person = charter.contact(command.by)
    require_person(charter.label, person, move)
    name = person.name
    if not allows(force.state, move):
        others = [each for each in OF_PEOPLE if allows(force.state, each)]
        obstacle = reason("cannot_while", move, force.state)
        raise MoveNotAllowed(obstacle, subject=charter.label, allowed_moves=others)
    match command:
        case c.AcceptSeat() | c.DeclineSeat():
            seats.require_offer(force, command.by)
        case c.ReportStatus():
            _require_one_of(force, command, (charter.lead,), name)
        case c.AddTask():
            _require_one_of(force, command, force.members, name)
        case c.FinishTask():
            owner = tasks.open_task(force, command.task).owner
            _require_one_of(force, command, (charter.lead, owner), name)
        case c.LeaveSeat():
            seats.require_seat(force, command.by)
        case c.OfferSeat():
            _require_one_of(force, command, (charter.lead, charter.deployed_by), name)
            seats.require_vacant(force, command)


def _require_one_of(force: TaskForce, command: c.MembersCommand, people: tuple[str, ...], name: str) -> None:
    if command.by not in people:
        obstacle = reason("people_who_may", name, command.move, tuple(dict.fromkeys(people)))
        raise RoleNotAllowed(obstacle, subject=force.charter.label)


# How it ends


def _ordered_down(work: TaskForceWork, command: c.StandDown) -> None:
    if command.id != work.state.charter.id or not work.state.is_standing:
        return
    owner = command.hand_over_to or command.about.owner
    work.record(e.Informed(about=replace(command.about, owner=owner)))
    work.by = command.by
    _stand_down(work, command.why)


def _stand_down(work: TaskForceWork, why: Part) -> None:
    force = work.state
    if not force.is_standing:
        return
    left = tuple(reason("task_undated", task.what, task.owner) for task in force.open_tasks)
    work.record(e.StoodDown(why=why, left=left))
    work.tell(
        Occasion.TASK_FORCE_STOOD_DOWN,
        force.engaged,
        why=why,
        items=left,
    )


# What happens by itself


def _settle(work: TaskForceWork) -> None:
    """Let everything happen that is due by now."""
    while clock := _next_due(work):
        if clock.name is ClockName.TASK_FORCE_STATUS:
            _handle_due_status(work, clock)
        else:
            seat = next(seat for seat in work.state.seats if seat.clock is clock)
            seats.end_offer(work, seat, "did not answer")
    if work.state.is_standing:
        tasks.remind(work)


def _next_due(work: TaskForceWork) -> Clock | None:
    force = work.state
    if not force.is_standing:
        return None
    due = [(clock.next_at, clock) for clock in force.clocks if clock.next_at and clock.next_at <= work.now]
    return min(due, key=lambda found: found[0])[1] if due else None


def _skip_past_thresholds(work: TaskForceWork) -> None:
    """Record times to ask that a change put behind us as skipped, instead of asking late (CLOCK-2)."""
    status = work.state.status
    if status is None or status.breached_at or not status.is_running:
        return
    passed = _passed(work, status)
    if passed > status.passed:
        work.record(StatusThresholdsSkipped(passed=passed, skipped=passed - status.passed))


def _handle_due_status(work: TaskForceWork, clock: Clock) -> None:
    """Ask the lead before a status is due, when it is missed, and again until it comes; nobody else is asked."""
    chase_every = work.state.charter.chase_every
    if clock.breached_at:
        work.record(StatusChased(times=(work.now - clock.breached_at) // chase_every))
        _ask_the_lead(work, reason("status_still_missing"))
    elif clock.due_at and is_late(work.now, clock.due_at):
        chased = (work.now - clock.due_at) // chase_every
        work.record(StatusMissed(due_at=clock.due_at, passed=len(clock.thresholds), chased=chased))
        _ask_the_lead(work, reason("status_overdue"))
    else:
        work.record(StatusAsked(passed=_passed(work, clock)))
        _ask_the_lead(work, reason("status_due"))


def _passed(work: TaskForceWork, clock: Clock) -> int:
    """Return how many thresholds are behind us; of several only the last one is announced (CLOCK-2)."""
    return count_passed_thresholds(clock, work.state.charter.hours(clock.calendar), (), work.now)


def _ask_the_lead(
    work: TaskForceWork, why: Reason, occasion: Occasion = Occasion.TASK_FORCE_STATUS_WANTED
) -> None:
    charter, status = work.state.charter, work.state.status
    work.tell(
        occasion,
        (charter.lead,),
        why=why,
        due_at=(status.breached_at or status.due_at) if status else None,
        text=charter.mission,
        items=tuple(f"{task.what} ({task.owner})" for task in work.state.open_tasks),
    )


def _start_status_clock(work: TaskForceWork) -> None:
    clock = work.clock(ClockName.TASK_FORCE_STATUS)
    if clock:
        work.record(StatusClockStarted(clock=clock))


def _extend_open_hours(work: TaskForceWork) -> None:
    if work.state.is_standing:
        for wanted in open_hours_to_compile(work.state.charter.calendars, work.now):
            work.do(wanted)


def _record_delivery(work: TaskForceWork, command: ReportDelivery) -> None:
    """Record delivery results. Whoever cannot get an invitation does not answer it: the next one is asked at once."""
    work.record(e.MessagesSent(receipts=command.receipts))
    unreached = {
        receipt.recipient
        for receipt in command.receipts
        if receipt.has_failed and receipt.occasion == Occasion.TASK_FORCE_INVITED
    }
    for seat in work.state.seats:
        if work.state.is_standing and seat.offered_to in unreached:
            seats.end_offer(work, seat, "could not be reached")
