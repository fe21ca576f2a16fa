"""
A web server on loopback that keeps what it is sent, byte by byte, and can misbehave on demand.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """One request as it arrived; names of headers are in small letters."""

    line: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    """The instant at which it was here as a whole, by the monotonic clock."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """An answer: so many times, or always."""

    status: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int | None = None

    def bytes(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Receiver:
    """Listens on a free port of the loopback interface while it is entered. Tell it what to do wrong."""

    host = "127.0.0.1"

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.requests: list[Request] = []
        self.connections_made = 0
        self._tls = tls
        self._replies: list[Reply] = []
        self._is_silent = False
        self._hangs_up = False
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, path: str = "/hook", *, host: str | None = None) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def answers(self, status: str, *, body: bytes = b"", times: int | None = None, **headers: str) -> None:
        """Say *status* instead of 200; `retry_after` is the header Retry-After."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        self._replies.append(Reply(status, named, body, times))

    def falls_silent(self) -> None:
        """Read, and never answer."""
        self._is_silent = True

    def hangs_up(self) -> None:
        """Read, and close the connection without an answer."""
        self._hangs_up = True

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_made += 1
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    self.requests.append(await _read(reader))
                    if self._is_silent:
                        await asyncio.sleep(3600)
                    if self._hangs_up:
                        return
                    writer.write(self._reply().bytes())
                    await writer.drain()
        finally:
            writer.transport.abort()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self._busy.discard(task)

    def _reply(self) -> Reply:
        for reply in self._replies:
            if reply.times is None:
                return reply
            if reply.times > 0:
                reply.times -= 1
                return reply
        return Reply("200 OK", body=b"ok")


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *rest = head.rstrip("\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    assert len(headers) == len(rest), "a header came twice"
    body = await reader.readexactly(int(headers["content-length"]))
    return Request(line, headers, body, at=monotonic())
