"""The view of a task force: what a person or a script sees of it."""

from collections.abc import Iterable

from escalation.kernel.reasons import Reason
from escalation.kernel.values import Instant, InternalText, frozen
from escalation.task_force.events import CLOCKWORK, TaskForceEvent
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import StatusReport, Task, TaskForce
from escalation.task_force.wanted_moves import WantedInTaskForce, list_wanted_in_task_force


@frozen
class SeatView:
    number: int
    role: str
    skill: str | None
    held_by: str | None
    offered_to: str | None
    answer_by: Instant | None
    """Time by which the person who is asked must answer."""
    candidates: tuple[str, ...]


@frozen
class TaskForceView:
    """A task force as people see it."""

    key: str
    """Key of the escalation that it works for."""
    id: str
    name: str
    mission: InternalText
    technical_plan: InternalText
    lead: str
    state: TaskForceState
    deployed_by: str
    deployed_at: Instant
    ended_at: Instant | None
    seats: tuple[SeatView, ...]
    tasks: tuple[Task, ...]
    reports: tuple[StatusReport, ...]
    status_due_at: Instant | None
    status_not_before: Instant | None = None
    """End of the known open hours; it is due later."""
    is_status_missed: bool
    wanted: tuple[WantedInTaskForce, ...] = ()
    """The moves that it waits for, the first due first, and who is asked for each."""


@frozen
class TaskForceAnswer:
    """The short answer to a move."""

    key: str
    name: str
    state: TaskForceState
    is_repeat: bool = False
    """True if the move's id was seen before: nothing was done again."""
    happened: tuple[Reason, ...] = ()
    """Effects of the move, a sentence each."""


def view(now: TaskForce) -> TaskForceView:
    charter, status = now.charter, now.status if now.is_standing else None
    return TaskForceView(
        key=charter.about.key,
        id=charter.id,
        name=charter.name,
        mission=charter.mission,
        technical_plan=charter.technical_plan,
        lead=charter.lead,
        state=now.state,
        deployed_by=charter.deployed_by,
        deployed_at=now.deployed_at,
        ended_at=now.ended_at,
        seats=tuple(
            SeatView(
                number=seat.number,
                role=seat.plan.role,
                skill=seat.plan.skill,
                held_by=seat.held_by,
                offered_to=seat.offered_to,
                answer_by=seat.clock.due_at if seat.clock else None,
                candidates=seat.plan.candidates,
            )
            for seat in now.seats
        ),
        tasks=now.tasks,
        reports=now.reports,
        status_due_at=(status.breached_at or status.due_at) if status else None,
        status_not_before=status.not_before if status and not status.breached_at else None,
        is_status_missed=bool(status and status.breached_at),
        wanted=list_wanted_in_task_force(now),
    )


def answer(
    now: TaskForce, events: Iterable[TaskForceEvent] = (), *, is_repeat: bool = False
) -> TaskForceAnswer:
    return TaskForceAnswer(
        key=now.charter.about.key,
        name=now.charter.name,
        state=now.state,
        is_repeat=is_repeat,
        happened=tuple(event.sentence() for event in events if event.kind not in CLOCKWORK),
    )
