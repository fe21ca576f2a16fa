"""
Apprise: its generic JSON service stands for the others, to a real server.
"""

import asyncio
import io
import logging
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from channels.apprise import AppriseChannel
from channels.escaped_markup import escape_markup
from channels.protocol import Delivered, RefusedForGood, RetryLater
from tests.channels.builders import a_letter, apprise_to
from tests.receiver import Receiver

SECRET = "sekret-7f3a"
TO_CRM = a_letter(to_address="crm")


def to(receiver: Receiver, path: str = "hook", seconds: float = 5.0) -> AppriseChannel:
    return apprise_to(f"json://127.0.0.1:{receiver.port}/{path}", seconds=seconds)


async def test_letter_arrives_as_text(receiver: Receiver) -> None:
    """COMM-11: subject, text and link; urgent ones as warnings."""
    letter = a_letter(to_address="crm", urgent=True, link="https://desk.example/a", link_label="Acknowledge")

    outcome = await to(receiver).send(letter)

    sent = receiver.requests[0].json
    assert Delivered(reference=letter.key) == outcome
    assert "ACME/4711: we are on it" == sent["title"]
    assert "Dear Ana,\n\nwe are on it.\n\nAcknowledge: https://desk.example/a" == sent["message"].rstrip()
    assert "warning" == sent["type"]


async def test_customer_text_is_text(receiver: Receiver) -> None:
    """COMM-6: no escapes are read, no line is added to the title, nothing harmful leaves."""
    await to(receiver).send(
        a_letter(to_address="crm", subject="a\nb\u202e", text="<b>x</b> \\n {{ 1 }}\x1b[2J")
    )

    sent = receiver.requests[0].json
    assert ("a b", "<\u200ab>x<\u200a/b> \\n {{ 1 }}[2J") == (sent["title"], sent["message"])


MARKED = """# Refund
**urgent** __now__ ~~no~~ ||hidden|| `code` ***all***
---
> quoted
[your invoice](https://evil.example) ![p](https://evil.example/p.png) <https://evil.example>
<@123> <!channel> @everyone @here www.evil.example mailto:eve@evil.example https://evil.example
```
snake_case_name
```"""
LIVE = re.compile(r"<(?!/?p>|br)", re.IGNORECASE)
CALLS = ("@everyone", "@here", "<@", "<!", "://evil", "www.evil", "](", "**", "||", "`")


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("mmost://127.0.0.1:{}/" + 20 * "a", "text"),
        ("ntfy://127.0.0.1:{}/alarm", "message"),
        ("gotify://127.0.0.1:{}/token", "message"),
        ("json://127.0.0.1:{}/hook", "message"),
    ],
)
async def test_customer_text_calls_nobody_and_links_nowhere(receiver: Receiver, url: str, field: str) -> None:
    """COMM-6: what a customer wrote as markup is shown as it was written; our own link is live."""
    letter = a_letter(
        to_address="crm", subject="@everyone **now**", text=MARKED, link="https://desk.example/a_b"
    )

    await apprise_to(url.format(receiver.port)).send(letter)

    whole = str(receiver.requests[0].json)
    said = str(receiver.requests[0].json[field])
    customers, _, ours = said.rpartition("\n\n")
    assert [] == [mark for mark in CALLS if mark in whole]
    assert "https://desk.example/a_b" in ours
    assert not LIVE.search(MarkdownIt("commonmark").render(customers))
    assert "snake_case_name" in customers


@example(":\n-")
@example("- # a")
@example("1) - > a")
@given(st.text(alphabet="*_~`|[]()<>!@#:/=- \nabw.", max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    """COMM-6: whatever combination is tried, Markdown makes paragraphs of it, or a list, and nothing else."""
    shown = MarkdownIt("commonmark").enable("strikethrough").render(escape_markup(text))

    assert not re.search(r"<(a|em|strong|s|code|img|h[1-6]|blockquote) *[ >]", shown)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("404 Not Found", RefusedForGood(why="it answered 404 Not Found")),
        ("401 Unauthorized", RefusedForGood(why="it answered 401 Unauthorized")),
        ("429 Too Many Requests", RetryLater(why="it answered 429 Too Many Requests")),
        ("503 Busy", RetryLater(why="it answered 503 Service Unavailable")),
    ],
)
async def test_status_that_the_service_names_decides(
    receiver: Receiver, status: str, outcome: RetryLater | RefusedForGood
) -> None:
    """COMM-13: a bad token moves on to the next channel, trouble at the service does not."""
    receiver.answers(status)

    assert outcome == await to(receiver).send(TO_CRM)


async def test_service_that_is_not_there_is_tried_again(receiver: Receiver) -> None:
    """COMM-13: no connection says nothing of the letter."""
    receiver.hangs_up()

    assert RetryLater(why="the service could not be reached, or did not take it") == await to(receiver).send(
        TO_CRM
    )


async def test_service_that_is_silent_holds_up_nobody(receiver: Receiver) -> None:
    """COMM-13: it blocks a thread for a while, never the loop."""
    receiver.falls_silent()
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    outcome = await to(receiver, seconds=0.5).send(TO_CRM)
    ticking.cancel()

    assert RetryLater(why="no answer within 0.5 s, it may have arrived") == outcome
    assert ticks > 5


@pytest.mark.parametrize("url", ["nothing://x/y", "tgram://", "json://", "slack://T1JJ3T3L2/"])
async def test_what_apprise_does_not_understand_is_a_permanent_failure(url: str) -> None:
    """COMM-13: it will not understand it later either."""
    assert RefusedForGood(why="what is set up is no URL that Apprise understands") == await apprise_to(
        url
    ).send(TO_CRM)


async def test_target_that_is_not_set_up_names_what_would() -> None:
    """COMM-13: as on every channel of named targets."""
    outcome = await apprise_to("json://127.0.0.1/").send(a_letter(to_address="sms"))

    assert RefusedForGood(why="sms is not set up: set ESCALATION_HOOK_SMS") == outcome


async def test_no_secret_gets_out(
    receiver: Receiver, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """COMM-11: what Apprise and the libraries under it would log is kept in."""
    logging.getLogger("tests").debug("logged")
    channel = to(receiver, SECRET)
    said: list[object] = [channel, vars(channel)]
    for status in ("404 Not Found", "503 Busy", "200 OK"):
        receiver.answers(status, times=1, body=SECRET.encode())
        said.append(await channel.send(TO_CRM))
    receiver.hangs_up()
    said.append(await channel.send(TO_CRM))
    said.append(await apprise_to(f"json://{SECRET}.invalid/").send(TO_CRM))
    said.append(await apprise_to(f"nothing://{SECRET}/").send(TO_CRM))

    assert "logged" in logged.getvalue()
    assert all(SECRET in request.line for request in receiver.requests)
    assert SECRET not in f"{said!r} {logged.getvalue()} {capfd.readouterr()}"
