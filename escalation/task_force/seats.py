"""Filling seats: each is offered to one after the other until somebody accepts, or nobody is left (RESOLVE-2)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.values import ENGINE, frozen
from escalation.notifications.notification import Occasion
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove, TaskForceState, step
from escalation.task_force.state import Charter, Seat, TaskForce
from escalation.task_force.work import TaskForceWork


@frozen
class SeatEvent(BaseEvent):
    """Something that happened to a seat."""

    seat: int
    """Number of the seat."""
    role: str

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.role)

    def applied_to(self, now: TaskForce) -> TaskForce:
        seats = (self.change(seat) if seat.number == self.seat else seat for seat in now.seats)
        return replace(now, seats=tuple(seats))

    def change(self, seat: Seat) -> Seat:
        """Return the seat after this."""
        return seat


@frozen
class SeatOffered(SeatEvent):
    kind: Literal["seat_offered"] = "seat_offered"
    to: str
    clock: Clock | None = None
    is_new_round: bool = False
    """True if people who were asked before may be asked again."""

    def change(self, seat: Seat) -> Seat:
        tried = (self.to,) if self.is_new_round else (*seat.tried, self.to)
        # A person offers it again: the answers so far were shown.
        said = seat.declined if self.by == ENGINE else {}
        return replace(seat, offered_to=self.to, tried=tried, declined=said, clock=self.clock)

    def sentence(self) -> Reason:
        return reason(self.code, self.role, Person(self.to))


@frozen
class SeatUnanswered(SeatEvent):
    kind: Literal["seat_unanswered"] = "seat_unanswered"
    person: str
    why: Part

    def change(self, seat: Seat) -> Seat:
        return replace(seat, offered_to=None, clock=None)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.person), self.why, self.role)


@frozen
class SeatLeftVacant(SeatEvent):
    """A seat for which nobody is left to ask."""

    kind: Literal["seat_left_vacant"] = "seat_left_vacant"

    def sentence(self) -> Reason:
        return reason(self.code, self.role)


@frozen
class WorkBegun(BaseEvent):
    kind: Literal["work_begun"] = "work_begun"

    def applied_to(self, now: TaskForce) -> TaskForce:
        return replace(now, state=step(now.state, TaskForceMove.BEGIN_WORK))


def offer(work: TaskForceWork, number: int) -> None:
    """Offer a seat to the next candidate who was not asked yet, and neither has nor may get another seat."""
    seat = work.state.seats[number - 1]
    person = free_candidate(work.state, seat, seat.tried)
    if person is None:
        work.record(SeatLeftVacant(seat=number, role=seat.plan.role))
        return
    invite(work, seat, person)


def free_candidate(force: TaskForce, seat: Seat, asked: tuple[str, ...] = ()) -> str | None:
    left_out = {*asked, *force.engaged}
    return next((who for who in seat.plan.candidates if who not in left_out), None)


def invite(work: TaskForceWork, seat: Seat, person: str, *, is_new_round: bool = False) -> None:
    clock = work.new_clock(ClockName.SEAT_ANSWER)
    work.record(
        SeatOffered(seat=seat.number, role=seat.plan.role, to=person, clock=clock, is_new_round=is_new_round)
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


def end_offer(work: TaskForceWork, seat: Seat, why: Reason) -> None:
    """End an offer that was not answered in time or could not be delivered: the next one is asked."""
    person = seat.offered_to or ""
    work.record(SeatUnanswered(seat=seat.number, role=seat.plan.role, person=person, why=why))
    offer_to_next(work, seat)


def offer_to_next(work: TaskForceWork, seat: Seat) -> None:
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
        work.record(WorkBegun())
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
