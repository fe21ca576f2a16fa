"""The base of all moves that people make in a task force."""

from typing import ClassVar

from escalation.kernel.move import MoveCommand
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.state import TaskForce
from escalation.task_force.work import TaskForceWork


class MemberCommand(MoveCommand[TaskForceWork]):
    """A move in a task force."""

    move: ClassVar[TaskForceMove]

    def movers(self, force: TaskForce) -> tuple[str, ...]:  # noqa: ARG002 - some moves are open to everybody
        """Return the ids of the people who may make this move; whoever asks, if everybody may."""
        return (self.by,)
