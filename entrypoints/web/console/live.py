"""
Live pages: server-sent events that say when something changed, so that a page asks again.

No content travels in an event: what a reader may see is decided where the page is made.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from entrypoints.web.console.list_rows import FRESH_FOR, OpenEscalations
from escalation.policy.sight import Sight

_ALIVE_EVERY = 15.0
"""Seconds between signs of life, so that a proxy keeps the stream open."""


def live_list(request: Request, sight: Sight, listed: OpenEscalations) -> StreamingResponse:
    """Return a stream that says each time that something has changed of the open escalations that *sight* covers."""
    return StreamingResponse(
        _changes(request, sight, listed),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _changes(request: Request, sight: Sight, listed: OpenEscalations) -> AsyncIterator[str]:
    seen, silent_for = hash(tuple(await listed.rows(sight))), 0.0
    yield "retry: 3000\n\n"
    while not await request.is_disconnected():
        await asyncio.sleep(FRESH_FOR)
        now = hash(tuple(await listed.rows(sight)))
        silent_for += FRESH_FOR
        if now != seen:
            seen, silent_for = now, 0.0
            yield "event: changed\ndata: list\n\n"
        elif silent_for >= _ALIVE_EVERY:
            silent_for = 0.0
            yield ": alive\n\n"
