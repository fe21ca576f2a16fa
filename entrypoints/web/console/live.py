"""
Live pages: server-sent events that say when something changed, so that a page asks again.

No content travels in an event: what a reader may see is decided where the page is made. While Temporal is away, an
event says since when.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import StreamingResponse

from entrypoints.web.console.list_rows import FRESH_FOR, OpenEscalations
from entrypoints.web.console.reader import Reader
from entrypoints.web.event_stream import until_stopped
from entrypoints.web.shared_watch import Watches
from entrypoints.web.temporal_client import why_away
from escalation.kernel.reasons import reason
from runtime.errors import RuntimeFault

_ALIVE_EVERY = 15.0
"""Seconds between signs of life, so that a proxy keeps the stream open."""
_RETRY, _ALIVE, _CHANGED = "retry: 3000\n\n", ": alive\n\n", "event: changed\ndata: list\n\n"


def live_list(request: Request, reader: Reader, listed: OpenEscalations) -> StreamingResponse:
    """Return a stream that says each time that something has changed of the open escalations that *reader* may see."""
    return _stream(request, _changes(reader, listed))


def live_case(request: Request, reader: Reader, watches: Watches, key: str, seen: int) -> StreamingResponse:
    """Return a stream that says each time that something happened after number *seen* of the timeline of *key*."""
    return _stream(request, _news(reader, watches, key, seen))


def _stream(request: Request, said: AsyncIterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(until_stopped(request, said), media_type="text/event-stream", headers=headers)


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
