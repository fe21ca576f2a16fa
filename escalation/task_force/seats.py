"""Filling seats: each is offered to one after the other until somebody accepts, or nobody is left (RESOLVE-2)."""

from collections.abc import Iterator

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.values import ENGINE
from escalation.notifications.notification import Occasion
from escalation.policy.people import ContactKind
from escalation.task_force import commands as c
from escalation.task_force import events as e
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import Charter, Seat, TaskForce
from escalation.task_force.work import TaskForceWork


def offer(work: TaskForceWork, number: int) -> None:
    """Offer a seat to the next candidate who was not asked yet, and neither has nor may get another seat."""
    seat = work.state.seats[number - 1]
    person = _free(work.state, seat, seat.tried)
    if person is None:
        work.record(e.SeatLeftVacant(seat=number, role=seat.plan.role))
        return
    _invite(work, seat, person)


def _free(force: TaskForce, seat: Seat, asked: tuple[str, ...] = ()) -> str | None:
    left_out = {*asked, *force.engaged}
    return next((who for who in seat.plan.candidates if who not in left_out), None)


def _invite(work: TaskForceWork, seat: Seat, person: str, *, is_new_round: bool = False) -> None:
    clock = work.clock(ClockName.SEAT_ANSWER)
    work.record(
        e.SeatOffered(
            seat=seat.number, role=seat.plan.role, to=person, clock=clock, is_new_round=is_new_round
        )
    )
    charter = work.state.charter
    role = f"{seat.plan.role} ({seat.plan.skill})" if seat.plan.skill else seat.plan.role
    work.tell(
        Occasion.TASK_FORCE_INVITED,
        (person,),
        why=reason("seat_offered", role, charter.name_of(charter.lead)),
        text=charter.mission,
        items=(str(charter.technical_plan),) if charter.technical_plan else (),
    )


def accept(work: TaskForceWork, command: c.AcceptSeat) -> None:
    seat = offered_seat(work.state, command.by)
    work.record(e.SeatAccepted(seat=seat.number, role=seat.plan.role, note=command.note))
    notify_when_settled(work)


def decline(work: TaskForceWork, command: c.DeclineSeat) -> None:
    seat = offered_seat(work.state, command.by)
    work.record(e.SeatDeclined(seat=seat.number, role=seat.plan.role, why=command.why))
    _to_the_next(work, seat)


def end_offer(work: TaskForceWork, seat: Seat, why: str) -> None:
    """End an offer that was not answered in time or could not be delivered: the next one is asked."""
    work.record(
        e.SeatUnanswered(seat=seat.number, role=seat.plan.role, person=seat.offered_to or "", why=why)
    )
    _to_the_next(work, seat)


def _to_the_next(work: TaskForceWork, seat: Seat) -> None:
    by, work.by = work.by, ENGINE
    offer(work, seat.number)
    work.by = by
    if work.state.state is TaskForceState.FORMING:  # later the escalation says so, if nobody is left
        notify_when_settled(work)


def notify_when_settled(work: TaskForceWork) -> None:
    """Notify the lead once each seat is held, or nobody is left for it; the first time, work begins."""
    force = work.state
    if any(seat.offered_to for seat in force.seats):
        return
    work.by = ENGINE
    if force.state is TaskForceState.FORMING:
        work.record(e.WorkBegun())
    charter, why = force.charter, reason("seats_settled")
    if vacant := tuple(seat.plan.role for seat in force.seats if seat.is_vacant):
        why = reason("and_also", why, reason("seat_vacant", vacant))
    answers = tuple(line for seat in force.seats for line in _answers(charter, seat))
    work.tell(Occasion.TASK_FORCE_UPDATE, (charter.lead,), why=why, items=answers)


def _answers(charter: Charter, seat: Seat) -> Iterator[Reason]:
    """
    Yield who holds the seat, and the answers of those who declined, but not the last one of a vacant seat, which went
    with its vacancy.
    """
    role, last = seat.plan.role, () if seat.held_by else seat.tried[-1:]
    if seat.held_by:
        holder = Person(seat.held_by, charter.name_of(seat.held_by))
        yield (
            reason("seat_held.note", role, holder, seat.note)
            if seat.note
            else reason("seat_held", role, holder)
        )
    for person, why in seat.declined.items():
        if why and person not in last:
            yield reason("seat_declined", charter.name_of(person), role, why)


def leave(work: TaskForceWork, command: c.LeaveSeat) -> None:
    """Let a member leave: the lead gets the open tasks, and the next candidate is asked."""
    force = work.state
    seat = next(seat for seat in force.seats if seat.held_by == command.by)
    tasks = tuple(task.line for task in force.open_tasks if task.owner == command.by)
    work.record(e.SeatLeft(seat=seat.number, role=seat.plan.role, why=command.why))
    why = reason("seat_left", force.charter.name_of(command.by), seat.plan.role)
    work.tell(
        Occasion.TASK_FORCE_UPDATE, (force.charter.lead,), why=why, text=command.why or None, items=tasks
    )
    _to_the_next(work, seat)


def offer_again(work: TaskForceWork, command: c.OfferSeat) -> None:
    """Offer a vacant seat to the one who is named, or to its candidates from the first, those who declined too."""
    seat = work.state.seats[command.seat - 1]
    person = command.to or _free(work.state, seat)
    assert person
    _invite(work, seat, person, is_new_round=command.to is None)


def require_vacant(force: TaskForce, command: c.OfferSeat) -> None:
    """
    Raises:
        EscalationError: If there is no such seat, somebody has it or is asked, or nobody can be asked.
    """
    label = force.charter.label
    if command.seat > len(force.seats):
        raise UnknownName.of(
            reason("no.seat"), str(command.seat), [str(each.number) for each in force.seats], subject=label
        )
    seat = force.seats[command.seat - 1]
    if not seat.is_vacant:
        code = "seat.taken" if seat.held_by else "seat.on_offer"
        who = seat.held_by or seat.offered_to or ""
        raise MoveNotAllowed(reason(code, seat.number, seat.plan.role, who), subject=label)
    if command.to:
        _require_free(force, command.to)
    elif _free(force, seat) is None:
        raise MoveNotAllowed(reason("seat.no_candidate", seat.number), subject=label)


def _require_free(force: TaskForce, person: str) -> None:
    charter = force.charter
    people = [contact.id for contact in charter.contacts if contact.kind is ContactKind.PERSON]
    if person not in people:
        raise UnknownName.of(reason("no.person"), person, people, subject=charter.label)
    if person in force.engaged:
        raise MoveNotAllowed(reason("seat.person_in", charter.name_of(person)), subject=charter.label)


def require_offer(force: TaskForce, person: str) -> None:
    """
    Raises:
        MoveNotAllowed: If no seat is on offer to *person*.
    """
    charter = force.charter
    for seat in force.seats:
        if seat.offered_to == person:
            return
        if seat.held_by == person:
            obstacle = reason("seat.accepted_already", charter.name_of(person), seat.plan.role)
            raise MoveNotAllowed(obstacle, subject=charter.label)
    offers = tuple(
        reason("seat.offer", seat.plan.role, seat.offered_to) for seat in force.seats if seat.offered_to
    )
    obstacle = reason("seat.none_on_offer", charter.name_of(person), offers or reason("none"))
    raise MoveNotAllowed(obstacle, subject=charter.label)


def require_seat(force: TaskForce, person: str) -> None:
    """
    Raises:
        MoveNotAllowed: If *person* has no seat.
    """
    seats = {seat.held_by: seat.plan.role for seat in force.seats if seat.held_by}
    if person not in seats:
        held = tuple(reason("seat.holder", role, who) for who, role in seats.items())
        charter = force.charter
        obstacle = reason("seat.has_none", charter.name_of(person), held or reason("none"))
        raise MoveNotAllowed(obstacle, subject=charter.label)


def offered_seat(force: TaskForce, person: str) -> Seat:
    """Return the seat that is on offer to *person*; the caller has made sure that there is one."""
    return next(seat for seat in force.seats if seat.offered_to == person)
