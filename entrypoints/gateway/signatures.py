"""
Standard Webhooks, the receiving side: whether a body was signed by somebody who has one of our secrets, just now.

Knows nothing of what the body says. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_VERSION = "v1"


class NotSigned(Exception):
    """Not signed by anybody we know, or too long ago. Says why, for whoever sent it."""


def verify(headers: Mapping[str, str], body: bytes, keys: Sequence[bytes], now: datetime) -> None:
    """
    Raises:
        NotSigned: Unless one of the signatures in *headers* is that of *body* with one of *keys*, made around *now*.
    """
    message, sent, signatures = (
        headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (message and sent and signatures):
        raise NotSigned("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 12:
        raise NotSigned("webhook-timestamp must be seconds since 1970")
    if abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise NotSigned("webhook-timestamp is more than 5 minutes from now")
    given = [signature.encode() for signature in signatures.split()]
    if not any(hmac.compare_digest(sign(message, sent, body, key), one) for key in keys for one in given):
        raise NotSigned("no signature fits")


def sign(message: str, sent: str, body: bytes, key: bytes) -> bytes:
    """The signature of *body*, as it stands in the header."""
    digest = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    return f"{_VERSION},{base64.b64encode(digest).decode()}".encode()
