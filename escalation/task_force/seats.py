"""
Filling seats: each is offered to one after the other until somebody accepts, or nobody is left (RESOLVE-2).
"""

from escalation.effects import Occasion
from escalation.events import ENGINE
from escalation.plan import ClockName
from escalation.sentences import Sentence
from escalation.task_force import commands as c
from escalation.task_force import events as e
from escalation.task_force.course import ForceState
from escalation.task_force.model import Seat, TaskForce
from escalation.task_force.turn import ForceTurn


def offer(turn: ForceTurn, number: int) -> None:
    """To the next candidate who was not asked yet, and neither has nor may get another seat."""
    seat = turn.force.seats[number - 1]
    asked = {*seat.tried, *turn.force.engaged}
    person = next((who for who in seat.plan.candidates if who not in asked), None)
    if person is None:
        turn.record(e.SeatLeftVacant, seat=number, role=seat.plan.role)
        return
    clock = turn.clock(ClockName.SEAT_ANSWER)
    turn.record(e.SeatOffered, seat=number, role=seat.plan.role, to=person, clock=clock)
    charter = turn.force.charter
    role = f"{seat.plan.role} ({seat.plan.skill})" if seat.plan.skill else seat.plan.role
    turn.tell(
        Occasion.TASK_FORCE_INVITED,
        (person,),
        why=Sentence.SEAT_OFFERED.of(role, charter.name_of(charter.lead)),
        text=charter.mission,
        items=(str(charter.technical_plan),) if charter.technical_plan else (),
    )


def accept(turn: ForceTurn, command: c.AcceptSeat) -> None:
    seat = offered_seat(turn.force, command.by)
    turn.record(e.SeatAccepted, seat=seat.number, role=seat.plan.role, note=command.note)
    begin_when_settled(turn)


def decline(turn: ForceTurn, command: c.DeclineSeat) -> None:
    seat = offered_seat(turn.force, command.by)
    turn.record(e.SeatDeclined, seat=seat.number, role=seat.plan.role, why=command.why)
    _to_the_next(turn, seat)


def not_answered(turn: ForceTurn, seat: Seat, why: str) -> None:
    """Silent for as long as the clock ran, or not to be reached at all: the next one is asked."""
    turn.record(
        e.SeatUnanswered, seat=seat.number, role=seat.plan.role, person=seat.offered_to or "", why=why
    )
    _to_the_next(turn, seat)


def _to_the_next(turn: ForceTurn, seat: Seat) -> None:
    by, turn.by = turn.by, ENGINE
    offer(turn, seat.number)
    turn.by = by
    begin_when_settled(turn)


def begin_when_settled(turn: ForceTurn) -> None:
    """Each seat is held, or nobody is left for it."""
    force = turn.force
    if force.state is not ForceState.FORMING or any(seat.offered_to for seat in force.seats):
        return
    turn.by = ENGINE
    turn.record(e.WorkBegun)
    charter = force.charter
    seats = tuple(
        f"{seat.plan.role}: {charter.name_of(seat.held_by) if seat.held_by else 'nobody'}"
        for seat in force.seats
    )
    turn.tell(Occasion.UPDATE, (charter.lead,), why=Sentence.SEATS_SETTLED.of(), items=seats)


def offered_seat(force: TaskForce, person: str) -> Seat:
    """The seat that is on offer to *person*; who asks has made sure that there is one."""
    return next(seat for seat in force.seats if seat.offered_to == person)
