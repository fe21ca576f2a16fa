"""Refuse a change after which a state would be too large to be carried on."""

from escalation.kernel.budgets import FULL_STATE, SMALL_CHANGE, STATE
from escalation.kernel.refusals import BadRequest, Fault


def require_state_fits(what: str, before: int, after: int) -> None:
    """
    Raises:
        BadRequest: If a state of *before* bytes would have *after*, and that is too much to be carried on.
    """
    more = after - before
    if after > FULL_STATE or (after > STATE and more >= SMALL_CHANGE):
        given = f"{more:,} bytes more than the {before:,} that it has"
        raise too_large(what, given, f"at most {STATE:,} bytes in all; use a shorter text")


def too_large(what: str, given: str, allowed: str) -> BadRequest:
    return BadRequest.because(what, (Fault(where="(whole)", given=given, allowed=allowed),))
