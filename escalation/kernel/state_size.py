"""Refuse a change after which a state would be too large to be carried on."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from escalation.kernel.budgets import FULL_STATE, SMALL_CHANGE, STATE
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import BadRequest, Fault

State = TypeVar("State")


def require_state_fits(
    subject: str, move: StrEnum, before: State, after: State, size_of: Callable[[State], int]
) -> None:
    """
    Raises:
        BadRequest: If *after* is too much to be carried on; a small change is let pass for longer than a large one.
    """
    if (size := size_of(after)) <= STATE:
        return
    known = size_of(before)
    if size > FULL_STATE or size - known >= SMALL_CHANGE:
        what, given = (
            reason("refused.subject", subject, move),
            reason("given.bytes_more", size - known, known),
        )
        raise too_large(what, given, reason("allowed.state_size", STATE))


def too_large(what: Part, given: Part, allowed: Part) -> BadRequest:
    return BadRequest.because(what, (Fault(given=given, allowed=allowed),))
