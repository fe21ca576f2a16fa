"""Permissions in a task force: the moves that somebody may make now, and the reason why not for each of the others."""

from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import frozen
from escalation.task_force.commands import MEMBERS_COMMANDS, MembersCommand
from escalation.task_force.lifecycle import TaskForceMove, allows
from escalation.task_force.state import TaskForce


@frozen
class TaskForcePermission:
    """A move, and the reason why it is not allowed now."""

    move: TaskForceMove
    is_allowed: bool
    obstacle: Part | None = None
    """The reason why not; none, if it is allowed."""


def list_permissions_in_task_force(now: TaskForce, by: str | None) -> tuple[TaskForcePermission, ...]:
    """Return each move of members, as *by* may make it; without *by*, as somebody may."""
    return tuple(_permission(now, command, by) for command in MEMBERS_COMMANDS)


def _permission(now: TaskForce, command: type[MembersCommand], by: str | None) -> TaskForcePermission:
    if not allows(now.state, command.move):
        obstacle: Part | None = reason("cannot_while", command.move, now.state)
    else:
        obstacle = command.obstacle_to(now, by) if by else None
    return TaskForcePermission(move=command.move, is_allowed=obstacle is None, obstacle=obstacle)
