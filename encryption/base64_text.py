"""
Bytes as text: base64 of the alphabet for URLs, without padding, as keys and what they encrypt are written.
"""

import base64


def to_text(data: bytes) -> str:
    """Return *data* as text."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """
    Return what `to_text` wrote.

    Raises:
        ValueError: If *text* is no base64.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
