"""
Tasks: each has an owner among the members, who hears of it and is reminded twice; the lead hears of what is overdue.

Nobody else is (RESOLVE-2). When the reminders are due is derived from when a task was given, by its event.
"""

from dataclasses import replace
from typing import Literal

from escalation.kernel.cause import cause_of_reminder
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.values import InternalText, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.state import Task, TaskForce
from escalation.task_force.state_changes import change_task
from escalation.task_force.work import TaskForceWork


@frozen
class TaskDueSoon(BaseEvent):
    kind: Literal["task_due_soon"] = "task_due_soon"
    task: int
    owner: Name

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, reminded=1))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.owner), self.task)


@frozen
class TaskOverdue(BaseEvent):
    kind: Literal["task_overdue"] = "task_overdue"
    task: int
    owner: Name
    what: InternalText

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, reminded=2))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.owner), self.task, self.what)


def remind(work: TaskForceWork) -> None:
    """Each owner once before a task is due, and once when it is; after downtime only the later one speaks (CLOCK-2)."""
    due = [task for task in work.state.open_tasks if task.remind_at and task.remind_at <= work.now]
    overdue = [task for task in due if task.due_at and task.due_at <= work.now]
    for task in due:
        if task in overdue:
            work.record(TaskOverdue(task=task.number, owner=task.owner, what=task.what))
        else:
            work.record(TaskDueSoon(task=task.number, owner=task.owner))
    reminded = [(task.number, task.due_at, task in overdue) for task in due]
    with work.because_of(cause_of_reminder("tasks_due", work.state.deployed_at, reminded)):
        _notify_owners(work, due, overdue)


def _notify_owners(work: TaskForceWork, due: list[Task], overdue: list[Task]) -> None:
    for owner in dict.fromkeys(task.owner for task in due):
        theirs = [task for task in due if task.owner == owner]
        is_over = any(task in overdue for task in theirs)
        _notify(work, Occasion.TASK_FORCE_TASK_DUE, owner, theirs, is_over=is_over)
    lead = work.state.charter.lead
    if others := [task for task in overdue if task.owner != lead]:
        _notify(work, Occasion.TASK_FORCE_UPDATE, lead, others, is_over=True)


def _notify(
    work: TaskForceWork, occasion: Occasion, person: str, tasks: list[Task], *, is_over: bool
) -> None:
    why = reason("task_overdue") if is_over else reason("task_due")
    work.tell(occasion, (person,), why=why, items=tuple(task.line for task in tasks))
