"""Give up a seat."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import OptionalWhyText
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.seats import SeatEvent, offer_to_next
from escalation.task_force.state import Seat, TaskForce
from escalation.task_force.work import TaskForceWork


@frozen
class SeatLeft(SeatEvent):
    """A seat that its member gave up; their open tasks are the lead's now."""

    kind: Literal["seat_left"] = "seat_left"
    why: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        tasks = (
            replace(task, owner=now.charter.lead) if task.is_open and task.owner == self.by else task
            for task in now.tasks
        )
        return SeatEvent.applied_to(self, replace(now, tasks=tuple(tasks)))

    def change(self, seat: Seat) -> Seat:
        return replace(seat, held_by=None, declined={})

    @property
    def added(self) -> str:
        return str(self.why)


class LeaveSeat(MemberCommand):
    """Give up your seat; the next one is asked, and your open tasks pass to the lead."""

    move = TaskForceMove.LEAVE_SEAT
    kind: Literal["leave_seat"] = "leave_seat"
    why: OptionalWhyText = NO_NOTE

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        return None if any(seat.held_by == person for seat in force.seats) else _no_seat(force, person)

    def carry_out(self, work: TaskForceWork) -> None:
        """Let a member leave: the lead gets the open tasks, and the next candidate is asked."""
        force, charter = work.state, work.state.charter
        seat = _held_seat(force, self.by)
        tasks = tuple(task.line for task in force.open_tasks if task.owner == self.by)
        work.record(SeatLeft(seat=seat.number, role=seat.plan.role, why=self.why))
        why = reason("seat_left", charter.name_of(self.by), seat.plan.role)
        work.tell(Occasion.TASK_FORCE_UPDATE, (charter.lead,), why=why, text=self.why or None, items=tasks)
        offer_to_next(work, seat)


def _held_seat(force: TaskForce, person: str) -> Seat:
    """
    Raises:
        MoveNotAllowed: If *person* has no seat.
    """
    seats = {seat.held_by: seat for seat in force.seats if seat.held_by}
    if person not in seats:
        raise MoveNotAllowed(_no_seat(force, person), subject=force.charter.label)
    return seats[person]


def _no_seat(force: TaskForce, person: str) -> Reason:
    held = tuple(reason("seat.holder", seat.plan.role, seat.held_by) for seat in force.seats if seat.held_by)
    return reason("seat.has_none", force.charter.name_of(person), held or reason("none"))
