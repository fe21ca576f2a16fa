"""
Names as the server's lists have them: as they are, or hidden where payloads are encrypted (ADR 40).

Whoever asks for names, or reads them, does it by the keys that the connection encrypts by. It must not know keys.
"""

from collections.abc import Iterable
from typing import Protocol

from temporalio.client import Client

from encryption.payload_codec import EncryptionCodec
from encryption.search_names import SearchNames


class StoredNames(Protocol):
    """Names of people and accounts, in search attributes."""

    def forms_of(self, name: str) -> tuple[str, ...]:
        """Return all texts that may be stored for *name*."""

    def reveal(self, stored: str) -> str:
        """Return the name of what is *stored*."""


class PlainNames:
    """Names that are stored as they are."""

    def forms_of(self, name: str) -> tuple[str, ...]:
        return (name,)

    def reveal(self, stored: str) -> str:
        return stored


def names_of(client: Client) -> StoredNames:
    """Return the names as *client* encrypts them."""
    codec = client.data_converter.payload_codec
    return SearchNames(codec.ring) if isinstance(codec, EncryptionCodec) else PlainNames()


def reveal_all(names: StoredNames, stored: Iterable[str] | None) -> tuple[str, ...]:
    """Return the names of an attribute's list, which may be absent."""
    return tuple(map(names.reveal, stored or ()))
