"""
Standard Webhooks, the receiving side: whether a body was signed by somebody who has one of our secrets, just now.

Knows nothing of what the body says. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from channels.webhook import make_signatures
from runtime.senders import Sender

TOLERANCE = timedelta(minutes=5)


class NotSigned(Exception):
    """Not signed by anybody we know, or too long ago. Says why, for whoever sent it."""


def sender_of(headers: Mapping[str, str], body: bytes, senders: Sequence[Sender], now: datetime) -> Sender:
    """
    Who signed *body*, around *now*, as *headers* say.

    Raises:
        NotSigned: If none of *senders* did.
    """
    message, sent, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (message and sent and given):
        raise NotSigned("the headers webhook-id, webhook-timestamp and webhook-signature are needed")
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 12:
        raise NotSigned("webhook-timestamp must be seconds since 1970")
    if abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise NotSigned("webhook-timestamp is more than 5 minutes from now")
    theirs = [signature.encode() for signature in given.split()]
    for sender in senders:
        keys = [key.get_secret_value() for key in sender.keys]
        ours = [signature.encode() for signature in make_signatures(keys, message, int(sent), body)]
        if any(hmac.compare_digest(our, their) for our in ours for their in theirs):
            return sender
    raise NotSigned("no signature fits")
