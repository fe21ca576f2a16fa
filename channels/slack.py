"""
Slack, by incoming webhook.

Owns how a message looks there, and what Slack's refusals say. Must not know connections: `channels.http_channel`
does.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from channels.http_channel import Answer, HttpChannel, Post
from channels.protocol import OutboundMessage
from escalation.kernel.characters import clip, pieces
from messages.harmless_text import to_one_line, to_plain_lines

# All text is `plain_text`, which Slack shows as it is: emphasis (`*`, `_`, `~`, backticks), quotes and addresses mean
# nothing there, and they could not be escaped elsewhere. `&`, `<` and `>` are escaped all the same, so that it calls
# nobody (`<!channel>`) and hides no address behind a word, whoever reads it. Links are buttons.

SUBJECT_LENGTH = 150
TEXT_LENGTH = 12_000
"""Slack takes 50 blocks; what is longer is for e-mail."""

_BLOCK_LENGTH = 3000
_PIECE_LENGTH = _BLOCK_LENGTH // len("&amp;")
_HEADER_LENGTH = 150
_BUTTON_LENGTH = 75
_NAME_LENGTH = 200
_CODE = re.compile(rb"[a-z_]{1,60}")


class SlackChannel(HttpChannel[SecretStr]):
    """Posts each message to the conversation that a webhook belongs to."""

    name = "slack"

    def compose(self, message: OutboundMessage, endpoint: SecretStr) -> Post:
        """In blocks; `text` is what a notification shows."""
        payload = {
            "text": escape_slack(to_one_line(message.subject, at_most=SUBJECT_LENGTH)),
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "blocks": list(_blocks(message)),
        }
        return Post(
            endpoint.get_secret_value(),
            json.dumps(payload, ensure_ascii=False).encode(),
            reference=message.key,
        )

    def explain(self, answer: Answer) -> str:
        """Slack says `no_service`, `channel_is_archived` and the like."""
        return answer.body.decode() if _CODE.fullmatch(answer.body) else ""


def escape_slack(text: str) -> str:
    """*text* without a meaning of its own to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(message: OutboundMessage) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": _plain(_headline(message))}
    for part in _parts(text_object(message.text, at_most=TEXT_LENGTH)):
        yield {"type": "section", "text": _plain(part)}
    if message.link:
        label = to_one_line(message.link_label, at_most=_BUTTON_LENGTH)
        button = {"type": "button", "text": _plain(escape_slack(label)), "url": message.link}
        yield {"type": "actions", "elements": [button]}
    whom = " · ".join(filter(None, (message.to_name, message.reference)))
    if whom:
        shown = escape_slack(to_one_line(whom, at_most=_NAME_LENGTH))
        yield {"type": "context", "elements": [_plain(shown)]}


def _headline(message: OutboundMessage) -> str:
    """The subject, with a mark if it is urgent; what escaping adds counts too in what a header takes."""
    subject = f"{'❗ ' if message.urgent else ''}{message.subject}"
    added = len(escape_slack(subject)) - len(subject)
    return escape_slack(
        to_one_line(subject, at_most=max(_HEADER_LENGTH - added, _HEADER_LENGTH // len("&amp;")))
    )


def text_object(text: str, *, at_most: int) -> str:
    """*text*, harmless, clipped to *at_most* characters."""
    return clip(to_plain_lines(text).strip("\n"), at_most)


def _parts(text: str) -> Iterator[str]:
    """*text* escaped, in parts that a block takes, cut between lines where that is possible."""
    # A line longer than a block is cut into pieces that still fit when every character is escaped as `&amp;`.
    part = ""
    for line in text.splitlines(keepends=True):
        for piece in map(escape_slack, pieces(line, _PIECE_LENGTH)):
            if len(part) + len(piece) > _BLOCK_LENGTH:
                yield part
                part = ""
            part += piece
    if part.strip():
        yield part


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
