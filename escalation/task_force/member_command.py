"""The base of all moves that people make in a task force."""

from typing import ClassVar

from escalation.kernel.move import MoveCommand
from escalation.kernel.reasons import Reason, reason
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.state import TaskForce
from escalation.task_force.work import TaskForceWork


class MemberCommand(MoveCommand[TaskForceWork]):
    """A move in a task force."""

    move: ClassVar[TaskForceMove]

    def movers(self, force: TaskForce) -> tuple[str, ...]:
        """Return the ids of the people who may make this move; whoever asks, if everybody may."""
        return self.possible_movers(force) or (self.by,)

    @classmethod
    def possible_movers(cls, force: TaskForce) -> tuple[str, ...]:  # noqa: ARG003 - as above
        """Return the ids of the people who may make this move of some seat or task; none, if everybody may."""
        return ()

    @classmethod
    def obstacle_to(cls, force: TaskForce, person: str) -> Reason | None:
        """Return what stands in the way of *person*, whatever they write; None if nothing does."""
        movers = cls.possible_movers(force)
        if not movers or person in movers:
            return None
        names = tuple(force.charter.name_of(mover) for mover in dict.fromkeys(movers))
        return reason("people_who_may", force.charter.name_of(person), cls.move, names)
