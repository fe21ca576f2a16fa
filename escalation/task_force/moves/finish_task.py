"""Report that a task is done."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.state import Task, TaskForce
from escalation.task_force.state_changes import change_task
from escalation.task_force.work import TaskForceWork


@frozen
class TaskFinished(BaseEvent):
    kind: Literal["task_finished"] = "task_finished"
    task: int
    what: InternalText
    note: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, done_by=self.by))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.task, self.what)

    @property
    def added(self) -> str:
        return str(self.note)


class FinishTask(MemberCommand):
    """Report that a task is done."""

    move = TaskForceMove.FINISH_TASK
    kind: Literal["finish_task"] = "finish_task"
    task: Annotated[int, Field(ge=1, description="Which task, by its number.")]
    note: Note = NO_NOTE

    @classmethod
    def possible_movers(cls, force: TaskForce) -> tuple[str, ...]:
        return (force.charter.lead, *(task.owner for task in force.open_tasks))

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        return super().obstacle_to(force, person) if force.open_tasks else reason("task.none_open")

    def movers(self, force: TaskForce) -> tuple[str, ...]:
        return (force.charter.lead, _open_task(force, self.task).owner)

    def carry_out(self, work: TaskForceWork) -> None:
        task = _open_task(work.state, self.task)
        work.record(TaskFinished(task=task.number, what=task.what, note=self.note))


def _open_task(force: TaskForce, number: int) -> Task:
    """
    Raises:
        EscalationError: If there is none of this number, or it is done.
    """
    if number > len(force.tasks):
        known = [str(task.number) for task in force.tasks]
        raise UnknownName.of(reason("no.task"), str(number), known, subject=force.charter.label)
    task = force.tasks[number - 1]
    if not task.is_open:
        raise MoveNotAllowed(reason("task.done", number, task.done_by or ""), subject=force.charter.label)
    return task
