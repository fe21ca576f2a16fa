"""
Parties: an account, a contact of a customer, or one of our people, that data is about.

Owns how a text names one of them. It must not know where data is kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId


class PartyKind(StrEnum):
    """Kinds of parties."""

    ACCOUNT = "account"
    CONTACT = "contact"
    """Somebody at a customer, known by an e-mail address."""
    COLLEAGUE = "colleague"
    """One of our own people, known by an id in the playbook."""


@dataclass(frozen=True)
class Party:
    """One account or person."""

    kind: PartyKind
    id: str
    """The account's name, the contact's e-mail address, or the colleague's id."""
    words: tuple[str, ...] = ()
    """Names and addresses that texts may have of a person."""

    @classmethod
    def account(cls, name: str) -> "Party":
        return cls(PartyKind.ACCOUNT, name)

    @classmethod
    def contact(cls, written: str, names: Iterable[str] = ()) -> "Party":
        """Return the contact of ``ACCOUNT:EMAIL``, or of an e-mail address, who is called *names*."""
        email = mailbox_of(ContactId.read(written).email)
        return cls(PartyKind.CONTACT, email, (email, *names))

    @classmethod
    def colleague(cls, id_: str, words: Iterable[str] = ()) -> "Party":
        return cls(PartyKind.COLLEAGUE, id_, (f"@{id_}", *filter(None, words)))

    @property
    def is_person(self) -> bool:
        return self.kind is not PartyKind.ACCOUNT

    @property
    def digest(self) -> str:
        """The kind, and a digest of the id: for the audit log, from which nothing can be erased."""
        return f"{self.kind} sha256:{sha256(self.id.encode()).hexdigest()[:16]}"

    def is_called(self, text: str) -> bool:
        """Return whether *text* is, or has in it, what this party is called."""
        return text == self.id or (self.pattern.search(text) is not None)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Whatever names this party within a text, as whole words."""
        # Not `jo@acme.example` in `jo@acme.example.com`, nor Jo in Joan or in jo@acme.example. A full stop may follow.
        words = self.words or (self.id,)
        longest_first = sorted(set(words), key=len, reverse=True)
        return re.compile(
            rf"(?<![\w.+-])(?:{'|'.join(map(re.escape, longest_first))})(?!\.?[\w@-])", re.IGNORECASE
        )

    def is_named_in(self, said: Any) -> bool:
        """Return whether any text of *said*, plain JSON, names this party."""
        return any(map(self.is_called, texts_in(said)))


def texts_in(said: Any) -> Iterator[str]:
    """Yield all texts of plain JSON, keys too, since some are names."""
    match said:
        case str():
            yield said
        case Mapping():
            for key, value in said.items():
                yield key
                yield from texts_in(value)
        case Sequence():
            for each in said:
                yield from texts_in(each)
        case _:
            pass
