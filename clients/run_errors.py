"""Errors of runs: stalled, not found, ended, not ready."""

import shlex

from temporalio.client import WorkflowUpdateFailedError

from escalation.kernel.refusals import EscalationError, StillFinishing, UnknownEscalation
from escalation.kernel.timeline_entry import minute
from runtime.errors import NoServer
from runtime.stalls import Stall


class Stalled(EscalationError):
    """A run cannot answer, because it is stalled."""

    code = "stalled"


class RunStalled(Stalled):
    """The run that cannot answer, and its stall."""

    def __init__(self, stall: Stall, *, is_move: bool = False) -> None:
        again = "; look first whether this move was made, before you make it again" if is_move else ""
        super().__init__(
            f"{stall.key}: is stalled since {minute(stall.since)}, because workers fail its next step again and "
            f"again: {stall.why}; all that was accepted is kept; `escalate doctor {shlex.quote(stall.key)}` says what "
            f"fixes it{again}"
        )
        self.stall = stall


class RunNotFound(UnknownEscalation):
    """No run of that id is known; what may have been meant is not looked for."""


class RunEnded(StillFinishing):
    """The run has ended, or is just ending: no message reaches it."""


class RunNotReady(NoServer):
    """A step of the run was given back while it took the move in, such as when it goes on as a new run."""


def refusal_of(error: WorkflowUpdateFailedError) -> Exception:
    return error.cause if isinstance(error.cause, EscalationError) else EscalationError(str(error.cause))
