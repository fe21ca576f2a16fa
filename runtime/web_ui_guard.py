"""
The door of the embedded Web UI: only who asks for this machine by its own names gets in.

A page of any website can have its own name lead to 127.0.0.1 (DNS rebinding); the browser then takes what listens here
for a part of that website, and lets it read and steer everything. Such a request still carries the website's name as
its Host. Temporal's Web UI answers to any Host, so it listens where no page can guess, and this door stands before it.

Each request has a connection of its own, so that each is looked at. Must not know what is asked.
"""

import asyncio
import contextlib
import secrets
import socket
import sys
from typing import Self

from runtime.ports import LOOPBACK

OWN_NAMES = frozenset({LOOPBACK, "localhost", "[::1]"})
_HEAD_WITHIN = 10.0
"""Seconds until the head of the first request is there."""
_AT_ONCE = 64 * 1024
_REFUSAL = (
    b"HTTP/1.1 421 Misdirected Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"The Web UI answers to 127.0.0.1 and localhost alone.\n"
)


def hidden_address() -> tuple[str, int]:
    """A loopback address and a port that is free there; where there are many such addresses, one of them by chance."""
    host = LOOPBACK
    if sys.platform == "linux":
        host = ".".join(["127", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
    with socket.create_server((host, 0)) as found:
        return host, found.getsockname()[1]


class WebUiGuard:
    """A door on *port* of loopback, open until it is closed."""

    def __init__(self, server: asyncio.Server, inside: tuple[str, int]) -> None:
        self._server = server
        self._inside = inside
        self._visits: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, port: int, inside: tuple[str, int]) -> Self:
        """
        Raises:
            OSError: If something listens on *port*.
        """
        door: Self

        def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            visit = asyncio.ensure_future(door._visit(reader, writer))
            door._visits.add(visit)
            visit.add_done_callback(door._visits.discard)

        door = cls(await asyncio.start_server(visited, LOOPBACK, port), inside)
        return door

    async def close(self) -> None:
        self._server.close()
        for visit in tuple(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_WITHIN):
                head = await reader.readuntil(b"\r\n\r\n")
            if host_in(head) in OWN_NAMES:
                await self._let_in(head, reader, writer)
            else:
                writer.write(_REFUSAL)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever came went away, or never said what for
        finally:
            await _closed(writer)

    async def _let_in(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_connection(*self._inside)
        asks.write(_alone(head))
        try:
            await asyncio.gather(_pass_on(reader, asks), _pass_on(answers, writer))
        finally:
            await _closed(asks)


def host_in(head: bytes) -> str:
    """The name in the Host of a request's *head*, without its port; empty if there is not exactly one."""
    hosts = [
        value.strip().decode("ascii", "replace").lower()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        if name.lower() == b"host"
    ]
    if len(hosts) != 1:
        return ""
    (host,) = hosts
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _alone(head: bytes) -> bytes:
    """*head*, asking for the connection to end with the answer."""
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""])


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(_AT_ONCE):
        target.write(data)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()
