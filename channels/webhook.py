"""
Signed webhooks, as the Standard Webhooks specification has them (https://www.standardwebhooks.com).

Owns the body and its signature. Must not know connections, nor what answers mean: those are
`channels.http_channel`'s.

The body, in UTF-8, the same on every attempt at a message:

    {
      "type": "escalation.case_received",             what occasioned it; "escalation.message", if that is not known
      "timestamp": "2026-11-20T09:00:00+00:00", when it was written; null, if that is not known
      "data": {
        "key": "…:case_received:…:webhook",           the message's own key: drop what you have had (COMM-12)
        "escalation": "ACME/4711",              as people name it
        "thread": "ACME/4711@2026-11-20T09:00:00Z",  this escalation and no later one of the same name
        "occasion": "case_received",
        "urgent": false,
        "language": "en",
        "recipient": {"name": "Rita Reyes", "endpoint": "crm"},
        "subject": "…", "text": "…", "html": null,
        "link": {"url": "https://…", "label": "Open"}   or null
      }
    }

A receiver ignores what it does not know: more may be added.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from standardwebhooks import Webhook

from channels.http_channel import HttpChannel, Post
from channels.protocol import OutboundMessage
from messages.harmless_text import to_one_line, to_plain_lines

SUBJECT_LENGTH = 500
_NAME_LENGTH = 200


@dataclass(frozen=True)
class WebhookEndpoint:
    """
    Address to post to, and keys to sign with: one key, or while it is changed the new one and the old one.

    Keys are written as Standard Webhooks does: whsec_ and base64.
    """

    url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)


class WebhookChannel(HttpChannel[WebhookEndpoint]):
    """Posts each message as signed JSON."""

    name = "webhook"

    def compose(self, message: OutboundMessage, target: WebhookEndpoint) -> Post:
        """Signed at this moment: the signature of a later attempt is another one, under the same id."""
        id_ = webhook_id(message.key)
        at = datetime.now(UTC)
        body = json.dumps(make_content(message), ensure_ascii=False, separators=(",", ":"))
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            # one signature for each key: a receiver that knows any of them takes the message
            "webhook-signature": " ".join(Webhook(key).sign(id_, at, body) for key in target.keys),
            "Idempotency-Key": id_,
        }
        return Post(target.url, body.encode(), reference=id_, headers=headers)


def webhook_id(key: str) -> str:
    """The message's key, percent-encoded: what is signed must hold no full stop, and a header only ASCII."""
    return quote(key, safe=":@/").replace(".", "%2E")


def make_content(message: OutboundMessage) -> dict[str, Any]:
    """Return what the body says."""
    link = {"url": message.link, "label": message.link_label} if message.link else None
    return {
        "type": f"escalation.{message.occasion or 'message'}",
        "timestamp": message.written_at.isoformat() if message.written_at else None,
        "data": {
            "key": message.key,
            "escalation": message.reference,
            "thread": message.thread,
            "occasion": message.occasion,
            "urgent": message.urgent,
            "language": message.language,
            "recipient": {
                "name": to_one_line(message.to_name, at_most=_NAME_LENGTH),
                "endpoint": message.to_address,
            },
            "subject": to_one_line(message.subject, at_most=SUBJECT_LENGTH),
            "text": to_plain_lines(message.text),
            "html": None if message.html is None else to_plain_lines(message.html),
            "link": link,
        },
    }
