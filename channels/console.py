"""
Messages printed to a stream: for a first look, and for people who work in a terminal.

Owns how a message looks in plain text. Must not know Rich or any other markup: what it writes is to be shown as it
is.
"""

import asyncio
import threading
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TextIO

from channels.protocol import Channel, OutboundMessage, Printed, RetryLater, SendResult, Session
from escalation.notifications.delivery_results import CONSOLE_CHANNEL
from messages.harmless_text import to_one_line, to_plain_lines

_LINE_LENGTH = 200


class ConsoleChannel(Channel):
    """Writes each message to *stream*, whole or not at all."""

    name = CONSOLE_CHANNEL

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._one_at_a_time = threading.Lock()

    def open(self) -> AbstractAsyncContextManager[Session]:
        """A stream needs no opening."""
        return nullcontext(self)

    async def send(self, message: OutboundMessage) -> SendResult:
        """Print *message*, off the event loop, since a terminal can be halted. Only a stream that does not take it
        (closed, broken pipe, disk full) makes it wait."""
        try:
            await asyncio.to_thread(self._write, format_message(message))
        except (OSError, ValueError) as fault:
            return RetryLater(
                why=f"the console does not take text: {to_one_line(str(fault), at_most=_LINE_LENGTH)}"
            )
        return Printed()

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        with self._one_at_a_time:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def format_message(message: OutboundMessage) -> str:
    """*message* as plain text. What it says is indented, so that no text can pass for the frame around it."""
    to = to_one_line(f"{message.to_name} ({message.to_address})", at_most=_LINE_LENGTH)
    head = [
        f"To:      {to}",
        f"Thread:  {message.thread}",
        *(["Urgent:  yes"] if message.urgent else []),
        f"Subject: {to_one_line(message.subject, at_most=_LINE_LENGTH)}",
    ]
    body = [f"    {line}".rstrip() for line in to_plain_lines(message.text).split("\n")]
    return "\n".join([*head, "", *body, "", ""])
