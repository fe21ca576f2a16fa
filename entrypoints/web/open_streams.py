"""
Open streams of events: how many each caller has at this process, and no more than a number of them.

People never meet the limit; a script that opens streams and forgets them does. Processes do not know of each other's.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import RateExceeded
from identity.caller import Caller, Mode

MOST_STREAMS = 400
"""Streams of one caller: a page that is open follows one."""


class OpenStreams:
    """Counts the open streams of each caller."""

    def __init__(self) -> None:
        self._open = Counter[str]()

    def require_room(self, name: str) -> None:
        """
        Raises:
            RateExceeded: If the caller of this *name* has as many as are allowed.
        """
        if self._open[name] >= MOST_STREAMS:
            raise RateExceeded(reason("too_many_streams", MOST_STREAMS))

    @contextmanager
    def counted(self, name: str) -> Iterator[None]:
        """Count one more of the caller of this *name* while the block runs."""
        self._open[name] += 1
        try:
            yield
        finally:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


class CountedStream(StreamingResponse):
    """A stream of events that is counted for as long as somebody reads it."""

    def __init__(self, streams: OpenStreams, caller: str, said: AsyncIterator[str]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(said, media_type="text/event-stream", headers=headers)
        self._streams = streams
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._streams.counted(self._caller):
            await super().__call__(scope, receive, send)


def name_of_caller(caller: Caller, address: str) -> str:
    """Return by what a caller is counted: the key, the person, or the *address* where anybody can say any name."""
    person = caller.person if caller.mode is Mode.SIGNED_IN else None
    return caller.key_id or person or address
