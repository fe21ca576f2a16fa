"""
Read what comes in from outside: what a run starts with, updates and signals.

Anybody who reaches Temporal can start a run of ours under any id, and send it anything. An input that the SDK reads,
and cannot, fails the same task again and again. So every handler takes raw values (``takes_one``) and reads them here,
where what is bad is refused with every fault.

What a run starts with is read in its ``__init__``, where a workflow cannot fail. ``refuse_bad_input`` keeps the
refusal, and the plugin (``workflows.plugin``) ends the run with it before anything else of the run is called.
Escalations and joined cases keep theirs themselves, for the update that a start comes with.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue

from escalation.contract import EscalationInput
from escalation.kernel.budgets import MOVE, PAYLOAD, REQUEST
from escalation.kernel.ids import Own, name_in
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, faults_of, quote_input
from escalation.kernel.state_size import too_large
from escalation.kernel.values import from_json, without_input

_Model = TypeVar("_Model")
_Function = TypeVar("_Function", bound=Callable[..., Any])
_REFUSAL = "_start_refusal"
_START, _ONE_OBJECT = reason("the_start"), reason("allowed.json")


def refuse_bad_input(init: Callable[..., None]) -> Callable[..., None]:
    """Keep it on the workflow, if *init* refuses what the run starts with."""

    @wraps(init)
    def init_or_keep(self: object, *begins: RawValue) -> None:
        try:
            init(self, *begins)
        except EscalationError as refusal:
            setattr(self, _REFUSAL, refusal)

    return init_or_keep


def refusal_of(run: object) -> EscalationError | None:
    """Return why the start of *run*, a workflow, is refused; None, if it is not."""
    refusal: EscalationError | None = getattr(run, _REFUSAL, None)
    return refusal


def read_start(model: type[_Model], raws: Sequence[RawValue], example: str) -> _Model:
    """
    Read the one *model* that this run starts with.

    Raises:
        BadRequest: If *raws* are not one such model, with every fault.
    """
    what = reason("of.start", workflow.info().workflow_id)
    return read_model(model, raws, what, reason("allowed.json_such_as", example), PAYLOAD)


def require_own_id(kind: Own, name: str | None = None) -> None:
    """
    Raises:
        BadRequest: If this run is not called as one of its *kind*; with *name*, as exactly that one.
    """
    id_ = workflow.info().workflow_id
    if not name_in(kind, id_) or name not in {None, name_in(kind, id_)}:
        _refuse("(workflow id)", quote_input(id_), f"{kind}:{name or '…'}")


def require_id(expected: str) -> None:
    """
    Raises:
        BadRequest: If this run has another id than *expected*.
    """
    id_ = workflow.info().workflow_id
    if id_ != expected:
        _refuse("(workflow id)", quote_input(id_), expected)


def require_nothing(is_empty: bool, what: str) -> None:
    """
    Raises:
        BadRequest: If a first run starts with *what* only an earlier run can know.
    """
    if not is_empty and not is_continued():
        _refuse(what, reason("something"), reason("allowed.nothing_at_first"))


def require_parent() -> None:
    """
    Raises:
        BadRequest: If it was started by hand. Only an escalation starts such a run, and the server says who did.
    """
    if workflow.info().parent is None and not is_continued():
        _refuse("(parent)", reason("nothing"), reason("allowed.parent"))


def is_continued() -> bool:
    """Return whether this run continues an earlier one of the same id."""
    return workflow.info().continued_run_id is not None


def _refuse(where: str, given: Part, allowed: Part) -> None:
    fault = Fault(where=where, given=given, allowed=allowed)
    raise BadRequest.because(reason("of.start", workflow.info().workflow_id), (fault,))


def read_model(
    model: type[_Model], raws: Sequence[RawValue], what: Part, allowed: Part, largest: int = MOVE
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
    data = _the_one(raws, _START, _ONE_OBJECT)
    try:
        begin = from_json(EscalationInput, data, ignores_unknown=True)
    except ValidationError as error:
        if is_ours and b'"carried":{' in data:
            raise RuntimeError(
                f"what the run before carried over cannot be read: {without_input(error)}"
            ) from None
        faults = faults_of(error) if data else (_other_than(reason("nothing"), _ONE_OBJECT),)
        raise BadRequest.because(_START, faults) from None
    if begin.carried is None:
        require_at_most(REQUEST + MOVE, len(data), _START)
    return begin


def _the_one(raws: Sequence[RawValue], what: Part, allowed: Part) -> bytes:
    if len(raws) != 1:
        raise BadRequest.because(what, (_other_than(reason("given.arguments", len(raws)), allowed),))
    return raws[0].payload.data


def _other_than(given: Part, allowed: Part) -> Fault:
    return Fault(given=given, allowed=allowed)


def require_at_most(largest: int, size: int, what: Part) -> None:
    """
    Raises:
        BadRequest: If *size* bytes are more than *largest*.
    """
    if size > largest:
        raise too_large(what, reason("bytes", size), reason("allowed.bytes", largest))


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
