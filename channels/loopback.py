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
from types import TracebackType
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
        """Read when it is first asked for, since most of a wave never is."""
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
        """With its angle brackets."""
        return self._header("Message-ID")

    @property
    def subject(self) -> str:
        """As a person reads it."""
        return self._header("Subject")

    @property
    def to_name(self) -> str:
        """The display name of the recipient, as a person reads it."""
        return _decoded(parseaddr(_unfolded(self._wire("To")))[0])

    @property
    def text(self) -> str:
        """The plain text, lines ending in `\\n`."""
        return self._part("plain") or ""

    @property
    def html(self) -> str | None:
        """The HTML alternative, if there is one."""
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
    """Listens on *port* of the loopback interface (0: a free one) while it is entered, within the running event
    loop."""

    host = "127.0.0.1"

    def __init__(self, port: int = 0, *, takes_utf8_addresses: bool = True) -> None:
        self.port = port
        self.connections_made = 0
        self.encryption: ssl.SSLContext | None = None
        self._takes_utf8_addresses = takes_utf8_addresses
        self._messages: list[ReceivedMessage] = []
        self._arrival = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._protocols: list[_Connection] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
        protocols, self._protocols = self._protocols, []
        await asyncio.gather(*(protocol.hang_up() for protocol in protocols))

    def messages(self, to: str | None = None) -> tuple[ReceivedMessage, ...]:
        """All messages in order of arrival, or those to one address."""
        return tuple(message for message in self._messages if to is None or to in message.recipients)

    def keys(self) -> tuple[str, ...]:
        """Return the idempotency keys of all messages, repeats included."""
        return tuple(message.key for message in self._messages)

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

    def keep(self, envelope: Envelope) -> None:
        """Take a message in."""
        raw = envelope.original_content or b""
        self._messages.append(ReceivedMessage(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        self._arrival.set()

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        """Called by aiosmtpd with a whole message."""
        self.keep(envelope)
        return "250 2.0.0 kept"

    def protocol_options(self) -> dict[str, Any]:
        """Options of the mail protocol, for mailboxes that differ."""
        return {"enable_SMTPUTF8": self._takes_utf8_addresses, "hostname": "loopback.invalid"}

    def _connected(self) -> asyncio.BaseProtocol:
        self.connections_made += 1
        protocol = _Connection(self, loop=asyncio.get_running_loop(), **self.protocol_options())
        self._protocols.append(protocol)
        return protocol


class _Connection(SMTP):
    """aiosmtpd's, which can be hung up on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.is_connected = True

    async def hang_up(self) -> None:
        """End the connection without a word, also in the middle of a TLS handshake, of which aiosmtpd never hears the
        end."""
        under_tls_if_any = self._original_transport or self.transport
        if isinstance(under_tls_if_any, asyncio.WriteTransport):
            under_tls_if_any.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the event loop."""
        super().connection_lost(error)
        self.is_connected = False
