"""
A message as the bytes of an e-mail.

Owns headers, encodings and identifiers. Must not know SMTP: how the bytes travel is `channels.email`'s affair.
"""

import hashlib
import textwrap
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.protocol import OutboundMessage
from escalation.kernel.email_address import Mailbox
from messages.harmless_text import to_one_line, to_plain_lines

SUBJECT_LENGTH = 200
NAME_LENGTH = 100

# The headers are written here and not by `email.message`, whose folding loses or adds spaces between encoded words, and
# encodes long identifiers (https://github.com/python/cpython/issues/92081 and 144156). The body is the library's own.

_SEVEN_BIT = SMTP.clone(cte_type="7bit")
_LINE_LENGTH = 66
_ENCODED_WORD_BYTES = 39
"""39 bytes make an encoded word of 64 characters: a header's name and it stay within the 76 of RFC 2047."""


@dataclass(frozen=True)
class Sender:
    """In whose name messages leave. Identifiers are made in the sender's domain."""

    address: Mailbox
    name: str
    reply_to: Mailbox | None = None
    auto_response_suppress: str = ""
    """Answers that mail programs are asked not to give by themselves (MS-OXCMAIL); empty: nothing is asked."""

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
    yield "From", _addressed(sender.name, sender.address)
    if sender.reply_to:
        yield "Reply-To", _addressed(sender.name, sender.reply_to)
    yield "To", _addressed(message.to_name, to)
    yield "Subject", _unstructured(to_one_line(message.subject, at_most=SUBJECT_LENGTH))
    yield "Date", format_datetime(sent_at)
    yield "Message-ID", sender.message_id(message)
    yield "In-Reply-To", sender.thread_id(message)
    yield "References", sender.thread_id(message)
    yield "Idempotency-Key", _unstructured(message.key)
    yield "X-Escalation", _unstructured(message.thread)
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


def _addressed(name: str, address: Mailbox) -> str:
    shown = to_one_line(name, at_most=NAME_LENGTH)
    if not shown:
        return f"<{address}>"
    if not _is_plain(shown):
        return f"{_encoded_words(shown)}\r\n <{address}>"
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"\r\n <{address}>'


def _unstructured(text: str) -> str:
    """A header's free text. What is plain is folded at its spaces, the rest becomes encoded words (RFC 2047)."""
    is_foldable = _is_plain(text) and " ".join(text.split()) == text
    if not is_foldable:
        return _encoded_words(text)
    return "\r\n ".join(textwrap.wrap(text, _LINE_LENGTH, break_long_words=False, break_on_hyphens=False))


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded_words(text: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(text))


def _pieces(text: str) -> Iterator[bytes]:
    """*text* in pieces that never cut a character (RFC 2047, section 5)."""
    piece = b""
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > _ENCODED_WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    if piece:
        yield piece
