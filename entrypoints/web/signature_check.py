"""
Standard Webhooks, the receiving side: whether a body was signed just now by somebody who has one of our secrets.

It must not know what the body says. The library checks the time (5 minutes either way) and compares in constant time.
"""

from collections.abc import Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

from runtime.named_settings import Sender


class NotSigned(Exception):
    """Nobody we know signed this, or too long ago. The message says why, for whoever sent it."""


def sender_of(headers: Mapping[str, str], body: bytes, senders: Sequence[Sender]) -> Sender:
    """
    Return the sender that signed *body*, as *headers* say.

    Raises:
        NotSigned: If none of *senders* did.
    """
    why = "no sender is set up"
    for sender in senders:
        for key in sender.keys:
            try:
                Webhook(key).verify(body, dict(headers), json_parse=False)
            except (
                WebhookVerificationError,
                ValueError,
            ) as error:  # ValueError: what is no signature, or no text
                why = str(error)
            else:
                return sender
    raise NotSigned(
        f"{why}; webhook-id, webhook-timestamp and webhook-signature must be those of Standard Webhooks"
    )
