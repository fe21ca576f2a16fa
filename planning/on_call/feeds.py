"""
Reader of the calendars of rotas, files and addresses alike.

An address is asked again after two minutes. While it does not answer, its last good answer is used, with a note. An
address can be a secret: no fault, note or log line shows any part of it. Knows nothing of what a calendar says.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from planning.on_call.feed_sources import LARGEST, Content, FeedFault, address_of, read_file
from planning.on_call.rota_spec import FeedSpec

FRESH_FOR = timedelta(minutes=2)
ANSWERS_WITHIN = timedelta(seconds=10)
_MOST_REDIRECTS = 3

_NOT_ALLOWED = "it leads to an address that is neither public nor in ESCALATION_PRIVATE_NETWORKS"

Transport = Callable[[], httpx.AsyncBaseTransport]
"""Makes the way out for one question, and decides where it may lead: ``PermissionError`` if nowhere."""

for _name in ("httpx", "httpcore"):  # they log whole addresses
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class _Known:
    """State of an address."""

    tried_at: datetime
    data: bytes | None
    read_at: datetime | None
    fault: str = ""


class Feeds:
    """Reader of calendars; one for each process, since it remembers answers."""

    def __init__(
        self,
        transport: Transport,
        fresh_for: timedelta = FRESH_FOR,
        answers_within: timedelta = ANSWERS_WITHIN,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._transport = transport
        self._fresh_for = fresh_for
        self._answers_within = answers_within
        self._now = now
        self._held: dict[str, _Known] = {}

    def read(self, rules: FeedSpec, folder: Path | None) -> Content:
        """
        Raises:
            FeedFault: If there is nothing to read, and there has not been.
        """
        if rules.file is not None:
            return Content(read_file(rules.file, folder))
        return self._of(address_of(rules))

    def _of(self, address: str) -> Content:
        # A fault is remembered, too: an address that does not answer is not asked again by every escalation at once.
        held, now = self._held.get(address), self._now()
        if held is None or now - held.tried_at >= self._fresh_for:
            held = self._held[address] = self._asked(address, held, now)
        if held.data is None:
            raise FeedFault(held.fault)
        as_of = f"as it was at {held.read_at:%Y-%m-%d %H:%M} UTC, for now {held.fault}" if held.fault else ""
        return Content(held.data, as_of)

    def _asked(self, address: str, before: _Known | None, now: datetime) -> _Known:
        try:
            return _Known(now, _fetch(address, self._answers_within, self._transport), now)
        except FeedFault as fault:
            data, read_at = (before.data, before.read_at) if before else (None, None)
            return _Known(now, data, read_at, str(fault))


def _fetch(address: str, within: timedelta, transport: Transport) -> bytes:
    """
    Raises:
        FeedFault: If there is no good answer in time.
    """
    try:
        return asyncio.run(_fetch_body(address, within, transport()))
    except TimeoutError:
        raise FeedFault("it does not answer in time") from None
    except PermissionError:
        raise FeedFault(_NOT_ALLOWED) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise FeedFault(f"it cannot be reached ({type(error).__name__})") from None


async def _fetch_body(address: str, within: timedelta, transport: httpx.AsyncBaseTransport) -> bytes:
    """One deadline for all of it: an answer that comes byte by byte would never run into that of a single step."""
    client = httpx.AsyncClient(
        transport=transport,
        trust_env=False,  # behind a proxy of the environment it is not us who choose the address
        timeout=None,  # noqa: S113 - the whole has one
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
        event_hooks={"request": [_require_https]},
    )
    async with (
        asyncio.timeout(within.total_seconds()),
        client,
        client.stream("GET", address, headers={"Accept": "text/calendar"}) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise FeedFault(f"it answers with status {answer.status_code}")
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > LARGEST:
                raise FeedFault(f"it has more than {LARGEST:,} bytes")
        return bytes(body)


async def _require_https(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise FeedFault("it leads to an address that is not https")
