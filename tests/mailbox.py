"""
Mail server that can misbehave on demand: the one of `channels.loopback_mailbox`, with the trouble that real ones make.
"""
# ruff: noqa: ARG002, N802 -- aiosmtpd decides the names of hooks and their arguments

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from channels.loopback_mailbox import LoopbackMailbox


@dataclass
class _Answer:
    """An answer other than yes: to one recipient or to all, so many times or always."""

    reply: str
    to: str | None
    times: int | None

    def fits(self, recipient: str) -> bool:
        return self.times != 0 and self.to in {None, recipient}

    def used(self) -> str:
        if self.times is not None:
            self.times -= 1
        return self.reply


class Mailbox(LoopbackMailbox):
    """Tell it what to do wrong; it does the rest right."""

    def __init__(
        self,
        port: int = 0,
        *,
        takes_utf8_addresses: bool = True,
        login: tuple[str, str] | None = None,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        largest: int | None = None,
    ) -> None:
        super().__init__(port)
        self.connections_made = 0
        self._takes_utf8_addresses = takes_utf8_addresses
        self.attempts: list[str] = []  # recipients in the order in which they were tried, refused ones too
        self._has_read = asyncio.Event()
        self._login = login
        self._starttls = starttls
        self.encryption = tls
        self._largest = largest
        self._to_sender: list[_Answer] = []
        self._to_recipient: list[_Answer] = []
        self._to_content: list[_Answer] = []
        self._drops = 0
        self._delay = 0.0
        self._most_connections: int | None = None
        self._letters_per_connection: int | None = None
        self._begun: WeakKeyDictionary[Session, int] = WeakKeyDictionary()
        self._is_mute = False

    def keys(self) -> tuple[str, ...]:
        """Return the idempotency keys of all messages, repeats included."""
        return tuple(message.key for message in self.messages())

    def says_later(
        self, *, times: int | None = None, to: str | None = None, reply: str = "451 4.3.0 try again later"
    ) -> None:
        """Refuse recipients for now."""
        self._to_recipient.append(_Answer(reply, to, times))

    def takes_again(self, to: str) -> None:
        """Refuse this recipient no longer."""
        self._to_recipient = [answer for answer in self._to_recipient if answer.to != to]

    def says_never(
        self, to: str, reply: str = "550 5.1.1 no such mailbox here", times: int | None = None
    ) -> None:
        """Refuse one recipient for good."""
        self._to_recipient.append(_Answer(reply, to, times))

    def refuses_sender(self, reply: str, times: int | None = None) -> None:
        """Refuse whoever sends."""
        self._to_sender.append(_Answer(reply, None, times))

    def refuses_content(self, reply: str, times: int | None = None) -> None:
        """Refuse a letter once it was read."""
        self._to_content.append(_Answer(reply, None, times))

    def drops_after_content(self, times: int = 1) -> None:
        """Keep the letter, and hang up before saying so."""
        self._drops = times

    def turns_slow(self, seconds: float) -> None:
        """Think about each letter for so long."""
        self._delay = seconds

    def allows_connections(self, most: int) -> None:
        """Turn away whoever comes when so many are connected."""
        self._most_connections = most

    def allows_letters_per_connection(self, most: int) -> None:
        """End a connection with 421 when it wants to send more."""
        self._letters_per_connection = most

    def falls_silent(self) -> None:
        """Take connections and say nothing."""
        self._is_mute = True

    async def has_read_one(self) -> None:
        """Wait until it has read a letter, whatever it will answer."""
        async with asyncio.timeout(5):
            await self._has_read.wait()

    async def goes_down(self) -> None:
        """Hang up and stop listening; `comes_up` brings it back on the same port."""
        await self.stop()

    async def comes_up(self) -> None:
        """Listen again."""
        await self.start()

    def protocol_options(self) -> dict[str, Any]:
        """With a login, encryption or a limit on the size of letters, if so told."""
        options = super().protocol_options() | {"enable_SMTPUTF8": self._takes_utf8_addresses}
        if self._login is not None:
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        if self._starttls is not None:
            options |= {"tls_context": self._starttls, "require_starttls": True}
        if self._largest is not None:
            options |= {"data_size_limit": self._largest}
        return options

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd when a letter begins."""
        if self._login is not None and not session.authenticated:
            return "530 5.7.0 authentication required"
        if self._letters_per_connection is not None:
            self._begun[session] = self._begun.get(session, 0) + 1
            if self._begun[session] > self._letters_per_connection:
                return "421 4.7.0 enough for one connection"
        if (refusal := _first_fitting(self._to_sender, address)) is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 go on"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd for each recipient."""
        self.attempts.append(address)
        if (refusal := _first_fitting(self._to_recipient, address)) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with a whole message."""
        self._has_read.set()
        await asyncio.sleep(self._delay)
        if (refusal := _first_fitting(self._to_content, "")) is not None:
            return refusal
        reply = await super().handle_DATA(server, session, envelope)
        if self._drops > 0:
            self._drops -= 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            await asyncio.sleep(3600)  # cancelled with the connection, before any answer
        return reply

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        assert self._login is not None
        username, password = self._login
        is_right = given == LoginPassword(username.encode(), password.encode())
        return AuthResult(success=is_right, handled=False)

    def _connected(self) -> asyncio.BaseProtocol:
        if self._is_mute:
            return asyncio.Protocol()
        connected = sum(connection.is_connected for connection in self._connections)
        if self._most_connections is not None and connected >= self._most_connections:
            return _TurnedAway()
        self.connections_made += 1
        return super()._connected()


class _TurnedAway(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.7.0 too many connections\r\n")
        transport.close()


def _first_fitting(answers: list[_Answer], recipient: str) -> str | None:
    return next((answer.used() for answer in answers if answer.fits(recipient)), None)
