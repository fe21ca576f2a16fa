"""
Live pages: server-sent events that say when something changed, so that a page asks again.

No content travels in an event: what a reader may see is decided where the page is made.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from client import EscalationClient
from entrypoints.web.console.list_rows import FRESH_FOR, OpenEscalations
from escalation.policy.sight import Sight

_ALIVE_EVERY = 15.0
"""Seconds between signs of life, so that a proxy keeps the stream open."""
_RETRY, _ALIVE, _CHANGED = "retry: 3000\n\n", ": alive\n\n", "event: changed\ndata: list\n\n"


def live_list(request: Request, sight: Sight, listed: OpenEscalations) -> StreamingResponse:
    """Return a stream that says each time that something has changed of the open escalations that *sight* covers."""
    return _stream(_changes(request, sight, listed))


def live_case(client: EscalationClient, key: str, seen: int) -> StreamingResponse:
    """Return a stream that says each time that something happened after number *seen* of the timeline of *key*."""
    return _stream(_news(client, key, seen))


def _stream(said: AsyncIterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(said, media_type="text/event-stream", headers=headers)


async def _changes(request: Request, sight: Sight, listed: OpenEscalations) -> AsyncIterator[str]:
    seen, silent_for = hash(tuple(await listed.rows(sight))), 0.0
    yield _RETRY
    while not await request.is_disconnected():
        await asyncio.sleep(FRESH_FOR)
        now = hash(tuple(await listed.rows(sight)))
        silent_for += FRESH_FOR
        if now != seen:
            seen, silent_for = now, 0.0
            yield _CHANGED
        elif silent_for >= _ALIVE_EVERY:
            silent_for = 0.0
            yield _ALIVE


async def _news(client: EscalationClient, key: str, seen: int) -> AsyncIterator[str]:
    """A row of a list says little of its escalation: a comment, or a letter, changes nothing in it."""
    yield _RETRY
    changes = client.watch(key, every=FRESH_FOR)
    coming = asyncio.ensure_future(anext(changes, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=_ALIVE_EVERY)
            if not coming.done():
                yield _ALIVE
            elif (
                change := coming.result()
            ) is None:  # it has ended; a stream that ends too would be asked for again
                await asyncio.sleep(_ALIVE_EVERY)
                yield _ALIVE
            else:
                if change[1][-1].seq > seen:
                    yield _CHANGED
                coming = asyncio.ensure_future(anext(changes, None))
    finally:
        coming.cancel()
