"""
Common behaviour of channels that post messages: the exchange over real connections, and the meaning of each
answer.
"""

import asyncio
import io
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from channels.http_channel import AT_ONCE, Answer, HttpChannel, judge_response
from channels.protocol import Delivered, RefusedForGood, RetryLater
from tests.channels.builders import a_letter, a_network, slack_to, teams_to, webhook_to
from tests.receiver import Receiver

CERTIFICATE = Path(__file__).parent / "loopback.pem"
SECRET = "sekret-7f3a"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TO_CRM = a_letter(to_address="crm")


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
async def test_any_success_is_delivered(receiver: Receiver, status: str) -> None:
    """COMM-12: Teams says 202, others 204: the receiver has taken the letter over."""
    receiver.answers(status)

    outcome = await webhook_to(receiver.url()).send(TO_CRM)

    assert isinstance(outcome, Delivered)
    assert 1 == len(receiver.requests)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("408 Request Timeout", "it answered 408 Request Timeout"),
        ("409 Conflict", "it answered 409 Conflict"),  # the same key is being worked on
        ("425 Too Early", "it answered 425 Too Early"),
        ("429 Too Many Requests", "it answered 429 Too Many Requests"),
        ("500 Oh", "it answered 500 Internal Server Error"),
        ("503 Busy", "it answered 503 Service Unavailable"),
        ("599 Whatever", "it answered 599"),  # no such status is known
    ],
)
async def test_what_may_pass_is_tried_again(receiver: Receiver, status: str, why: str) -> None:
    """COMM-13: a temporary failure is retried."""
    receiver.answers(status)

    assert RetryLater(why=why) == await webhook_to(receiver.url()).send(TO_CRM)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("400 Bad Request", "it answered 400 Bad Request"),
        ("401 Unauthorized", "it answered 401 Unauthorized"),
        ("403 Forbidden", "it answered 403 Forbidden"),
        ("404 Not Found", "it answered 404 Not Found"),
        ("410 Gone", "it answered 410 Gone: the receiver wants no more messages there"),
        ("413 Too Large", "it answered 413 Request Entity Too Large"),
        ("499 Whatever", "it answered 499"),
    ],
)
async def test_what_will_not_pass_moves_on_to_the_next_channel(
    receiver: Receiver, status: str, why: str
) -> None:
    """COMM-13: a permanent failure says why, and is not tried again."""
    receiver.answers(status, retry_after="5")

    assert RefusedForGood(why=why) == await webhook_to(receiver.url()).send(TO_CRM)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent"])
async def test_redirect_is_not_followed(receiver: Receiver, status: str) -> None:
    """COMM-11: a letter goes where it was sent: its text and its signature are not for whoever answers there."""
    async with Receiver() as elsewhere:
        receiver.answers(status, location=elsewhere.url())

        outcome = await webhook_to(receiver.url()).send(TO_CRM)

        assert isinstance(outcome, RefusedForGood)
        assert outcome.why.endswith("redirects are not followed: set up the address that it leads to")
        assert [] == elsewhere.requests


@pytest.mark.parametrize(
    ("retry_after", "after"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta()),
        ("999999999999999999999999", timedelta(hours=1)),  # capped
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), timedelta(seconds=90)),
        ("Fri, 20 Nov 2026 09:01:30 -0000", timedelta(seconds=90)),  # a date without a zone is in UTC
        (format_datetime(NOW - timedelta(days=1), usegmt=True), timedelta()),  # over already
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(hours=1)),  # capped
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٧", None),  # a digit elsewhere, not in HTTP
    ],
)
def test_wait_that_is_asked_for_is_kept_within_reason(retry_after: str, after: timedelta | None) -> None:
    """COMM-13: back-off is the receiver's to ask for, in seconds or as a date, up to an hour."""
    outcome = judge_response(Answer(429, retry_after, b""), NOW)

    assert RetryLater(why="it answered 429 Too Many Requests", after=after) == outcome


async def test_wait_is_read_from_the_answer(receiver: Receiver) -> None:
    """COMM-13: whatever the case in which the header is written."""
    receiver.answers("503 Busy", retry_after=" 12 ")

    outcome = await webhook_to(receiver.url()).send(TO_CRM)

    assert RetryLater(why="it answered 503 Service Unavailable", after=timedelta(seconds=12)) == outcome


async def test_silent_receiver_is_not_waited_for_forever(receiver: Receiver) -> None:
    """COMM-13: no answer is a temporary failure; the letter may have arrived, and its key says so the next time."""
    receiver.falls_silent()

    outcome = await webhook_to(receiver.url(), network=a_network(seconds=0.2)).send(TO_CRM)

    assert RetryLater(why="no answer within 0.2 s, it may have arrived") == outcome


async def test_receiver_that_hangs_up_is_tried_again(receiver: Receiver) -> None:
    """COMM-13: so is a lost connection."""
    receiver.hangs_up()

    outcome = await webhook_to(receiver.url()).send(TO_CRM)

    assert RetryLater(why="the connection was lost before an answer, it may have arrived") == outcome


async def test_receiver_that_is_not_there_is_tried_again() -> None:
    """COMM-13: so is one that nobody reaches, and a name that nobody knows."""
    async with Receiver() as receiver:
        url = receiver.url()

    assert RetryLater(why="it cannot be reached") == await webhook_to(url).send(TO_CRM)
    assert RetryLater(why="it cannot be reached") == await webhook_to("https://nobody.invalid/").send(TO_CRM)


async def test_repeat_carries_the_same_key(receiver: Receiver) -> None:
    """COMM-12: after a temporary failure the same letter goes out under the same key, with the same body."""
    receiver.answers("503 Busy", times=2)
    channel = webhook_to(receiver.url())

    outcomes = [await channel.send(TO_CRM) for _ in range(3)]

    assert ["later", "later", "delivered"] == [outcome.kind for outcome in outcomes]
    assert {"ACME/4711:first_notification:ana:email"} == {
        request.headers[name] for request in receiver.requests for name in ("webhook-id", "idempotency-key")
    }
    assert 1 == len({request.body for request in receiver.requests})


async def test_letters_of_a_batch_share_a_few_connections(receiver: Receiver) -> None:
    """COMM-11: a batch to many does not open a connection for each."""
    async with webhook_to(receiver.url()).open() as session:
        await asyncio.gather(*(session.send(a_letter(to_address="crm", key=f"{n}")) for n in range(60)))
        in_turn = receiver.connections_made
        await session.send(TO_CRM)

    assert 61 == len(receiver.requests)
    assert in_turn == receiver.connections_made <= AT_ONCE


async def test_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    """COMM-13: what a receiver says at length is its own affair."""
    receiver.answers("404 Not Found", body=b"x" * 1_000_000)

    assert RefusedForGood(why="it answered 404 Not Found") == await slack_to(receiver.url()).send(TO_CRM)


async def test_target_that_is_not_set_up_moves_on_and_names_what_would() -> None:
    """COMM-13: the contact's next channel is tried, and whoever reads the record knows what to set."""
    outcome = await webhook_to("https://example.com/").send(a_letter(to_address="erp"))

    assert RefusedForGood(why="erp is not set up: set ESCALATION_HOOK_ERP") == outcome


@pytest.mark.parametrize("url", ["", "https://", "gopher://example.com/", "http://[::1", "https://exa mple/"])
async def test_what_is_no_address_is_a_permanent_failure(url: str) -> None:
    """COMM-13: it is refused where settings are read, and does no harm if it gets past."""
    outcome = await webhook_to(url).send(TO_CRM)

    assert not isinstance(outcome, Delivered)


# TLS


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_name_is_kept_for_tls_and_host(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """COMM-11: the connection goes to the address that was checked, and everything else is as the name says."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    names: list[str | None] = []
    tls.sni_callback = lambda _, name, __: names.append(name)
    async with Receiver(tls=tls) as receiver:
        outcome = await webhook_to(receiver.url(host="localhost")).send(TO_CRM)

        assert isinstance(outcome, Delivered)
        assert ["localhost"] == names
        assert f"localhost:{receiver.port}" == receiver.requests[0].headers["host"]


async def test_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    """COMM-11: letters are not for whoever answers."""
    async with Receiver(tls=tls) as receiver:
        outcome = await webhook_to(receiver.url(host="localhost")).send(TO_CRM)

        assert RetryLater(why="it cannot be reached: its certificate is not one to trust") == outcome
        assert [] == receiver.requests


async def test_receiver_without_tls_is_not_spoken_to_in_the_clear(receiver: Receiver) -> None:
    """COMM-11: https stays https."""
    channel = webhook_to(receiver.url().replace("http:", "https:"), network=a_network(seconds=2.0))

    outcome = await channel.send(TO_CRM)

    assert isinstance(outcome, RetryLater)
    assert [] == receiver.requests


# Secrets


@pytest.mark.parametrize("channel_to", [slack_to, teams_to, webhook_to])
async def test_no_secret_gets_out(
    receiver: Receiver,
    channel_to: Callable[[str], HttpChannel[Any]],
    logged: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """COMM-11: not the address, nor what a receiver repeats of it, is in any answer, log line, error or repr."""
    logging.getLogger("tests").debug("logged")
    channel = channel_to(receiver.url(f"/services/{SECRET}"))
    said: list[object] = [channel, vars(channel)]
    for status in ("200 OK", "404 Not Found", "302 Found", "503 Busy"):
        receiver.answers(status, times=1, body=SECRET.encode(), location=f"/{SECRET}")
        said.append(await channel.send(TO_CRM))
    receiver.hangs_up()
    said.append(await channel.send(TO_CRM))
    bad = (f"https://{SECRET}.invalid/", f"gopher://{SECRET}/", f"https://[{SECRET}/")
    said += [await channel_to(url).send(TO_CRM) for url in bad]

    assert [True] * 5 == [SECRET in request.line for request in receiver.requests]
    assert "logged" in logged.getvalue()
    assert SECRET not in f"{said!r} {logged.getvalue()} {capfd.readouterr()}"
