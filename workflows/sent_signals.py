"""
SentSignals: what a run has sent to another one, so that the other can ask whether it really did.

A signal says nothing of its sender: whoever reaches Temporal can send it. So escalations and task forces remember the
fingerprints of what they sent each other lately, and whoever gets something asks the run that it must come from.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case.effects import SenderCheck
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import from_json, to_json

_MOST = 100
"""Of the latest messages; each is asked about within a minute."""
_A_TRY, _ALL_TRIES = timedelta(seconds=20), timedelta(minutes=1)


class SentSignals:
    """The fingerprints of what was sent, the oldest first."""

    def __init__(self, kept: Iterable[str] = ()) -> None:
        self._fingerprints = dict.fromkeys(kept)

    def note(self, sent: object) -> None:
        self._fingerprints[fingerprint_of(sent)] = None
        self._fingerprints = dict.fromkeys(tuple(self._fingerprints)[-_MOST:])

    def has(self, fingerprint: str) -> bool:
        return fingerprint in self._fingerprints

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """What a continued run is given."""
        return tuple(self._fingerprints)


def fingerprint_of(message: object) -> str:
    """Return the same for what was sent, and for what was read from that."""
    read = from_json(type(message), to_json(message))
    return hashlib.sha256(to_json(read).encode()).hexdigest()[:32]


async def require_sent(by: str, message: object) -> None:
    """
    Raises:
        MoveNotAllowed: If the run *by* did not send *message*, or cannot say so.
    """
    try:
        is_theirs: bool = await workflow.execute_activity(
            contract.VERIFY_SENDER,
            SenderCheck(id=by, digest=fingerprint_of(message)),
            result_type=bool,
            start_to_close_timeout=_A_TRY,
            schedule_to_close_timeout=_ALL_TRIES,
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200)),
            summary="ask whether it was sent by whom it seems to be from",
        )
    except ActivityError:
        is_theirs = False
    if not is_theirs:
        raise MoveNotAllowed(f"{by} did not send it")
