"""
Microsoft Teams, by the webhook of a Workflow ("Post to a channel when a webhook request is received").

Owns how a message looks there. Must not know connections: those are `channels.http_channel`'s.
"""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from channels.http_channel import HttpChannel, Post
from channels.protocol import OutboundMessage
from escalation.kernel.characters import ELLIPSIS, clip
from messages.harmless_text import to_one_line, to_plain_lines

# All text is in text runs, which Teams shows as they are: Markdown, mentions and `{{DATE()}}` mean nothing there (in a
# text block they would), so that there is nothing to escape. A run keeps no line ends: each line is a block of its own.

SUBJECT_LENGTH = 150
LINES, TEXT_LENGTH = 80, 5000
"""Teams takes 28 KB in all, formatting included; what is longer is for e-mail."""

_BUTTON_LENGTH = 75
_NAME_LENGTH = 200


class TeamsChannel(HttpChannel[SecretStr]):
    """Posts each message as a card to the channel or chat that a workflow belongs to."""

    name = "teams"

    def compose(self, message: OutboundMessage, endpoint: SecretStr) -> Post:
        """One message with one Adaptive Card."""
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": _card(message),
        }
        payload = {"type": "message", "attachments": [attachment]}
        return Post(
            endpoint.get_secret_value(),
            json.dumps(payload, ensure_ascii=False).encode(),
            reference=message.key,
        )


def _card(message: OutboundMessage) -> dict[str, Any]:
    subject = to_one_line(message.subject, at_most=SUBJECT_LENGTH)
    colour = {"color": "attention"} if message.urgent else {}
    whom = to_one_line(" · ".join(filter(None, (message.to_name, message.reference))), at_most=_NAME_LENGTH)
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": subject,
        "msteams": {"width": "Full"},
        "body": [
            _block(subject, size="large", weight="bolder", **colour),
            *_lines(message.text),
            *([_block(whom, size="small", isSubtle=True)] if whom else []),
        ],
        "actions": list(_buttons(message)),
    }


def _lines(text: str) -> Iterator[dict[str, Any]]:
    """A block for each line; an empty line is the space before the next one."""
    # A limit on lines and one on characters, since each block costs Teams some 100 bytes of its own.
    left, spacing = TEXT_LENGTH, "default"
    lines = to_plain_lines(text).strip("\n").split("\n")
    for number, line in enumerate(lines):
        if number == LINES or left <= 0:
            yield _block(ELLIPSIS)
            return
        if line.strip():
            shown = clip(line, left)
            yield _block(shown, spacing=spacing)
            left -= len(shown)
        spacing = "none" if line.strip() else "default"


def _buttons(message: OutboundMessage) -> Iterator[dict[str, Any]]:
    if message.link:
        label = to_one_line(message.link_label, at_most=_BUTTON_LENGTH)
        yield {"type": "Action.OpenUrl", "title": label, "url": message.link}


def _block(text: str, *, spacing: str = "default", **run: Any) -> dict[str, Any]:
    return {
        "type": "RichTextBlock",
        "spacing": spacing,
        "inlines": [{"type": "TextRun", "text": text, **run}],
    }
