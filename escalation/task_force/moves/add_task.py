"""Give a member something to do."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.budgets import OPEN_TASKS, size_of
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, UnknownName
from escalation.kernel.values import InputInstant, Instant, InternalText, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.state import Task, TaskForce, summary
from escalation.task_force.work import TaskForceWork

MOST_TASKS = 200
_A_DAY = timedelta(days=1)


@frozen
class TaskAdded(BaseEvent):
    kind: Literal["task_added"] = "task_added"
    task: int
    what: InternalText
    owner: Name
    due_at: Instant | None = None

    def applied_to(self, now: TaskForce) -> TaskForce:
        # its owner is reminded a day before it is due, or when a quarter of its time is left
        soon = self.due_at and max(self.due_at - _A_DAY, self.due_at - (self.due_at - self.at) / 4)
        task = Task(number=self.task, what=self.what, owner=self.owner, due_at=self.due_at, due_soon_at=soon)
        return replace(now, tasks=(*now.tasks, task))

    def sentence(self) -> Reason:
        parts = (self.task, Person(self.owner), self.what)
        return reason(f"{self.code}.due", *parts, self.due_at) if self.due_at else reason(self.code, *parts)


class AddTask(MemberCommand):
    """Give a member something to do."""

    move = TaskForceMove.ADD_TASK
    kind: Literal["add_task"] = "add_task"
    what: Annotated[InternalText, Field(min_length=1, max_length=2000, description="What is to be done.")]
    owner: Annotated[Name, Field(description="The member who does it.")]
    due_at: Annotated[
        InputInstant | None, Field(description="When it is needed; whoever does it is reminded.")
    ] = None

    @classmethod
    def possible_movers(cls, force: TaskForce) -> tuple[str, ...]:
        return force.members

    def carry_out(self, work: TaskForceWork) -> None:
        force, label = work.state, work.state.charter.label
        if self.owner not in force.members:
            raise UnknownName.of(reason("no.member"), self.owner, force.members, subject=label)
        if len(force.tasks) >= MOST_TASKS:
            raise MoveNotAllowed(reason("task.full", MOST_TASKS), subject=label)
        if self.due_at and self.due_at <= work.now:
            given, allowed = reason("as_written", self.due_at), reason("allowed.after", work.now)
            raise _bad_task(force, "due_at", given, allowed)
        number = len(force.tasks) + 1
        work.record(TaskAdded(task=number, what=self.what, owner=self.owner, due_at=self.due_at))
        _require_room(work.state)
        items = (work.state.tasks[-1].line,)
        work.tell(Occasion.TASK_FORCE_TASK, (self.owner,), why=reason("task_given"), items=items)


def _require_room(force: TaskForce) -> None:
    """
    Raises:
        BadRequest: If the open tasks are more than the escalation can know of.
    """
    if (size := sum(map(size_of, summary(force).open_tasks))) > OPEN_TASKS:
        given, allowed = reason("given.tasks_size", size), reason("allowed.tasks_size", OPEN_TASKS)
        raise _bad_task(force, "what", given, allowed)


def _bad_task(force: TaskForce, where: str, given: Reason, allowed: Reason) -> BadRequest:
    fault = Fault(where=where, given=given, allowed=allowed)
    return BadRequest.because(reason("of.task", force.charter.label), (fault,))
