"""Read what people and programs send to a workflow, as raw values, so that a bad one is refused and stalls no run."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio.common import RawValue

from escalation.contract import EscalationInput
from escalation.kernel.budgets import MOVE, REQUEST
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import BadRequest, Fault, faults_of
from escalation.kernel.values import from_json, without_input

_Model = TypeVar("_Model")

_Function = TypeVar("_Function", bound=Callable[..., Any])


def read_model(
    model: type[_Model], raws: Sequence[RawValue], what: str, allowed: str, largest: int = MOVE
) -> _Model:
    """
    Read the one *model* that somebody sent as *what*.

    Raises:
        BadRequest: If *raws* are not one such model, or too large, with every fault.
    """
    data = _the_one(raws, what, allowed)
    require_at_most(largest, len(data), what)
    try:
        return from_json(model, data)
    except ValidationError as error:
        raise BadRequest.because(what, faults_of(error)) from None


def read_input(raws: Sequence[RawValue], *, is_ours: bool = True) -> EscalationInput:
    """
    Read what a run starts with. Unknown fields are ignored: a newer worker may have written them.

    *is_ours*: an earlier run, or the escalation that is followed up, may have written it. What it carried over is no
    request: that it cannot be read is a mistake of ours, and raises ``RuntimeError``, which stalls the run until it is
    fixed.

    Raises:
        BadRequest: If it is no such input.
    """
    data = _the_one(raws, "the start", "one JSON object")
    try:
        begin = from_json(EscalationInput, data, ignores_unknown=True)
    except ValidationError as error:
        if is_ours and b'"carried":{' in data:
            raise RuntimeError(
                f"what the run before carried over cannot be read: {without_input(error)}"
            ) from None
        faults = faults_of(error) if data else (_other_than("nothing", "one JSON object"),)
        raise BadRequest.because("the start", faults) from None
    if begin.carried is None:
        require_at_most(REQUEST + MOVE, len(data), "the start")
    return begin


def _the_one(raws: Sequence[RawValue], what: str, allowed: str) -> bytes:
    if len(raws) != 1:
        raise BadRequest.because(what, (_other_than(f"{number_of(len(raws), 'argument')}", allowed),))
    return raws[0].payload.data


def _other_than(given: str, allowed: str) -> Fault:
    return Fault(where="(whole)", given=given, allowed=allowed)


def require_at_most(largest: int, size: int, what: str) -> None:
    """
    Raises:
        BadRequest: If *size* bytes are more than *largest*.
    """
    if size > largest:
        raise BadRequest.because(what, (_other_than(f"{size:,} bytes", f"at most {largest:,} bytes"),))


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
