"""
The token of a root cause that was erased: a digest of the form that all of one meaning share, so that equal ones are
still counted together. Somebody can find that they guessed a cause right, and read none.
"""

from hashlib import sha256

_ERASED = "erased:"


def is_erased(same: str) -> bool:
    return same.startswith(_ERASED)


def cause_token(same: str) -> str:
    """Return the digest that stands for a cause, erased or not."""
    return same if is_erased(same) else _ERASED + sha256(same.encode()).hexdigest()[:32]
