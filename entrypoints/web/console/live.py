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

_ALIVE_EVERY = 15.0
"""Seconds between signs of life, so that a proxy keeps the stream open."""


def live_list(request: Request, client: EscalationClient, listed: OpenEscalations) -> StreamingResponse:
    """Return a stream that says each time that the list of open escalations has changed."""
    return StreamingResponse(
        _changes(request, client, listed),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _changes(request: Request, client: EscalationClient, listed: OpenEscalations) -> AsyncIterator[str]:
    seen, silent_for = hash(tuple(await listed.rows(client))), 0.0
    yield "retry: 3000\n\n"
    while not await request.is_disconnected():
        await asyncio.sleep(FRESH_FOR)
        now = hash(tuple(await listed.rows(client)))
        silent_for += FRESH_FOR
        if now != seen:
            seen, silent_for = now, 0.0
            yield "event: changed\ndata: list\n\n"
        elif silent_for >= _ALIVE_EVERY:
            silent_for = 0.0
            yield ": alive\n\n"
