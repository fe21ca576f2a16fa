"""
Streams of server-sent events: each ends when its source does, or when the server stops, which would wait for it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeVar

from starlette.requests import Request

STOPPING = "stopping"
"""In the state of each request: the event that the server stops."""
Item = TypeVar("Item")


async def until_stopped(request: Request, source: AsyncIterator[Item]) -> AsyncIterator[Item]:
    """Yield what *source* has, until it ends or the server stops."""
    stopping: asyncio.Event = request.scope["state"].get(STOPPING) or asyncio.Event()
    stopped = asyncio.ensure_future(stopping.wait())
    try:
        while not stopped.done():
            coming = asyncio.ensure_future(anext(source, None))
            try:
                await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not coming.done():
                    coming.cancel()
                    with suppress(asyncio.CancelledError):
                        await coming
            if coming.cancelled() or (item := coming.result()) is None:
                return
            yield item
    finally:
        stopped.cancel()
