"""The clocks of a task force: its status, which only the lead is ever asked for, and the answer to each offer."""

from collections.abc import Mapping

from escalation.kernel.clock_loop import ClockRow
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Timing
from escalation.kernel.reasons import Reason, reason
from escalation.notifications.notification import Occasion
from escalation.task_force import seats
from escalation.task_force.state import TaskForce
from escalation.task_force.work import TaskForceWork


class ForceClock(ClockRow[TaskForce, TaskForceWork]):
    def timing(self, now: TaskForce, name: ClockName) -> Timing | None:
        return now.charter.timing(name)


class StatusClock(ForceClock):
    def remind(self, work: TaskForceWork, clock: Clock) -> None:  # noqa: ARG002 - there is one status
        ask_the_lead(work, reason("status_due"))

    def expire(self, work: TaskForceWork, clock: Clock) -> None:  # noqa: ARG002
        ask_the_lead(work, reason("status_overdue"))

    def chase(self, work: TaskForceWork, clock: Clock, times: int) -> None:  # noqa: ARG002
        ask_the_lead(work, reason("status_still_missing"))


class SeatClock(ForceClock):
    def expire(self, work: TaskForceWork, clock: Clock) -> None:
        seat = next(seat for seat in work.state.seats if seat.clock is clock)
        seats.end_offer(work, seat, reason("seat.did_not_answer"))


def ask_the_lead(
    work: TaskForceWork, why: Reason, occasion: Occasion = Occasion.TASK_FORCE_STATUS_WANTED
) -> None:
    charter, status = work.state.charter, work.state.status
    due_at = (status.breached_at or status.due_at) if status else None
    tasks = tuple(f"{task.what} ({task.owner})" for task in work.state.open_tasks)
    work.tell(occasion, (charter.lead,), why=why, due_at=due_at, text=charter.mission, items=tasks)


CLOCKS: Mapping[ClockName, ForceClock] = {
    ClockName.TASK_FORCE_STATUS: StatusClock(
        promise="The lead of a task force says regularly how it stands.",
        starts=("deployed", "status_reported"),
        ends=("status_reported", "stood_down"),
    ),
    ClockName.SEAT_ANSWER: SeatClock(
        promise="Whoever is offered a seat answers in time, or the next one is asked.",
        starts=("seat_offered",),
        ends=("seat_accepted", "seat_declined", "seat_unanswered"),
        is_agreed=True,
    ),
}
