"""
Tasks: each has an owner among the members, who hears of it and is reminded twice; the lead hears of what is overdue.

Nobody else is (RESOLVE-2). When the reminders are due is derived from when a task was given, by its event.
"""

from escalation.kernel.budgets import OPEN_TASKS, size_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, UnknownName
from escalation.notifications.notification import Occasion
from escalation.task_force import commands as c
from escalation.task_force import events as e
from escalation.task_force.state import Task, TaskForce, summary
from escalation.task_force.work import TaskForceWork

MOST_TASKS = 200


def add(work: TaskForceWork, command: c.AddTask) -> None:
    force, label = work.state, work.state.charter.label
    if command.owner not in force.members:
        raise UnknownName.of(reason("no.member"), command.owner, force.members, subject=label)
    if len(force.tasks) >= MOST_TASKS:
        raise MoveNotAllowed(reason("task.full", MOST_TASKS), subject=label)
    if command.due_at and command.due_at <= work.now:
        allowed = reason("allowed.after", work.now)
        fault = Fault(where="due_at", given=reason("as_written", command.due_at), allowed=allowed)
        raise BadRequest.because(reason("of.task", label), (fault,))
    number = len(force.tasks) + 1
    work.record(e.TaskAdded(task=number, what=command.what, owner=command.owner, due_at=command.due_at))
    _require_room(work.state)
    work.tell(
        Occasion.TASK_FORCE_TASK,
        (command.owner,),
        why=reason("task_given"),
        items=(work.state.tasks[-1].line,),
    )


def _require_room(force: TaskForce) -> None:
    """
    Raises:
        BadRequest: If the open tasks are more than the escalation can know of.
    """
    if (size := sum(map(size_of, summary(force).open_tasks))) > OPEN_TASKS:
        allowed = reason("allowed.tasks_size", OPEN_TASKS)
        fault = Fault(where="what", given=reason("given.tasks_size", size), allowed=allowed)
        raise BadRequest.because(reason("of.task", force.charter.label), (fault,))


def finish(work: TaskForceWork, command: c.FinishTask) -> None:
    task = open_task(work.state, command.task)
    work.record(e.TaskFinished(task=task.number, what=task.what, note=command.note))


def open_task(force: TaskForce, number: int) -> Task:
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


def remind(work: TaskForceWork) -> None:
    """Each owner once before a task is due, and once when it is; after downtime only the later one speaks (CLOCK-2)."""
    due = [task for task in work.state.open_tasks if task.remind_at and task.remind_at <= work.now]
    overdue = [task for task in due if task.due_at and task.due_at <= work.now]
    for task in due:
        if task in overdue:
            work.record(e.TaskOverdue(task=task.number, owner=task.owner, what=task.what))
        else:
            work.record(e.TaskDueSoon(task=task.number, owner=task.owner))
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
