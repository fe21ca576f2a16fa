"""
A message as the bytes of an e-mail.

Owns headers, encodings and identifiers. Must not know SMTP: how the bytes travel is `channels.email`'s affair.

Headers are folded one by one, by `textwrap` and `email.header`, not by `email.message`, whose newer folding loses or
adds spaces between encoded words, and encodes long identifiers (https://github.com/python/cpython/issues/92081 and
144156).
"""

import hashlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.protocol import OutboundMessage
from escalation.kernel.email_address import Mailbox
from messages.plain_text import to_one_line, to_plain_lines

SUBJECT_LENGTH = 200
NAME_LENGTH = 100

_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_LINE_LENGTH, _PLAIN_LENGTH = 76, 66


@dataclass(frozen=True)
class Sender:
    """In whose name messages leave. Identifiers are made in the sender's domain."""

    address: Mailbox
    name: str
    reply_to: Mailbox | None = None
    auto_response_suppress: str = ""
    """Kinds of automatic answers that mail programs are asked not to send (Microsoft's MS-OXCMAIL); may be empty."""

    def message_id(self, message: OutboundMessage) -> str:
        """The same for every attempt at the same message, so that a receiver can drop repeats (COMM-12)."""
        return self._identifier("message", message.key)

    def thread_id(self, message: OutboundMessage) -> str:
        """The message that all messages of an escalation answer. It was never sent; mail clients group by it all the
        same."""
        return self._identifier("thread", message.thread)

    def _identifier(self, kind: str, text: str) -> str:
        digest = hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:32]
        return f"<{digest}@{self.address.domain}>"


def compose_mail(message: OutboundMessage, to: Mailbox, sender: Sender, sent_at: datetime) -> bytes:
    """The whole message, lines ending in CRLF, in ASCII unless *to* is not (then the server must speak SMTPUTF8)."""
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(message, to, sender, sent_at))
    return head.encode() + _body(message)


def _headers(
    message: OutboundMessage, to: Mailbox, sender: Sender, sent_at: datetime
) -> Iterator[tuple[str, str]]:
    yield "From", _addressed("From", sender.name, sender.address)
    if sender.reply_to:
        yield "Reply-To", _addressed("Reply-To", sender.name, sender.reply_to)
    yield "To", _addressed("To", message.to_name, to)
    yield "Subject", _folded("Subject", to_one_line(message.subject, at_most=SUBJECT_LENGTH))
    yield "Date", format_datetime(sent_at)
    yield "Message-ID", sender.message_id(message)
    yield "In-Reply-To", sender.thread_id(message)
    yield "References", sender.thread_id(message)
    yield "Idempotency-Key", _folded("Idempotency-Key", message.key)
    yield "X-Escalation", _folded("X-Escalation", message.thread)
    yield "Auto-Submitted", "auto-generated"
    if sender.auto_response_suppress:
        yield "X-Auto-Response-Suppress", sender.auto_response_suppress
    yield "Content-Language", message.language
    if message.urgent:
        yield "Importance", "high"
        yield "X-Priority", "1"


def _body(message: OutboundMessage) -> bytes:
    body = EmailMessage(policy=_SEVEN_BIT)
    body.set_content(to_plain_lines(message.text), cte="quoted-printable")
    if message.html is not None:
        body.add_alternative(to_plain_lines(message.html), subtype="html", cte="quoted-printable")
    for each in message.attachments:
        main, _, sub = each.media_type.partition("/")
        body.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return body.as_bytes()


def _addressed(header: str, name: str, address: Mailbox) -> str:
    shown = to_one_line(name, at_most=NAME_LENGTH)
    if not shown:
        return f"<{address}>"
    if not _is_plain(shown):
        return f"{_folded(header, shown)}\r\n <{address}>"
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"\r\n <{address}>'


def _folded(header: str, text: str) -> str:
    """Return the free text of *header*: folded at its spaces if it is plain, else in encoded words (RFC 2047)."""
    if _is_plain(text) and " ".join(text.split()) == text:
        return "\r\n ".join(
            textwrap.wrap(text, _PLAIN_LENGTH, break_long_words=False, break_on_hyphens=False)
        )
    return Header(text, "utf-8", _LINE_LENGTH, header).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text
