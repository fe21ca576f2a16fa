"""Errors of runs, and of a server or workers that do not answer for them."""

import shlex
from datetime import datetime

from temporalio.client import WorkflowUpdateFailedError

from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import EscalationError, StillFinishing, UnknownEscalation
from escalation.kernel.timeline_entry import minute
from messages.speaker import speaker
from runtime.errors import NoServer, NoWorker
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


class RunHidden(RunNotFound):
    """The run is there, and may not be looked at. What is answered is what an unknown key is answered."""


def is_hidden(error: BaseException | None) -> bool:
    """Return whether *error*, or what it was raised for, is that something may not be looked at."""
    while error is not None and not isinstance(error, RunHidden):
        error = error.__cause__ or error.__context__
    return error is not None


class RunEnded(StillFinishing):
    """The run has ended, or is just ending: no message reaches it."""


class RunNotReady(NoServer):
    """A step of the run was given back while it took the move in, such as when it goes on as a new run."""


class ServerAway(NoServer):
    """Temporal has not answered *since* then; *why* says so, and what became of the question."""

    def __init__(self, code: str, since: datetime) -> None:
        self.since, self.why = since, reason(code, since)
        super().__init__(speaker().say(self.why))


class WorkersSilent(NoWorker):
    """The server answers, and no worker does; *why* says what to do."""

    def __init__(self, why: Reason) -> None:
        super().__init__(speaker().say(why))
        self.why = why


def refusal_of(error: WorkflowUpdateFailedError) -> Exception:
    return error.cause if isinstance(error.cause, EscalationError) else EscalationError(str(error.cause))
