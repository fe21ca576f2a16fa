"""The action plan: each version says what will be done, by whom and when (COMM-10)."""

from typing import Annotated

from pydantic import Field

from escalation.kernel.values import Input, InputInstant, Instant, InternalText, Name, frozen


class Step(Input):
    """One step of the action plan (COMM-10)."""

    what: Annotated[InternalText, Field(min_length=1, max_length=2000, description="What is to be done.")]
    owner: Annotated[Name, Field(description="Who does it.")]
    due_at: Annotated[InputInstant | None, Field(description="When it is to be done.")] = None
    is_done: Annotated[bool, Field(description="It is done already.")] = False


@frozen
class ActionPlan:
    version: int
    steps: tuple[Step, ...]
    by: str
    at: Instant
    why: InternalText
