"""
One key of a ring: how it is written, made and used.

A key is 32 bytes of chance with a name and a kind. It is never used itself: for each purpose a key is derived from it
(HKDF, RFC 5869), so payloads, columns and names never share one. It must not know which keys there are.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from encryption.base64_text import from_text, to_text
from encryption.errors import WrongKeys

SIZE = 32
"""Bytes of a key."""
ALLOWED = "NAME:encryption:KEY or NAME:search:KEY, KEY the base64 of 32 bytes"


class KeyKind(StrEnum):
    """Use of a key."""

    ENCRYPTION = "encryption"
    """Encrypts payloads and columns. It is replaced from time to time."""
    SEARCH = "search"
    """Encrypts names that lists search by, each name always to the same text. It stays."""


class Purpose(StrEnum):
    """Purposes for which keys are derived."""

    PAYLOAD = "payload"
    COLUMN = "column"
    NAME = "name"
    DATA_KEY = "data-key"
    """To wrap data keys, which are kept apart from what they encrypt."""


@dataclass(frozen=True)
class RingKey:
    """A key with its name."""

    name: str
    kind: KeyKind
    _secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Self:
        """
        Read ``NAME:encryption:KEY`` or ``NAME:search:KEY``; KEY is the base64 of 32 bytes.

        Raises:
            WrongKeys: If *written* is no such key. Never quotes it.
        """
        try:
            name, kind, encoded = written.split(":")
            secret = from_text(encoded.rstrip("="))
            if not name or len(secret) != SIZE:
                raise ValueError
            return cls(name, KeyKind(kind), secret)
        except ValueError:
            raise WrongKeys(f"an encryption key is ***, which is none; allowed: {ALLOWED}") from None

    @classmethod
    def make(cls, kind: KeyKind, today: date) -> Self:
        """Return a new key, called after the day and itself: no two keys have one name."""
        secret = secrets.token_bytes(SIZE)
        return cls(f"{today.isoformat()}-{hashlib.sha256(secret).hexdigest()[:6]}", kind, secret)

    @property
    def written(self) -> str:
        """The whole key as settings and files have it: a secret."""
        return f"{self.name}:{self.kind}:{to_text(self._secret)}"

    def derive(self, purpose: Purpose, size: int = SIZE) -> bytes:
        """Return the key for *purpose*, of *size* bytes."""
        return derive_key(self._secret, purpose, size)


def derive_key(secret: bytes, purpose: Purpose, size: int = SIZE) -> bytes:
    """Return the key for *purpose* that comes of *secret*, of *size* bytes."""
    return HKDF(SHA256(), size, salt=None, info=f"escalation-engine {purpose}".encode()).derive(secret)
