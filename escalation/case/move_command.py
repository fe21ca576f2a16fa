"""The base of all moves that people make in an escalation."""

from typing import ClassVar

from escalation.case.lifecycle import Move
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel import move
from escalation.kernel.reasons import Reason


class MoveCommand(move.MoveCommand[Work]):
    """A move in an escalation."""

    move: ClassVar[Move]

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:  # noqa: ARG003 - most moves know none
        """Return what stands in the way of this move where the lifecycle allows it; None if nothing does."""
        return None

    @classmethod
    def obstacle_to(cls, now: Escalation, person: str) -> Reason | None:  # noqa: ARG003 - as above
        """Return what stands in the way of *person* alone, where nothing else does; roles are asked elsewhere."""
        return None

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of others whom it names, and who need not be in the plan yet: the playbook may have them."""
        return ()

    @property
    def said_to_be_closed(self) -> str | None:
        """Key of another escalation that it says is closed."""
        return None

    @property
    def said_zone(self) -> str | None:
        """A time zone that it names; which there are, is known outside."""
        return None
