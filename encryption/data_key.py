"""
One data key: 32 bytes of chance that encrypt what is said of one case, and nothing else.

Theory of operation
-------------------
What a key encrypts can be read for as long as the key is there, in every copy and every backup. So what is forgotten at
one time has a key of its own: a case (all runs and all entries of one key, ``ACME/4711``), a sponsorship, an inbox. The
key is kept wrapped, that is encrypted by the ring, in a small store apart from the data. Once it is destroyed there,
all that it encrypted is unreadable, wherever a copy of that is.

    alive       encrypts and reads: one of each case
    retired     only reads: another one encrypts now
    destroyed   only says since when it is gone, and who destroyed it

It is never used itself: for each purpose a key is derived from it, as with a key of the ring.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption.ciphertext import Sealed, open_by, seal_by
from encryption.ring_key import SIZE, Purpose, derive_key

PREFIX = "data/"
"""Of the name of each data key. Names of a ring have no slash."""


def is_data_key(name: str) -> bool:
    return name.startswith(PREFIX)


@dataclass(frozen=True)
class DataKey:
    """A data key that can be used."""

    name: str
    """Says nothing about whose it is."""
    secret: bytes

    @classmethod
    def make(cls) -> Self:
        return cls(PREFIX + secrets.token_hex(12), secrets.token_bytes(SIZE))

    @cached_property
    def _ciphers(self) -> dict[Purpose, AESGCM]:
        return {
            purpose: AESGCM(derive_key(self.secret, purpose)) for purpose in (Purpose.PAYLOAD, Purpose.COLUMN)
        }

    def seal(self, plain: bytes, purpose: Purpose) -> Sealed:
        return seal_by(self._ciphers[purpose], self.name, plain)

    def open(self, sealed: Sealed, purpose: Purpose) -> bytes:
        """
        Raises:
            KeyWrong: If what was stored was changed.
        """
        return open_by(self._ciphers[purpose], sealed)
