"""Writes of one moment as one packet: uvicorn writes the head of an answer and its body one after the other."""

import asyncio
from typing import Any


class JoiningTransport:
    """A transport that hands on what is written when the loop comes round, and all else at once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts = list[bytes]()

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._hand_on)
        self._parts.append(data)

    def close(self) -> None:
        self._hand_on()
        self._transport.close()

    def _hand_on(self) -> None:
        if whole := b"".join(self._parts):
            self._parts.clear()
            self._transport.write(whole)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
