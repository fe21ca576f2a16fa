"""
Proof of who acts (IDENTITY-3): the message that it is for, and the door that a move came in by.

Owns what is said, not how it is signed or checked: that is done outside, where the keys are.
"""

import hashlib
import json
from collections.abc import Iterable

from escalation.kernel.values import Instant, frozen


@frozen
class Door:
    """A way that moves come in by, and the key of whoever vouches for one."""

    name: str
    key: str = ""


@frozen
class Message:
    """The one message that a proof is for."""

    run: str
    """Id of the workflow that it is sent to."""
    name: str
    """The move, as the update or signal is called."""
    id: str
    """Id of the update; of a signal, which has none, that of its proof."""
    digest: str
    """Of the arguments."""
    mover: str = ""
    """The person who makes the move, as the arguments say; empty, if they do not."""


@frozen
class Proof:
    """The words that vouch for a message, in a header of Temporal's."""

    door: Door
    message: str
    """Id of the message."""
    token: str
    """The signed text, which says all of this again."""


@frozen
class Verdict:
    """The answer to a ``ProofCheck``: the door, if somebody vouches for the message."""

    door: Door | None = None


@frozen
class ProofCheck:
    """The question whether a message is proven."""

    message: Message
    proof: Proof | None
    at: Instant
    is_used: bool = False
    """True if the run has followed the message of this proof before, and will refuse it."""


def digest_of(arguments: Iterable[bytes]) -> str:
    """Return the digest of what is sent; each argument is counted, so that none can end as another begins."""
    found = hashlib.sha256()
    for argument in arguments:
        found.update(b"%d:" % len(argument) + argument)
    return found.hexdigest()


def mover_of(arguments: Iterable[bytes]) -> str:
    """Return who makes a move or submits a start, as the first of its JSON *arguments* says; empty, if it does not."""
    try:
        said = json.loads(next(iter(arguments), b"null"))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    start = said.get("request")
    mover = said.get("by") or (start.get("submitted_by") if isinstance(start, dict) else None)
    return mover if isinstance(mover, str) else ""
