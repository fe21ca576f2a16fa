"""
HTTP server of a process, beside its other work: whoever runs it hears the signals and stops it.

Owns how long requests under way may take at the end. It must not know what is served.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

AT_ONCE = 500
"""Connections; more are answered 503."""
GRACE = 5
"""Seconds for requests under way at the end."""


@asynccontextmanager
async def serve_http(
    app: ASGIApp,
    listener: socket.socket,
    *,
    protocol: type[H11Protocol] = H11Protocol,
    state: Mapping[str, Any] | None = None,
) -> AsyncIterator[None]:
    """Answer on *listener* while the block runs. *state*: in the scope of each request."""
    server = _Server(
        uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=GRACE,
        )
    )
    answering = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not (server.started or answering.done()):  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        server.lifespan.state.update(state or {})
        yield
    finally:
        server.should_exit = True
        await answering


class _Server(uvicorn.Server):
    """Leaves the signals to others."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
