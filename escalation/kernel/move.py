"""The base of the moves that people ask of a process of ours: case, task force or sponsorship."""

from enum import StrEnum
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import Field

from escalation.kernel.budgets import MOVE
from escalation.kernel.values import Input, Mover

Work = TypeVar("Work")


class MoveName(StrEnum):
    """Base class of the names of a process's moves."""


class MoveCommand(Input, Generic[Work]):
    """A move that a person asks for, with its fields; *Work* is the decision in the making that it works on."""

    move: ClassVar[MoveName]
    largest: ClassVar[int] = MOVE
    """Largest size as it is sent, in bytes."""
    by: Annotated[Mover, Field(description="Who you are, by id in the playbook.", examples=["YOU"])]
    """Id of the person who makes the move (ROLE-3)."""

    def carry_out(self, work: Work) -> None:
        """
        Do it: the move is permitted, and what was due before it has happened.

        Raises:
            EscalationError: If what it says cannot be followed.
        """
        raise NotImplementedError
