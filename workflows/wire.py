"""
What travels between client, workflow and activities. Names and fields here are API: running escalations hold them.

Renaming one breaks what is running; a new field needs a default.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from temporalio.common import RawValue

from escalation.base import Asked, Frozen
from escalation.effects import Notice
from escalation.errors import BadRequest, Fault, faults_of
from escalation.events import Event
from escalation.model import Escalation
from escalation.request import StartRequest

WORKFLOW = "Escalation"
ESCALATION_QUEUE = "escalations"

START = "start"
"""The update that a start comes with; it answers with the receipt, or with every fault."""
VIEW = "view"
TIMELINE = "timeline"
ALLOWED_MOVES = "allowed_moves"
DIAGRAM = "diagram"

COMPILE_PLAN = "compile_plan"
EXTEND_OPEN_HOURS = "extend_open_hours"


class Carried(Frozen):
    """Everything that a continued run needs of the run before it."""

    escalation: Escalation
    events: tuple[Event, ...]
    """The end of the timeline, bounded."""
    notices: tuple[Notice, ...] = ()
    """Messages that are still to go out, or whose outcome is not known."""
    answered: tuple[str, ...] = ()
    """Ids of the updates that were followed: a repeat is answered, not followed again."""


class EscalationInput(Asked):
    """
    What the workflow starts with: ``{"request": {...}}``.

    The request stays as it was written: every fault in it is found at once, against the playbook, and told.
    """

    request: dict[str, JsonValue] = {}
    carried: Carried | None = None
    continue_after: int | None = None
    """Continue as new after this many history events; None: when the server suggests it."""


class Ended(Frozen):
    """The result of an ended escalation: enough to open its successor (CLOSE-9)."""

    id: str
    state: str
    level: int
    request: StartRequest


_Model = TypeVar("_Model", bound=BaseModel)
_Function = TypeVar("_Function", bound=Callable[..., Any])


def read(model: type[_Model], raws: Sequence[RawValue], what: str, allowed: str) -> _Model:
    """
    Read the one *model* that somebody sent as *what*.

    Raises:
        BadRequest: If *raws* are not one such model, with every fault.
    """
    if len(raws) != 1:
        fault = Fault(where="(whole)", given=f"{len(raws)} arguments", allowed=allowed)
        raise BadRequest.because(what, (fault,))
    try:
        return model.model_validate_json(raws[0].payload.data)
    except ValidationError as error:
        raise BadRequest.because(what, faults_of(error)) from None


def takes_one(function: _Function) -> _Function:
    """
    Show the SDK one argument, which it then leaves raw, while *function* takes any number.

    A function of one that is called with none or with two raises, and that stalls the run for good: anybody could
    do that with one signal.
    """
    signature = inspect.signature(function)
    one = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [parameter.replace(kind=one) for parameter in signature.parameters.values()]
    setattr(function, "__signature__", signature.replace(parameters=parameters))  # noqa: B010 - mypy knows it not
    return function
