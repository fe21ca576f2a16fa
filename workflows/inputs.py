"""
What a run of ours starts with, read before anything else.

A run can be started by hand, from the Web UI, under any id and with anything. An input that the SDK reads, and cannot,
fails the same task again and again. So each ``__init__`` takes raw values and reads them here, where what is no input
of its kind, or comes under an id of another kind, is refused. ``refuse_bad_input`` keeps the refusal, and the plugin
(``workflows.plugin``) ends the run with it before anything else of the run is called.

Escalations and tickets keep their refusal themselves, for the update that a start comes with (``wire.read_input``).
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue

from escalation.kernel.budgets import PAYLOAD
from escalation.kernel.ids import Own, name_in
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, quote_input
from workflows.raw_values import read_model

_Model = TypeVar("_Model")
_REFUSAL = "_start_refusal"


def refuse_bad_input(init: Callable[..., None]) -> Callable[..., None]:
    """Keep it on the workflow, if *init* refuses what the run starts with."""

    @wraps(init)
    def reading(self: object, *begins: RawValue) -> None:
        try:
            init(self, *begins)
        except EscalationError as refusal:
            setattr(self, _REFUSAL, refusal)

    return reading


def refusal_of(run: object) -> EscalationError | None:
    """Why the start of *run*, a workflow, is refused; None, if it is not."""
    refusal: EscalationError | None = getattr(run, _REFUSAL, None)
    return refusal


def read_start(model: type[_Model], raws: Sequence[RawValue], example: str) -> _Model:
    """
    Read the one *model* that this run starts with.

    Raises:
        BadRequest: If *raws* are not one such model, with every fault.
    """
    what = f"the start of {workflow.info().workflow_id}"
    return read_model(model, raws, what, f"one JSON object, such as {example}", PAYLOAD)


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
        _refuse(what, "something", "nothing: only a run that goes on has any")


def require_parent() -> None:
    """
    Raises:
        BadRequest: If it was started by hand. Only an escalation starts such a run, and the server says who did.
    """
    if workflow.info().parent is None and not is_continued():
        _refuse("(parent)", "nothing", "the escalation that it belongs to: it is not started by hand")


def is_continued() -> bool:
    """Whether an earlier run of the same id goes on in this one."""
    return workflow.info().continued_run_id is not None


def _refuse(where: str, given: str, allowed: str) -> None:
    fault = Fault(where=where, given=given, allowed=allowed)
    raise BadRequest.because(f"the start of {workflow.info().workflow_id}", (fault,))
