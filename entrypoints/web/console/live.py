"""
Live pages: server-sent events that say when something changed, so that a page asks again.

No content travels in an event: what a reader may see is decided where the page is made. While Temporal is away, an
event says since when.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import Request

from entrypoints.web.caller_address import address_of
from entrypoints.web.console.list_rows import FRESH_FOR, OpenEscalations
from entrypoints.web.console.reader import Reader
from entrypoints.web.event_stream import until_stopped
from entrypoints.web.open_streams import CountedStream, OpenStreams, name_of_caller
from entrypoints.web.shared_watch import Watches
from entrypoints.web.temporal_client import why_away
from escalation.kernel.reasons import reason
from runtime.errors import RuntimeFault

_ALIVE_EVERY = 15.0
"""Seconds between signs of life, so that a proxy keeps the stream open."""
_RETRY, _ALIVE, _CHANGED = "retry: 3000\n\n", ": alive\n\n", "event: changed\ndata: list\n\n"


class LiveStreams:
    """Makes the streams of live pages, each counted for its reader."""

    def __init__(self, streams: OpenStreams, listed: OpenEscalations, watches: Watches) -> None:
        self._streams = streams
        self._listed = listed
        self._watches = watches

    def of_list(self, request: Request, reader: Reader) -> CountedStream:
        """
        Return a stream that says each time that something has changed of the open escalations that *reader* may see.

        Raises:
            RateExceeded: If the reader has too many streams.
        """
        return self._stream(request, reader, _changes(reader, self._listed))

    def of_case(self, request: Request, reader: Reader, key: str, seen: int) -> CountedStream:
        """As `of_list`, of what happened after number *seen* of the timeline of *key*."""
        return self._stream(request, reader, _news(reader, self._watches, key, seen))

    def _stream(self, request: Request, reader: Reader, said: AsyncIterator[str]) -> CountedStream:
        caller = name_of_caller(reader.caller, address_of(request))
        self._streams.require_room(caller)
        return CountedStream(self._streams, caller, until_stopped(request, said))


async def _changes(reader: Reader, listed: OpenEscalations) -> AsyncIterator[str]:
    yield _RETRY
    seen, silent_for = await _standing(reader, listed), 0.0
    if isinstance(seen, str):
        yield _away(seen)
    while True:
        await asyncio.sleep(FRESH_FOR)
        now = await _standing(reader, listed)
        silent_for += FRESH_FOR
        if now != seen:
            seen, silent_for = now, 0.0
            yield _away(now) if isinstance(now, str) else _CHANGED
        elif silent_for >= _ALIVE_EVERY:
            silent_for = 0.0
            yield _ALIVE


async def _standing(reader: Reader, listed: OpenEscalations) -> int | str:
    """Return the digest of what *reader* may see, or why it is not known now."""
    try:
        return (await listed.covered_by(reader.caller.sight)).digest
    except RuntimeFault as away:
        return _why(reader, away)


async def _news(reader: Reader, watches: Watches, key: str, seen: int) -> AsyncIterator[str]:
    """
    A row of a list says little of its escalation: a comment, or a letter, changes nothing in it. Goes on after the end
    of the escalation: a browser would ask again for a stream that ends.
    """
    yield _RETRY
    said = ""
    async with watches.of(key) as watch:
        while True:
            changed, why = watch.changed, _why(reader, watch.trouble) if watch.trouble else ""
            if why != said or watch.last > seen:
                said, seen = why, watch.last
                if not why and not await watch.is_covered(reader.client, reader.caller.sight):
                    return
                yield _away(why) if why else _CHANGED
            with suppress(TimeoutError):
                async with asyncio.timeout(_ALIVE_EVERY):
                    await changed.wait()
            if not changed.is_set():
                yield _ALIVE


def _why(reader: Reader, away: Exception) -> str:
    return reader.say(why_away(away) or reason("http.unavailable"))


def _away(why: str) -> str:
    return f"event: away\ndata: {why}\n\n"
