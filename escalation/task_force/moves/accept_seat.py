"""Accept the seat that is on offer, or decline it (RESOLVE-2)."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import Note, OptionalWhyText
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.seats import SeatEvent, notify_when_settled, offer_to_next
from escalation.task_force.state import Seat, TaskForce
from escalation.task_force.work import TaskForceWork


@frozen
class SeatAccepted(SeatEvent):
    kind: Literal["seat_accepted"] = "seat_accepted"
    note: InternalText = NO_NOTE

    def change(self, seat: Seat) -> Seat:
        return replace(seat, held_by=self.by, note=self.note, offered_to=None, clock=None)

    @property
    def added(self) -> str:
        return str(self.note)


@frozen
class SeatDeclined(SeatEvent):
    kind: Literal["seat_declined"] = "seat_declined"
    why: InternalText = NO_NOTE

    def change(self, seat: Seat) -> Seat:
        declined = {**seat.declined, self.by: self.why}
        return replace(seat, declined=declined, offered_to=None, clock=None)

    @property
    def added(self) -> str:
        return str(self.why)


class AcceptSeat(MemberCommand):
    """Accept the seat that is on offer to you."""

    move = TaskForceMove.ACCEPT_SEAT
    kind: Literal["accept_seat"] = "accept_seat"
    note: Note = NO_NOTE

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        return None if any(seat.offered_to == person for seat in force.seats) else _no_offer(force, person)

    def carry_out(self, work: TaskForceWork) -> None:
        seat = _offered_seat(work.state, self.by)
        work.record(SeatAccepted(seat=seat.number, role=seat.plan.role, note=self.note))
        notify_when_settled(work)


class DeclineSeat(MemberCommand):
    """Decline the seat that is on offer to you; the next one is asked."""

    move = TaskForceMove.DECLINE_SEAT
    kind: Literal["decline_seat"] = "decline_seat"
    why: OptionalWhyText = NO_NOTE

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        return None if any(seat.offered_to == person for seat in force.seats) else _no_offer(force, person)

    def carry_out(self, work: TaskForceWork) -> None:
        seat = _offered_seat(work.state, self.by)
        work.record(SeatDeclined(seat=seat.number, role=seat.plan.role, why=self.why))
        offer_to_next(work, seat)


def _offered_seat(force: TaskForce, person: str) -> Seat:
    """
    Raises:
        MoveNotAllowed: If no seat is on offer to *person*.
    """
    for seat in force.seats:
        if seat.offered_to == person:
            return seat
    raise MoveNotAllowed(_no_offer(force, person), subject=force.charter.label)


def _no_offer(force: TaskForce, person: str) -> Reason:
    name = force.charter.name_of(person)
    for seat in force.seats:
        if seat.held_by == person:
            return reason("seat.accepted_already", name, seat.plan.role)
    offers = tuple(
        reason("seat.offer", seat.plan.role, seat.offered_to) for seat in force.seats if seat.offered_to
    )
    return reason("seat.none_on_offer", name, offers or reason("none"))
