"""
E-mail over SMTP.

Owns the settings and the connections. Must not know how a message is built (`channels.mime`), what a server's answers
mean (`channels.smtp`), or why a message is sent.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException
from pydantic import SecretStr

from channels.mime import Sender, compose_mail
from channels.protocol import (
    Channel,
    Delivered,
    OutboundMessage,
    RefusedForGood,
    RetryLater,
    SendResult,
    Session,
)
from channels.smtp import (
    ConnectionLost,
    SmtpMessage,
    converse,
    describe_reply,
    greet,
    reset_session,
    say_goodbye,
)
from escalation.kernel.email_address import Mailbox
from messages.harmless_text import to_one_line

_SHOWN_LENGTH = 100


Encryption = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class EmailSettings:
    """One mail server and the name that messages leave in. All of it was checked where it was read."""

    host: str
    port: int
    sender_address: str
    tls: Encryption = "starttls"
    ca_file: Path | None = None
    """Further certificate authorities to trust, in PEM."""
    username: str | None = None
    password: SecretStr | None = None
    sender_name: str = ""
    reply_to: str | None = None
    """Address that answers go to; None: the sender's."""
    auto_response_suppress: str = ""
    """Value of X-Auto-Response-Suppress; empty: the header is left out."""
    timeout: float = 30.0
    """Seconds to wait for each answer of the server."""
    connections: int = 8
    """At most so many at the same time."""


class EmailChannel(Channel):
    """Channel through the mail server of *settings*."""

    name = "email"

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings

    def open(self) -> AbstractAsyncContextManager[Session]:
        return aclosing(EmailSession(self._settings))


class _Unreachable(Exception):
    """No connection could be made ready for messages."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class EmailSession:
    """A pool of connections to one mail server."""

    # 1. A connection carries one message at a time.
    # 2. A permit is held for every connection in use. It is given up for good only while another connection is open, so
    #    that the pool shrinks to what the server allows, and never to nothing.
    # 3. A connection that turns out to be closed is replaced, once.
    # 4. A message whose content was sent is not sent again here, whatever came back: the caller decides.

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._sender = Sender(
            address=Mailbox.parse(settings.sender_address),
            name=settings.sender_name,
            reply_to=Mailbox.parse(settings.reply_to) if settings.reply_to else None,
            auto_response_suppress=settings.auto_response_suppress,
        )
        self._permits = asyncio.Semaphore(settings.connections)
        self._open: set[SMTP] = set()
        self._idle: list[SMTP] = []
        self._failed_connects = 0
        self._last_failure = ""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Try once to deliver *message*, waiting for a free connection if need be."""
        try:
            recipient = Mailbox.parse(message.to_address)
        except ValueError as fault:
            return RefusedForGood(
                why=f"{to_one_line(message.to_address, at_most=_SHOWN_LENGTH)!r} is not {fault}"
            )
        mail = compose_mail(message, recipient, self._sender, datetime.now(UTC))
        parcel = SmtpMessage(self._sender.message_id(message), str(self._sender.address), recipient, mail)
        return await self._send_when_free(parcel)

    async def aclose(self) -> None:
        """Take leave of the server, politely where it does not hold us up."""
        async with asyncio.TaskGroup() as leave:
            for smtp in self._idle:
                leave.create_task(say_goodbye(smtp))
        for smtp in tuple(self._open):
            self._discard(smtp)

    async def _send_when_free(self, parcel: SmtpMessage) -> SendResult:
        # A server that allows three connections refuses the fourth: its message gives its permit up for good (law 2)
        # and waits for one of the three. If nobody is connected at all, the server is away, and all give up at once.
        failed_before = self._failed_connects
        while True:
            await self._permits.acquire()
            gives_up_permit = False
            try:
                # While it waited for a permit, others found nobody there: a whole batch must not try one by one.
                if self._failed_connects > failed_before and not self._open:
                    return RetryLater(why=self._last_failure)
                return await self._send_over_some_connection(parcel)
            except _Unreachable as fault:
                # The server may allow fewer connections than we: with one that is open, the pool shrinks.
                if not self._open:
                    return RetryLater(why=fault.why)
                gives_up_permit = True
            finally:
                if not gives_up_permit:
                    self._permits.release()

    async def _send_over_some_connection(self, parcel: SmtpMessage) -> SendResult:
        # Servers close idle connections. Nothing of the message has left then: a fresh one cannot double it.
        reused = self._take_idle()
        if reused is not None:
            with suppress(ConnectionLost):
                return await self._send_over(reused, parcel)
        try:
            return await self._send_over(await self._connect(), parcel)
        except ConnectionLost as fault:
            return RetryLater(why=str(fault))

    async def _send_over(self, smtp: SMTP, parcel: SmtpMessage) -> SendResult:
        """One conversation, after which *smtp* is idle again if it can be, and closed if it cannot: the server hung
        up or was too slow, or we were cancelled in the middle."""
        is_reusable = False
        try:
            outcome = await converse(smtp, parcel)
            is_reusable = isinstance(outcome, Delivered) or await reset_session(smtp)
        finally:
            if is_reusable and smtp.is_connected:
                self._idle.append(smtp)
            else:
                self._discard(smtp)
        return outcome

    def _take_idle(self) -> SMTP | None:
        while self._idle:
            smtp = self._idle.pop()
            if smtp.is_connected:
                return smtp
            self._discard(smtp)
        return None

    async def _connect(self) -> SMTP:
        smtp = self._client()
        try:
            await smtp.connect()
            await greet(smtp)
        except (SMTPException, OSError, UnicodeError) as fault:  # the last of a host name that cannot be one
            smtp.close()
            self._failed_connects += 1
            self._last_failure = _why_unreachable(fault, self._settings)
            raise _Unreachable(self._last_failure) from None
        except BaseException:
            smtp.close()
            raise
        self._open.add(smtp)
        return smtp

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            cert_bundle=None if settings.ca_file is None else str(settings.ca_file),
            username=settings.username,
            password=None if settings.password is None else settings.password.get_secret_value(),
            local_hostname=self._sender.address.domain,  # else the resolver is asked for our own name
            timeout=settings.timeout,
        )

    def _discard(self, smtp: SMTP) -> None:
        self._open.discard(smtp)
        smtp.close()


def _why_unreachable(fault: Exception, settings: EmailSettings) -> str:
    server = f"{settings.host}:{settings.port}"
    if isinstance(fault, SMTPAuthenticationError):  # its text may repeat what we sent
        return f"the mail server {server} refused our login ({fault.code}): check username and password"
    return f"the mail server {server} cannot be used ({describe_reply(fault)})"
