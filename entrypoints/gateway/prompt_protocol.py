"""
HTTP for clients that get on with it: a connection on which no request begins, or one trickles in, is closed.

uvicorn bounds the time between two requests, not the time until the first one, nor that of a request's head. Bodies are
bounded where they are read (``bodies.py``).
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN = 10.0
"""Seconds from the first byte that may come to the last one of a request's head."""


class PromptProtocol(H11Protocol):
    """uvicorn's own, with a limit on the time of a head."""

    head_within = HEAD_WITHIN
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_limit()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:  # of the next request there is a part, or nothing yet
            self._begin_limit()
        else:
            self._end_limit()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_limit()
        super().connection_lost(exc)

    def _begin_limit(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(self.head_within, self.transport.close)

    def _end_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
