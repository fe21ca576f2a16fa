"""Whatever a program writes in one go is on its way in one go, and in order."""

import asyncio
from typing import cast

from entrypoints.web.joining_transport import JoiningTransport


class Wire(asyncio.Transport):
    """Keeps each packet."""

    def __init__(self) -> None:
        super().__init__()
        self.packets = list[bytes]()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.packets.append(bytes(data))

    def close(self) -> None:
        self.packets.append(b"end")

    def is_closing(self) -> bool:
        return b"end" in self.packets


async def test_what_is_written_at_once_is_one_packet_and_leaves_before_the_end() -> None:
    wire = Wire()
    joined = JoiningTransport(cast("asyncio.Transport", wire), asyncio.get_running_loop())
    for part in (b"head ", b"body"):
        joined.write(part)
    await asyncio.sleep(0)
    joined.write(b"more ")
    joined.write(b"")
    joined.write(b"last")
    joined.close()
    await asyncio.sleep(0)

    assert [b"head body", b"more last", b"end"] == wire.packets
    assert joined.is_closing()
