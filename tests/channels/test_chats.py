"""
Slack and Teams: what a letter looks like there, and what people's text cannot do.
"""

import json
from html import unescape
from typing import Any

import pytest

from channels.protocol import Delivered, RefusedForGood
from channels.slack import TEXT_LENGTH
from tests.channels.builders import a_letter, slack_to, teams_to
from tests.receiver import Receiver

LINK = "https://desk.example/a/1?t=x&y=2"
EVIL = "<!channel> <!here> @here <@U1> <https://evil.example|click> & <b>*b* _i_ ~s~ `c` >q</b>"
ESCAPED = (
    "&lt;!channel&gt; &lt;!here&gt; @here &lt;@U1&gt; &lt;https://evil.example|click&gt; &amp; "
    "&lt;b&gt;*b* _i_ ~s~ `c` &gt;q&lt;/b&gt;"
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def run(text: str, spacing: str = "default", **look: Any) -> dict[str, Any]:
    return {
        "type": "RichTextBlock",
        "spacing": spacing,
        "inlines": [{"type": "TextRun", "text": text, **look}],
    }


def card(receiver: Receiver) -> Any:
    return receiver.requests[0].json["attachments"][0]["content"]


async def test_letter_is_shown_in_slack(receiver: Receiver) -> None:
    """COMM-11: subject, text, a button, and for whom it is."""
    letter = a_letter(
        to_address="crm", urgent=True, reference="ACME/4711", link=LINK, link_label="Acknowledge"
    )

    outcome = await slack_to(receiver.url("/services/T/B/x")).send(letter)

    button = {"type": "button", "text": plain("Acknowledge"), "url": LINK}
    assert Delivered(reference=letter.key) == outcome
    assert "POST /services/T/B/x HTTP/1.1" == receiver.requests[0].line
    assert {
        "text": "ACME/4711: we are on it",
        "mrkdwn": False,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "header", "text": plain("❗ ACME/4711: we are on it")},
            {"type": "section", "text": plain("Dear Ana,\n\nwe are on it.")},
            {"type": "actions", "elements": [button]},
            {"type": "context", "elements": [plain("Ana Lima · ACME/4711")]},
        ],
    } == receiver.requests[0].json


async def test_customer_text_means_nothing_to_slack(receiver: Receiver) -> None:
    """COMM-6: mentions, links behind words, emphasis, line ends in subjects and bidi come out as text."""
    letter = a_letter(to_address="crm", subject=f"a\r\n{EVIL}\u202e", text=EVIL, to_name=EVIL)

    await slack_to(receiver.url()).send(letter)

    sent = receiver.requests[0]
    assert "<" not in sent.body.decode()
    assert "\u202e" not in sent.body.decode()
    assert "mrkdwn" not in json.dumps(sent.json["blocks"])
    assert (f"a {ESCAPED}", False) == (sent.json["text"], sent.json["mrkdwn"])
    assert plain(ESCAPED) == sent.json["blocks"][1]["text"]


@pytest.mark.parametrize("subject", ["&" * 200, "a" * 200, "<b>" * 20, "Wet & cold " * 12])
async def test_long_subject_is_what_slack_takes(receiver: Receiver, subject: str) -> None:
    """COMM-12: a header has at most 150 characters, escapes included, and none is cut in two."""
    await slack_to(receiver.url()).send(a_letter(to_address="crm", urgent=True, subject=subject))

    shown = receiver.requests[0].json["blocks"][0]["text"]["text"]
    assert len(shown) <= 150
    assert f"❗ {subject}".startswith(unescape(shown).removesuffix("…"))


@pytest.mark.parametrize("text", ["&" * 50_000, "word " * 10_000, "line\n" * 10_000, "ü" * 20_000, ""])
async def test_long_text_is_what_slack_takes(receiver: Receiver, text: str) -> None:
    """COMM-12: at most 50 blocks of 3,000 characters, no escape cut in two; nothing lost before the end that is
    marked."""
    await slack_to(receiver.url()).send(a_letter(to_address="crm", text=text))

    blocks = [block["text"]["text"] for block in receiver.requests[0].json["blocks"][1:-1]]
    shown = "".join(blocks).replace("&amp;", "&")
    assert len(blocks) < 48
    assert all(len(block) <= 3000 for block in blocks)
    assert len(shown) <= TEXT_LENGTH
    assert text.startswith(shown.removesuffix("…").rstrip())


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        ("404 Not Found", b"no_service", "it answered 404 Not Found (no_service)"),
        ("403 Forbidden", b"action_prohibited", "it answered 403 Forbidden (action_prohibited)"),
        ("400 Bad Request", b"<html>T0/B0/x</html>", "it answered 400 Bad Request"),
    ],
)
async def test_what_slack_says_is_passed_on(receiver: Receiver, status: str, body: bytes, why: str) -> None:
    """COMM-13: its codes tell what to mend; anything else could hold a secret."""
    receiver.answers(status, body=body)

    assert RefusedForGood(why=why) == await slack_to(receiver.url()).send(a_letter(to_address="crm"))


async def test_letter_is_shown_in_teams(receiver: Receiver) -> None:
    """COMM-11: a card, in text runs alone."""
    receiver.answers("202 Accepted")
    letter = a_letter(
        to_address="crm", urgent=True, reference="ACME/4711", link=LINK, link_label="Acknowledge"
    )

    outcome = await teams_to(receiver.url()).send(letter)

    assert Delivered(reference=letter.key) == outcome
    assert "message" == receiver.requests[0].json["type"]
    assert (
        "application/vnd.microsoft.card.adaptive"
        == receiver.requests[0].json["attachments"][0]["contentType"]
    )
    assert {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": "ACME/4711: we are on it",
        "msteams": {"width": "Full"},
        "body": [
            run("ACME/4711: we are on it", size="large", weight="bolder", color="attention"),
            run("Dear Ana,"),
            run("we are on it."),
            run("Ana Lima · ACME/4711", size="small", isSubtle=True),
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Acknowledge", "url": LINK}],
    } == card(receiver)


async def test_customer_text_means_nothing_to_teams(receiver: Receiver) -> None:
    """COMM-6: Markdown, mentions and functions stand in runs, which show them as they are."""
    evil = "[click](https://evil.example) **b** _i_ ~s~ `c` <at>all</at> {{DATE(2026-01-01T00:00:00Z)}} ${x}"

    await teams_to(receiver.url()).send(
        a_letter(to_address="crm", subject=f"a\n{evil}\u202e", text=f"{evil}\nb")
    )

    assert "TextBlock" not in json.dumps(card(receiver)).replace("RichTextBlock", "")
    assert [f"a {evil}", evil, "b", "Ana Lima"] == [
        block["inlines"][0]["text"] for block in card(receiver)["body"]
    ]
    assert "none" == card(receiver)["body"][2]["spacing"]  # the next line, not the next paragraph


@pytest.mark.parametrize("text", ["界" * 50_000, "\n".join("界" * 60 for _ in range(500)), "x\n" * 5000])
async def test_long_text_is_what_teams_takes(receiver: Receiver, text: str) -> None:
    """COMM-12: at most 28 KB in all; the cut is marked."""
    await teams_to(receiver.url()).send(a_letter(to_address="crm", text=text))

    assert len(receiver.requests[0].body) < 28_000
    assert "…" in card(receiver)["body"][-2]["inlines"][0]["text"]
