"""
A gRPC server on loopback that refuses calls with one status: what a cluster does to a wrong key.

Just enough HTTP/2 for that, by hand: no other way makes a real server refuse.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
ACK, END_STREAM, END_HEADERS = 1, 1, 4
_OK = b"\x88"  # HPACK for ":status 200"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@asynccontextmanager
async def refusing_server(status: int, message: str, *, after: int = 0) -> AsyncIterator[str]:
    """
    Listen, and yield the address. The first *after* calls are answered, with an empty message.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            tasks.add(task)
        try:
            await _refuse(reader, writer, _trailers(status, message), after)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _refuse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, refusal: bytes, after: int
) -> None:
    await reader.readexactly(len(PREFACE))
    writer.write(_frame(SETTINGS, 0, 0))
    while True:
        head = await reader.readexactly(9)
        size, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
        stream = struct.unpack(">I", head[5:])[0]
        body = await reader.readexactly(size)
        if kind in {SETTINGS, PING} and not flags & ACK:
            writer.write(_frame(kind, ACK, 0, body if kind == PING else b""))
        elif kind in {HEADERS, DATA} and flags & END_STREAM:
            if after > 0:
                after -= 1
                writer.write(
                    _frame(HEADERS, END_HEADERS, stream, _fields({"content-type": "application/grpc"}, _OK))
                )
                writer.write(_frame(DATA, 0, stream, bytes(5)))
                writer.write(_frame(HEADERS, END_HEADERS | END_STREAM, stream, _fields({"grpc-status": "0"})))
            else:
                writer.write(_frame(HEADERS, END_HEADERS | END_STREAM, stream, refusal))
        await writer.drain()


def _frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return len(body).to_bytes(3) + bytes([kind, flags]) + struct.pack(">I", stream) + body


def _trailers(status: int, message: str) -> bytes:
    refusal = {"content-type": "application/grpc", "grpc-status": str(status), "grpc-message": message}
    return _fields(refusal, _OK)


def _fields(fields: dict[str, str], first: bytes = b"") -> bytes:
    # HPACK: 0x00 begins a literal that is not indexed, its name new.
    return first + b"".join(
        b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )
