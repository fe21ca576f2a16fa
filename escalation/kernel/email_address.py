"""
E-mail addresses: the one definition, for everything that takes one and for what sends to it.

A mailbox is `local@domain`, as it goes on a mail server's command line: no display name, no quoted local part, no
address literal. The domain is kept in lower case and in ASCII, as mail is sent to it, so that a mailbox has one
spelling. Letters beyond ASCII before the @ are kept: they need a server that speaks SMTPUTF8.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from escalation.kernel.reasons import InvalidValue, reason
from escalation.kernel.values import LONGEST_ADDRESS

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LONGEST_LOCAL_PART = 64


class BadEmailAddress(InvalidValue):
    """The text is no e-mail address."""


@dataclass(frozen=True)
class Mailbox:
    """An e-mail address in its parts, safe to put on a command line and into a header."""

    local_part: str
    domain: str
    """In lower case and in ASCII."""

    @classmethod
    def parse(cls, text: str) -> "Mailbox":
        """
        Read `local@domain`.

        Raises:
            BadEmailAddress: If it is anything else.
        """
        local_part, _, domain = unicodedata.normalize("NFC", text).rpartition("@")
        mailbox = cls(local_part, _ascii_domain(domain))
        if not _is_local_part(local_part) or len(str(mailbox)) > LONGEST_ADDRESS:
            raise BadEmailAddress(reason("allowed.email"))
        return mailbox

    @property
    def is_ascii(self) -> bool:
        """True if every mail server can be asked to take it."""
        return self.local_part.isascii()

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def mailbox_of(address: str) -> str:
    """Return the form that all spellings of one mailbox share: no mail server in use tells `Jo@` from `jo@`."""
    return unicodedata.normalize("NFC", address).casefold()


def _is_local_part(text: str) -> bool:
    return (
        text.isprintable()
        and _LOCAL_PART.fullmatch(text) is not None
        and len(text.encode()) <= _LONGEST_LOCAL_PART
    )


def _ascii_domain(domain: str) -> str:
    folded = domain.lower()
    encoded = folded if folded.isascii() else _encoded(folded)
    if not _DOMAIN.fullmatch(encoded):
        raise BadEmailAddress(reason("allowed.email"))
    return encoded


def _encoded(domain: str) -> str:
    """
    Return the domain with its labels in ASCII.

    The standard library's tables are those of IDNA 2003, fixed for ever. They map a few letters away: straße.de to
    strasse.de, which is somebody else's. A domain that does not come back as it went is refused, not misdirected.
    """
    try:
        encoded = domain.encode("idna").decode("ascii")
        if encoded.encode("ascii").decode("idna") == domain:
            return encoded
    except UnicodeError:
        pass
    raise BadEmailAddress(reason("allowed.ascii_domain"))


def as_mailed(text: str) -> str:
    """
    Return the one spelling of an e-mail address.

    Raises:
        BadEmailAddress: If it is none.
    """
    return str(Mailbox.parse(text))


def _in_ascii(text: str) -> str:
    if not text.isascii():
        raise BadEmailAddress(reason("allowed.ascii_email"))
    return text


EmailAddress = Annotated[str, Field(max_length=LONGEST_ADDRESS), AfterValidator(as_mailed)]
SenderAddress = Annotated[EmailAddress, AfterValidator(_in_ascii)]
"""An address that we send from, or that is replied to."""
