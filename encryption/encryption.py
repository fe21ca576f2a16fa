"""Encryption as a process has it: a ring, and what is done with it; without keys it only knows what it cannot read."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from temporalio.converter import PayloadCodec

from encryption.data_key_store import DataKeys
from encryption.errors import EncryptionFault
from encryption.key_ring import KeyRing
from encryption.payload_codec import EncryptionCodec, KeylessCodec
from encryption.search_names import SearchNames


class Encryption:
    """All that one ring encrypts of Temporal's; without one, nothing."""

    fault: type[Exception] = EncryptionFault

    def __init__(self, ring: KeyRing | None, data_keys: DataKeys | None = None) -> None:
        self.ring, self.data_keys = ring, data_keys
        self.codec: PayloadCodec = EncryptionCodec(ring, data_keys) if ring else KeylessCodec()
        self._names = SearchNames(ring) if ring else None

    @classmethod
    def of(
        cls, written: Sequence[str], file: Path | None, data_keys_url: SecretStr | None = None
    ) -> "Encryption":
        """
        Return encryption by the keys that are *written*, or are in *file*, if there are any. With *data_keys_url*, what
        is said of a case is encrypted by a key of its own, which is kept there.

        Raises:
            WrongKeys: If these are no keys.
        """
        ring = KeyRing(written, file) if written or file else None
        return cls(ring, DataKeys(data_keys_url, ring) if ring and data_keys_url else None)

    @property
    def is_on(self) -> bool:
        return self.ring is not None

    @property
    def has_data_keys(self) -> bool:
        return self.data_keys is not None

    def hide(self, name: str) -> str:
        """Return *name*, of a person or an account, as search attributes hold it."""
        return self._names.hide(name) if self._names else name
