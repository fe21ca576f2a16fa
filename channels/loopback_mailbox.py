"""
A mail server on loopback that keeps what it receives. For the demo and the tests, never for production.

Owns receiving and reading. Must not know what was sent or why.
"""
# ruff: noqa: ARG002, N802 -- aiosmtpd decides the names of hooks and their arguments

import asyncio
import ssl
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from functools import cached_property
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession


@dataclass(frozen=True)
class ReceivedMessage:
    """One message as it arrived, and what a mail client would make of it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        # Read when it is first asked for, since most messages of a batch never are.
        return message_from_bytes(self.raw, _class=EmailMessage, policy=default)

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self._header("Idempotency-Key")

    @property
    def thread(self) -> str:
        """The escalation's id."""
        return self._header("X-Escalation")

    @property
    def message_id(self) -> str:
        return self._header("Message-ID")

    @property
    def subject(self) -> str:
        return self._header("Subject")

    @property
    def to_name(self) -> str:
        """The display name of the recipient, as a person reads it."""
        return _decoded(parseaddr(_unfolded(self._wire("To")))[0])

    @property
    def text(self) -> str:
        return self._part("plain") or ""

    @property
    def html(self) -> str | None:
        return self._part("html")

    @property
    def attachments(self) -> dict[str, bytes]:
        """By file name."""
        parts = self.message.iter_attachments()
        return {part.get_filename() or "": bytes(part.get_payload(decode=True)) for part in parts}

    def _header(self, name: str) -> str:
        return _decoded(_unfolded(self._wire(name)))

    def _wire(self, name: str) -> str:
        return next((value for header, value in self.message.raw_items() if header == name), "")

    def _part(self, subtype: str) -> str | None:
        part = self.message.get_body((subtype,))
        return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def _unfolded(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


class LoopbackMailbox:
    """Listens on *port* of the loopback interface (0: a free one) while it is entered, in the running event loop."""

    host = "127.0.0.1"
    encryption: ssl.SSLContext | None = None

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._messages: list[ReceivedMessage] = []
        self._arrival = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: list[_Connection] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; on the same port again after a stop."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connected, self.host, self.port, ssl=self.encryption)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and hang up on everyone. What was received stays."""
        if self._server is not None:
            self._server.close()
            await self.hang_up()
            await self._server.wait_closed()
            self._server = None

    async def hang_up(self) -> None:
        """End all connections without a word, and go on listening."""
        connections, self._connections = self._connections, []
        await asyncio.gather(*(each.hang_up() for each in connections))

    def messages(self, to: str | None = None) -> tuple[ReceivedMessage, ...]:
        """Return all messages in order of arrival, or those to one address."""
        return tuple(message for message in self._messages if to is None or to in message.recipients)

    async def arrived(
        self, count: int = 1, *, to: str | None = None, within: float = 5.0
    ) -> tuple[ReceivedMessage, ...]:
        """
        Wait until *count* messages are there, and return all of them.

        Raises:
            TimeoutError: If they are not there *within* so many seconds.
        """
        async with asyncio.timeout(within):
            while len(self.messages(to)) < count:
                self._arrival.clear()
                await self._arrival.wait()
        return self.messages(to)

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        """Keep a whole message. Called by aiosmtpd."""
        raw = envelope.original_content or b""
        self._messages.append(ReceivedMessage(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        self._arrival.set()
        return "250 2.0.0 kept"

    def protocol_options(self) -> dict[str, Any]:
        """Return what the mail protocol is set up with; mailboxes may differ."""
        return {"enable_SMTPUTF8": True, "hostname": "loopback.invalid"}

    def _connected(self) -> asyncio.BaseProtocol:
        connection = _Connection(self, loop=asyncio.get_running_loop(), **self.protocol_options())
        self._connections.append(connection)
        return connection


class _Connection(SMTP):
    is_connected = True

    async def hang_up(self) -> None:
        # Below TLS, if there is any: aiosmtpd never hears of the end of a connection in the middle of its handshake.
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.is_connected = False
