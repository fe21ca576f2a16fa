"""
Letters printed to a stream: for a first look, and for people who work in a terminal.

Owns how a letter looks in plain text. Must not know Rich or any other markup: what it writes is to be shown as it is.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

from channels.harmless import many_lines, one_line
from channels.protocol import Delivered, Later, Letter, Never, Session

_LINE_LENGTH = 200


class ConsoleChannel:
    """
    Writes each letter to *stream*, whole or not at all.
    """

    name = "console"

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._one_at_a_time = threading.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """
        A stream needs no opening.
        """
        yield self

    async def send(self, letter: Letter) -> Delivered | Later | Never:
        """
        Print *letter*, off the event loop, since a terminal can be halted. Only a stream that does not take it (closed,
        broken pipe, disk full) makes it wait.
        """
        try:
            await asyncio.to_thread(self._write, printed(letter))
        except (OSError, ValueError) as fault:
            return Later(why=f"the console does not take text: {one_line(str(fault), at_most=_LINE_LENGTH)}")
        return Delivered(reference=letter.key)

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        with self._one_at_a_time:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def printed(letter: Letter) -> str:
    """
    *letter* as plain text. What it says is indented, so that no text can pass for the frame around it.
    """
    to = one_line(f"{letter.to_name} ({letter.to_address})", at_most=_LINE_LENGTH)
    head = [
        f"To:      {to}",
        f"Thread:  {letter.thread}",
        *(["Urgent:  yes"] if letter.urgent else []),
        f"Subject: {one_line(letter.subject, at_most=_LINE_LENGTH)}",
    ]
    body = [f"    {line}".rstrip() for line in many_lines(letter.text).split("\n")]
    return "\n".join([*head, "", *body, "", ""])
