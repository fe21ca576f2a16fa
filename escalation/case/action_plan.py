"""The action plan: each version says what will be done, by whom and when (COMM-10)."""

from typing import Annotated

from pydantic import Field

from escalation.kernel.values import Input, InputInstant, Instant, InternalText, Name, frozen


class Step(Input):
    """One step of the action plan (COMM-10)."""

    what: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    owner: Name
    due_at: InputInstant | None = None
    is_done: bool = False


@frozen
class ActionPlan:
    version: int
    steps: tuple[Step, ...]
    by: str
    at: Instant
    why: InternalText
