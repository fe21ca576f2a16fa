"""The base of all moves that a person asks for."""

from typing import Annotated, ClassVar

from pydantic import Field

from escalation.case.lifecycle import Move
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import MOVE
from escalation.kernel.reasons import Reason
from escalation.kernel.values import Input, Mover


class MoveCommand(Input):
    """A move that a person asks for."""

    move: ClassVar[Move]
    largest: ClassVar[int] = MOVE
    """Bytes, as it is sent."""
    by: Annotated[Mover, Field(description="Who you are, by id in the playbook.", examples=["YOU"])]
    """Id of the person who makes the move (ROLE-3)."""

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:  # noqa: ARG003 - most moves know none
        """Return what stands in the way of this move where the lifecycle allows it; None if nothing does."""
        return None

    def carry_out(self, work: Work) -> None:
        """
        Do it: the move is permitted, and what was due before it has happened.

        Raises:
            EscalationError: If what it says cannot be followed.
        """
        raise NotImplementedError

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
