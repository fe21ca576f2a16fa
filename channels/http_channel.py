"""
Messages that leave as one HTTP request each.

Owns the exchange: connections, turns, time, and what an answer means. Must not know what is posted (each channel says
that), nor which addresses may be connected to (`runtime.network`).
"""

import asyncio
import ssl
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Generic, TypeVar

import httpcore
import httpx

from channels.endpoints import Endpoints
from channels.protocol import (
    Channel,
    Delivered,
    OutboundMessage,
    RefusedForGood,
    RetryLater,
    SendResult,
    Session,
)
from runtime.network import Network, NotAllowed

AT_ONCE = 8
"""Connections of a session, and so messages under way."""
LONGEST_WAIT = timedelta(hours=1)
"""The most that is waited when asked to, however much was asked for."""

# No part of an endpoint's URL, nor of an answer, gets into a reason or an error: the one is a secret, and the other may
# repeat it. Redirects are not followed: a message goes where it was sent, or nowhere.

_READ_OF_AN_ANSWER = 16_384
_MAY_PASS = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,  # the same key is being worked on at this moment
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)

_Target = TypeVar("_Target")


@dataclass(frozen=True)
class Post:
    """A request and where it goes. It shows neither."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    reference: str
    """Name by which the receiver knows the message."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Answer:
    """Answer to a request."""

    status: int
    retry_after: str
    body: bytes = field(repr=False)


class HttpChannel(Channel, Generic[_Target]):
    """A channel of named *targets*, each message to one of which is one POST."""

    def __init__(self, targets: Endpoints[_Target], network: Network) -> None:
        self._targets = targets
        self._network = network

    @abstractmethod
    def compose(self, message: OutboundMessage, target: _Target) -> Post:
        """Return *message* as this medium takes it."""

    def explain(self, answer: Answer) -> str:  # noqa: ARG002 - for those who know their receiver
        """Return what a refusal said of its reason, if that is known to hold no secret."""
        return ""

    def open(self) -> AbstractAsyncContextManager[Session]:
        return aclosing(_HttpSession(self, self._targets, self._network))


class _HttpSession(Generic[_Target]):
    """A few connections, shared by the messages of a batch."""

    def __init__(self, channel: HttpChannel[_Target], targets: Endpoints[_Target], network: Network) -> None:
        self._channel = channel
        self._targets = targets
        self._network = network
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._pools: dict[str, httpcore.AsyncConnectionPool] = {}

    async def send(self, message: OutboundMessage) -> SendResult:
        """Try once to deliver *message*, waiting for a turn if need be."""
        target = self._targets.find(message.to_address)
        if isinstance(target, RefusedForGood):
            return target
        post = self._channel.compose(message, target)
        answer = await self._exchanged(post)
        if not isinstance(answer, Answer):
            return answer
        if HTTPStatus(200) <= answer.status < HTTPStatus(300):
            return Delivered(reference=post.reference)
        return judge_response(answer, datetime.now(UTC), self._channel.explain(answer))

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _exchanged(self, post: Post) -> Answer | RetryLater | RefusedForGood:
        patience = self._network.patience.total_seconds()
        try:
            async with self._turns, asyncio.timeout(patience):
                return await self._answered(post)
        except NotAllowed as refusal:
            return RefusedForGood(why=str(refusal))
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol):
            return RefusedForGood(why="what is set up is no web address")
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
            return RetryLater(why=_why_unreachable(fault))
        except TimeoutError:
            return RetryLater(why=f"no answer within {patience:g} s, it may have arrived")
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return RetryLater(why="the connection was lost before an answer, it may have arrived")

    async def _answered(self, post: Post) -> Answer:
        url = httpx.URL(post.url)
        headers = {
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": "escalation-engine",
            **post.headers,
        }
        # httpx knows how to read an address, httpcore can be given a network: so the one parses, and the other sends.
        where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        timeouts = {"connect": self._network.connected_within.total_seconds()}
        async with self._pool(url.scheme).stream(
            "POST",
            where,
            headers=list(headers.items()),
            content=post.body,
            extensions={"timeout": timeouts},
        ) as response:
            headers_back = {name.lower(): value.decode("latin-1") for name, value in response.headers}
            body = await _beginning_of(response)
            return Answer(response.status, headers_back.get(b"retry-after", ""), body)

    def _pool(self, scheme: str) -> httpcore.AsyncConnectionPool:
        if scheme not in self._pools:
            self._pools[scheme] = self._network.pool(scheme, AT_ONCE)
        return self._pools[scheme]


def judge_response(answer: Answer, now: datetime, words: str = "") -> RetryLater | RefusedForGood:
    """Return what a refusal means."""
    # What a server says of itself (5xx) or of this moment passes. The rest is for good: the same message would be
    # refused again.
    said = f"it answered {answer.status}{_phrase(answer.status)}{f' ({words})' if words else ''}"
    if answer.status in _MAY_PASS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RetryLater(why=said, after=_retry_after(answer.retry_after.strip(), now))
    if answer.status < HTTPStatus.BAD_REQUEST:
        return RefusedForGood(
            why=f"{said}, and redirects are not followed: set up the address that it leads to"
        )
    if answer.status == HTTPStatus.GONE:
        return RefusedForGood(why=f"{said}: the receiver wants no more messages there")
    return RefusedForGood(why=said)


def _phrase(status: int) -> str:
    return f" {HTTPStatus(status).phrase}" if status in {each.value for each in HTTPStatus} else ""


def _retry_after(retry_after: str, now: datetime) -> timedelta | None:
    """Return how long to wait, given in seconds or as a date, at most `LONGEST_WAIT`; None, if it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        seconds = min(int(retry_after[:9]), LONGEST_WAIT.total_seconds())
        return timedelta(seconds=seconds)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    at = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), LONGEST_WAIT)


def _why_unreachable(fault: Exception) -> str:
    match fault.args[0] if fault.args else None:  # what httpcore made its error of
        case ssl.SSLCertVerificationError():
            return "it cannot be reached: its certificate is not one to trust"
        case ssl.SSLError():
            return "it cannot be reached: no encryption could be agreed on"
        case _:
            return "it cannot be reached"


async def _beginning_of(response: httpcore.Response) -> bytes:
    """The body, which must be read for the connection to be used again, unless it is long."""
    read = bytearray()
    async for chunk in response.aiter_stream():
        read += chunk
        if len(read) > _READ_OF_AN_ANSWER:
            break
    return bytes(read[:_READ_OF_AN_ANSWER])
