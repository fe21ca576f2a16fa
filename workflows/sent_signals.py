"""
SentSignals: the signals that a run sent to another one, so that the other one can check them.

A signal says nothing of its sender: whoever reaches Temporal can send it. So escalations and task forces remember the
fingerprints of what they sent each other lately, and whoever gets something asks the run that it must come from.
"""

import hashlib
from collections.abc import Iterable

from escalation import contract
from escalation.case.effects import SenderCheck
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import from_json, to_json
from workflows.look_ups import ask

_MOST = 100
"""Number of signals that are remembered; each is asked about within a minute."""


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
        """Fingerprints that a continued run gets."""
        return tuple(self._fingerprints)


def fingerprint_of(message: object) -> str:
    """Return one fingerprint for *message* as it was sent and as it is read."""
    read = from_json(type(message), to_json(message))
    return hashlib.sha256(to_json(read).encode()).hexdigest()[:32]


async def require_sent(by: str, message: object) -> None:
    """
    Raises:
        MoveNotAllowed: If the run *by* did not send *message*, or cannot say so.
    """
    refusal = f"{by} did not send it"
    is_theirs = await ask(
        contract.VERIFY_SENDER,
        SenderCheck(id=by, digest=fingerprint_of(message)),
        bool,
        summary="ask whether it was sent by whom it seems to be from",
        unanswered=refusal,
    )
    if not is_theirs:
        raise MoveNotAllowed(refusal)
