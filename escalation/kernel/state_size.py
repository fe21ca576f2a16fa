"""Refuse a change after which a state would be too large to be carried on."""

from collections.abc import Callable
from typing import TypeVar

from escalation.kernel.budgets import FULL_STATE, SMALL_CHANGE, STATE
from escalation.kernel.refusals import BadRequest, Fault

State = TypeVar("State")


def require_state_fits(what: str, before: State, after: State, size_of: Callable[[State], int]) -> None:
    """
    Raises:
        BadRequest: If *after* is too much to be carried on; a small change is let pass for longer than a large one.
    """
    if (size := size_of(after)) <= STATE:
        return
    known = size_of(before)
    if size > FULL_STATE or size - known >= SMALL_CHANGE:
        given = f"{size - known:,} bytes more than the {known:,} that it has"
        raise too_large(what, given, f"at most {STATE:,} bytes in all; use a shorter text")


def too_large(what: str, given: str, allowed: str) -> BadRequest:
    return BadRequest.because(what, (Fault(where="(whole)", given=given, allowed=allowed),))
