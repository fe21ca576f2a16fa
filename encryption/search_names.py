"""
Names that the server's lists search by: encrypted so that one name always becomes the same text.

Temporal never encrypts search attributes, and must compare them. AES-SIV (RFC 5297) gives the same text for the same
name, which nobody without the key can make or read; who has the key reads it back. That one name stands in two places
can be seen. It must not know which attributes there are.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from encryption.base64_text import from_text, to_text
from encryption.key_ring import KeyRing

PREFIX = "enc:"
_REMEMBERED = 10_000


class SearchNames:
    """Encrypts names by the first search key of *ring*, and finds them by all."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def hide(self, name: str) -> str:
        """Return *name* as it is stored."""
        return _hidden(next(iter(self._ring.search_keys.values())), name)

    def forms_of(self, name: str) -> tuple[str, ...]:
        """Return all texts that may be stored for *name*: by each key, and as it was before encryption was on."""
        return (*(_hidden(key, name) for key in self._ring.search_keys.values()), name)

    def reveal(self, stored: str) -> str:
        """Return the name of what is *stored*; as it stands, if it is not encrypted, or by a key that is gone."""
        if not stored.startswith(PREFIX):
            return stored
        names = (_revealed(key, stored) for key in self._ring.search_keys.values())
        return next((name for name in names if name is not None), stored)

    def key_of(self, stored: str) -> str | None:
        """Return the name of the key that *stored* is encrypted by; None, if it is not, or by a key that is gone."""
        if stored.startswith(PREFIX):
            for key, cipher in self._ring.search_keys.items():
                if _revealed(cipher, stored) is not None:
                    return key
        return None


@lru_cache(_REMEMBERED)
def _hidden(key: AESSIV, name: str) -> str:
    # A name has a character at least, and the cipher takes nothing less.
    encrypted = key.encrypt(name.encode() or b"\0", None)
    return PREFIX + to_text(encrypted)


@lru_cache(_REMEMBERED)
def _revealed(key: AESSIV, stored: str) -> str | None:
    try:
        return key.decrypt(from_text(stored.removeprefix(PREFIX)), None).decode()
    except (InvalidTag, ValueError):
        return None
