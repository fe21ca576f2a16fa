"""
HTTP for clients that get on with it: a connection on which a request does not begin, or trickles in, is closed.

uvicorn bounds the time between two requests, not the time until the first one, nor that of a request's head or body.
"""

import asyncio
import json
from collections.abc import Hashable
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from entrypoints.web.joining_transport import JoiningTransport

HEAD_WITHIN = 10.0
"""Seconds from the first byte that may come to the last one of a request's head."""
BODY_WITHIN = 15.0
"""Seconds from a request's head to the end of its body; more than ``bodies.PATIENCE``, whose answer comes first."""
REST_WITHIN = 1.0
"""Seconds from the answer to the end of a body that nobody reads: to close at once could lose the answer."""


_NO_HTTP = {
    "type": "about:blank",
    "title": "The request cannot be read",
    "status": 400,
    "instance": "about:blank",
    "code": "unreadable",
}


class PromptProtocol(H11Protocol):
    """uvicorn's own, with a limit on the time of a head, of a body, and of the rest of one that is answered already."""

    head_within = HEAD_WITHIN
    body_within = BODY_WITHIN
    rest_within = REST_WITHIN
    _limit: asyncio.TimerHandle | None = None
    _limited: Hashable = None
    """The part of a request, and the cycle, that the limit is for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", JoiningTransport(transport, self.loop)))
        self._limit_what_comes()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._limit_what_comes()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, which reaches no part of the service, as the API answers: with a problem."""
        body = json.dumps({**_NO_HTTP, "detail": msg}).encode()
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._limit_what_comes()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_limit()
        super().connection_lost(exc)

    def _limit_what_comes(self) -> None:
        """Each part has one limit, however many bytes it comes in."""
        within = self._within
        part = (within, self.cycle)
        if part != self._limited:
            self._end_limit()
            self._limited = part
            if within is not None and not self.transport.is_closing():
                self._limit = self.loop.call_later(within, self.transport.close)

    @property
    def _within(self) -> float | None:
        """Seconds for the part that the client is to send now; None: it waits for an answer."""
        if self.conn.their_state is h11.IDLE:
            return self.head_within
        if self.conn.their_state is h11.SEND_BODY:
            return self.rest_within if self.cycle.response_complete else self.body_within
        return None

    def _end_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
