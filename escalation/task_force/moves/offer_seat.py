"""Offer a vacant seat again. Its event, ``SeatOffered``, comes by itself too."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.values import Name
from escalation.policy.people import ContactKind
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.seats import free_candidate, invite
from escalation.task_force.state import Seat, TaskForce
from escalation.task_force.work import TaskForceWork


class OfferSeat(MemberCommand):
    """Offer a vacant seat again, as the lead, or as who deployed the task force."""

    move = TaskForceMove.OFFER_SEAT
    kind: Literal["offer_seat"] = "offer_seat"
    seat: Annotated[int, Field(ge=1, description="Which seat, by its number.")]
    to: Annotated[
        Name | None,
        Field(description="Who is asked. If omitted, its candidates are asked again, from the first."),
    ] = None

    @classmethod
    def possible_movers(cls, force: TaskForce) -> tuple[str, ...]:
        return (force.charter.lead, force.charter.deployed_by)

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        if not any(seat.is_vacant for seat in force.seats):
            return reason("seat.none_vacant")
        return super().obstacle_to(force, person)

    def carry_out(self, work: TaskForceWork) -> None:
        """Offer a vacant seat to the one who is named, or to its candidates from the first, those who declined too."""
        seat = _vacant_seat(work.state, self.seat)
        if self.to:
            _require_free(work.state, self.to)
        person = self.to or free_candidate(work.state, seat)
        if person is None:
            subject = work.state.charter.label
            raise MoveNotAllowed(reason("seat.no_candidate", seat.number), subject=subject)
        invite(work, seat, person, is_new_round=self.to is None)


def _vacant_seat(force: TaskForce, number: int) -> Seat:
    """
    Raises:
        EscalationError: If there is no such seat, or somebody has it or is asked.
    """
    label = force.charter.label
    if number > len(force.seats):
        known = [str(each.number) for each in force.seats]
        raise UnknownName.of(reason("no.seat"), str(number), known, subject=label)
    seat = force.seats[number - 1]
    if not seat.is_vacant:
        code = "seat.taken" if seat.held_by else "seat.on_offer"
        who = seat.held_by or seat.offered_to or ""
        raise MoveNotAllowed(reason(code, number, seat.plan.role, who), subject=label)
    return seat


def _require_free(force: TaskForce, person: str) -> None:
    charter = force.charter
    people = [contact.id for contact in charter.contacts if contact.kind is ContactKind.PERSON]
    if person not in people:
        raise UnknownName.of(reason("no.person"), person, people, subject=charter.label)
    if person in force.engaged:
        raise MoveNotAllowed(reason("seat.person_in", charter.name_of(person)), subject=charter.label)
