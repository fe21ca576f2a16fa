"""
Slack, by incoming webhook.

Owns how a letter looks there, and what Slack's refusals say. Must not know connections: those are `channels.posting`'s.

Whatever people wrote is escaped (`&`, `<`, `>`) and sent as it is (`verbatim`, no `link_names`), so that it calls
nobody (`<!channel>`, `@here`) and hides no address behind a word. Emphasis (`*`, `_`) cannot be escaped in Slack, and
stays.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from channels.harmless import many_lines, one_line
from channels.posting import Answer, Post, PostingChannel
from channels.protocol import Letter

SUBJECT_LENGTH = 150
TEXT_LENGTH = 12_000
"""Slack takes 50 blocks; what is longer is for e-mail."""

_BLOCK_LENGTH = 3000
_PIECE_LENGTH = _BLOCK_LENGTH // len("&amp;")
_BUTTON_LENGTH = 75
_NAME_LENGTH = 200
_CODE = re.compile(rb"[a-z_]{1,60}")


class SlackChannel(PostingChannel[SecretStr]):
    """
    Posts each letter to the conversation that a webhook belongs to.
    """

    name = "slack"

    def composed(self, letter: Letter, target: SecretStr) -> Post:
        """
        In blocks; `text` is what a notification shows.
        """
        message = {
            "text": escaped(one_line(letter.subject, at_most=SUBJECT_LENGTH)),
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "blocks": list(_blocks(letter)),
        }
        return Post(
            target.get_secret_value(), json.dumps(message, ensure_ascii=False).encode(), reference=letter.key
        )

    def words_for(self, answer: Answer) -> str:
        """
        Slack says `no_service`, `channel_is_archived` and the like.
        """
        return answer.body.decode() if _CODE.fullmatch(answer.body) else ""


def escaped(text: str) -> str:
    """
    *text* without a meaning of its own to Slack.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(letter: Letter) -> Iterator[dict[str, Any]]:
    subject = escaped(one_line(letter.subject, at_most=SUBJECT_LENGTH))
    yield _section(f"{'❗ ' if letter.urgent else ''}*{subject}*")
    yield from (_section(part) for part in _parts(one_text(letter.text, at_most=TEXT_LENGTH)))
    if letter.link:
        label = one_line(letter.link_label, at_most=_BUTTON_LENGTH)
        text = {"type": "plain_text", "text": label, "emoji": False}
        yield {"type": "actions", "elements": [{"type": "button", "text": text, "url": letter.link}]}
    whom = " · ".join(filter(None, (letter.to_name, letter.reference)))
    if whom:
        shown = escaped(one_line(whom, at_most=_NAME_LENGTH))
        yield {"type": "context", "elements": [_mrkdwn(shown)]}


def one_text(text: str, *, at_most: int) -> str:
    """
    *text*, harmless, clipped to *at_most* characters.
    """
    whole = many_lines(text).strip("\n")
    return whole if len(whole) <= at_most else f"{whole[: at_most - 1].rstrip()}…"


def _parts(text: str) -> Iterator[str]:
    """
    *text* escaped, in parts that a block takes, cut between lines where that is possible.
    """
    part = ""
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), _PIECE_LENGTH):
            piece = escaped(line[start : start + _PIECE_LENGTH])
            if len(part) + len(piece) > _BLOCK_LENGTH:
                yield part
                part = ""
            part += piece
    if part.strip():
        yield part


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
