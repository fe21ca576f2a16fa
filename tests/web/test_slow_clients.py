"""Clients that are slow or silent lose their connection; those that get on with it do not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from entrypoints.web.slow_client_limit import PromptProtocol
from entrypoints.web.web_server import bind_port, serve_app
from runtime.settings import Settings

WITHIN = 0.5
REQUEST = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


class Hasty(PromptProtocol):
    head_within = WITHIN
    body_within = 2 * WITHIN
    rest_within = WITHIN


async def fine(_: Request) -> PlainTextResponse:
    await asyncio.sleep(2 * WITHIN)  # an answer may take its time
    return PlainTextResponse("fine")


async def read(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())}")


@asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    settings = Settings(gateway_port=0, state_folder=folder)
    with bind_port(settings) as listener:
        app = Starlette(routes=[Route("/health", fine), Route("/read", read, methods=["POST"])])
        async with serve_app(app, listener, Hasty):
            reader, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            yield reader, writer
            writer.close()


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """Return what came until the end, which a client that still sends may learn by a reset."""
    found = b""
    with suppress(ConnectionResetError):
        while part := await reader.read(4096):
            found += part
    return found


@pytest.mark.parametrize("sent", [b"", b"GET /hea", b"GET /health HTTP/1.1\r\nHost: x\r\n"])
async def test_a_request_that_does_not_come_ends_the_connection(tmp_path: Path, sent: bytes) -> None:
    """
    Not one byte, half a line, a head without an end.
    """
    async with connected(tmp_path) as (reader, writer):
        began = time.monotonic()
        writer.write(sent)

        assert b"" == await asyncio.wait_for(reader.read(), 10 * WITHIN)
        assert time.monotonic() - began >= WITHIN * 0.9


async def test_a_head_that_trickles_in_ends_the_connection(tmp_path: Path) -> None:
    """
    A byte now and then keeps no connection open.
    """
    async with connected(tmp_path) as (reader, writer):
        answer = asyncio.create_task(reader.read())
        for byte in REQUEST[:20]:
            writer.write(bytes([byte]))
            await asyncio.sleep(WITHIN / 8)

        assert b"" == await asyncio.wait_for(answer, 10 * WITHIN)


async def test_whoever_asks_in_time_is_answered_again_and_again(tmp_path: Path) -> None:
    """
    Over one connection, and however long the answer takes.
    """
    async with connected(tmp_path) as (reader, writer):
        for _ in range(2):
            writer.write(REQUEST)

            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20 * WITHIN)
            assert b"200" in head
            assert b"fine" == await reader.readexactly(4)


@pytest.mark.parametrize("path", ["/nothing", "/health", "/read"])
async def test_a_body_that_trickles_in_ends_the_connection(tmp_path: Path, path: str) -> None:
    """True if it was answered already (404, 405); false if it is waited for."""
    async with connected(tmp_path) as (reader, writer):
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n".encode())
        answer = asyncio.create_task(all_of(reader))
        began = time.monotonic()
        while not answer.done() and time.monotonic() - began < 10 * WITHIN:
            writer.write(b"x")
            await asyncio.sleep(WITHIN / 8)

        assert answer.done()
        assert path == "/read" or (await answer).startswith(b"HTTP/1.1 40")


async def test_a_body_that_comes_in_time_keeps_the_connection(tmp_path: Path) -> None:
    """
    Read or not, the next request is answered.
    """
    async with connected(tmp_path) as (reader, writer):
        for path, status in (("/nothing", b"404"), ("/read", b"200"), ("/nothing", b"404")):
            writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab".encode())
            await asyncio.sleep(WITHIN / 4)
            writer.write(b"cd")

            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10 * WITHIN)
            assert status in head
            length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length"))
            await reader.readexactly(int(length.split()[1]))
