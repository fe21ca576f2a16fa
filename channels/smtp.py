"""
One conversation with a mail server, and what its replies mean for a message.

Owns the order of SMTP's commands and the judgement of its answers. Must not know where the server is or how many
connections there are: that is `channels.email`'s affair.
"""

from contextlib import suppress
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from channels.protocol import Delivered, RefusedForGood, RetryLater, SendResult
from escalation.kernel.email_address import Mailbox
from messages.harmless_text import to_one_line

_REPLY_LENGTH = 200
_GOODBYE_WITHIN = 1.0
_TOO_LARGE = 552
_SERVICE_CLOSING = 421
_OURS_TO_FIX = frozenset({_SERVICE_CLOSING, 503, 530, 534, 535, 538})
"""Replies about our session or our login, which say nothing about the recipient, at whatever moment they come."""


class ConnectionLost(Exception):
    """The connection ended before any of the message left: to send it over another one cannot double it."""


@dataclass(frozen=True)
class SmtpMessage:
    """A message ready for the conversation with a server."""

    reference: str
    sender: str
    recipient: Mailbox
    message: bytes


async def greet(smtp: SMTP) -> None:
    """Ask a server that just connected what it can do, unless the login asked already."""
    if smtp.is_ehlo_or_helo_needed:
        try:
            await smtp.ehlo()
        except SMTPHeloError:
            await smtp.helo()


async def say_goodbye(smtp: SMTP) -> None:
    """Quit, and do not wait long for the answer."""
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=_GOODBYE_WITHIN)


async def converse(smtp: SMTP, parcel: SmtpMessage) -> SendResult:
    """
    Hand one message over to a server that was greeted.

    Raises:
        ConnectionLost: If the connection ended before any of the message left.
    """
    needs_utf8 = not parcel.recipient.is_ascii
    if needs_utf8 and not smtp.supports_extension("smtputf8"):
        return RefusedForGood(
            why=f"{parcel.recipient} is not in ASCII, and the mail server does not take such addresses"
        )
    encoding = "utf-8" if needs_utf8 else "ascii"
    try:
        await smtp.mail(parcel.sender, options=_mail_options(smtp, parcel), encoding=encoding)
        await smtp.rcpt(str(parcel.recipient), encoding=encoding)
    except SMTPResponseException as refusal:
        # 421 may come at any moment, and says nothing about this message.
        if refusal.code == _SERVICE_CLOSING:
            raise ConnectionLost(_said(refusal)) from None
        return _judged(refusal)
    except (SMTPException, OSError) as fault:
        raise ConnectionLost(
            f"the connection to the mail server was lost ({describe_reply(fault)})"
        ) from None
    # From here on nobody can tell whether it arrived, unless the server answers.
    # From here on the message may have arrived, whatever comes back: no answer is no reason to send it elsewhere.
    try:
        await smtp.data(parcel.message)
    except SMTPResponseException as refusal:
        return _judged(refusal)
    except (SMTPException, OSError) as fault:
        return RetryLater(
            why=f"no answer after the message was sent, it may have arrived ({describe_reply(fault)})"
        )
    return Delivered(reference=parcel.reference)


async def reset_session(smtp: SMTP) -> bool:
    """Make *smtp* ready for another message after a refusal; return False if that cannot be done."""
    try:
        await smtp.rset()
    except (SMTPException, OSError):
        return False
    return True


def describe_reply(fault: Exception) -> str:
    """Return a fault in one line."""
    # Its cause says more than what the library made of it, if it says anything.
    if isinstance(fault, SMTPResponseException):
        return _said(fault)
    texts = (str(each) for each in (fault.__cause__, fault) if each is not None)
    return to_one_line(next((text for text in texts if text), type(fault).__name__), at_most=_REPLY_LENGTH)


def _mail_options(smtp: SMTP, parcel: SmtpMessage) -> list[str]:
    options = [f"SIZE={len(parcel.message)}"] if smtp.supports_extension("size") else []
    if not parcel.recipient.is_ascii:
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    return options


def _judged(refusal: SMTPResponseException) -> RetryLater | RefusedForGood:
    # For good is what the server says so (5xx) of this recipient or this message. What it says of us (our login, our
    # sender address, our session) is for the operator to fix, and the message waits for that.
    # 550 to RCPT: the recipient is not known, for good. 535 to MAIL: our login, so later. 552 to MAIL: the message is
    # too large, for good. 451 to anything: later. 554 to DATA: the message was judged and refused, for good.
    is_for_good = 500 <= refusal.code < 600 and refusal.code not in _OURS_TO_FIX
    is_of_the_message = (
        isinstance(refusal, SMTPRecipientRefused | SMTPDataError) or refusal.code == _TOO_LARGE
    )
    if is_for_good and is_of_the_message:
        return RefusedForGood(why=_said(refusal))
    if is_for_good and isinstance(refusal, SMTPSenderRefused):
        return RetryLater(why=f"our own sender address was refused: {_said(refusal)}")
    return RetryLater(why=_said(refusal))


def _said(refusal: SMTPResponseException) -> str:
    reply = to_one_line(refusal.message, at_most=_REPLY_LENGTH)
    return f"the mail server said {refusal.code} {reply}".rstrip()
