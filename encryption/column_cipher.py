"""
The cipher of columns: a text of the record, encrypted or as it is.

What is encrypted says so and by which key, so both may stand in one column: before encryption was on, and after.
It must not know which columns there are.
"""

from contextlib import suppress

from encryption.base64_text import from_text, to_text
from encryption.ciphertext import Sealed
from encryption.compression import pack, unpack
from encryption.data_key import DataKey, is_data_key
from encryption.data_key_store import DataKeys
from encryption.errors import KeyErased, KeyMissing, KeyWrong
from encryption.key_ring import KeyRing
from encryption.ring_key import Purpose
from encryption.search_names import SearchNames

MARK = "\x1e"
"""Begins what is encrypted. No text has it: it is removed from what is written as it is."""


class ColumnCipher:
    """Writes and reads columns by *ring*; one that does not encrypt reads what was encrypted before."""

    def __init__(
        self, ring: KeyRing | None = None, *, encrypts: bool = False, data_keys: DataKeys | None = None
    ) -> None:
        self._ring, self._data_keys = ring, data_keys
        self._writes = ring if encrypts else None
        self._names = SearchNames(ring) if ring else None

    @property
    def key(self) -> str:
        """The name of the key that encrypts; empty, if nothing is encrypted."""
        return self._writes.keys[0].name if self._writes else ""

    def is_current(self, stored: str, scope: str) -> bool:
        """Return whether *stored* is by the key that would encrypt it now, or by one that was destroyed."""
        key = key_in(stored)
        return key == self._key_for(scope) or self._is_destroyed(key)

    def _key_for(self, scope: str) -> str | None:
        """Return the name of the key that encrypts what is said of *scope*; None, if it is yet to be made."""
        if self._writes is None or self._data_keys is None or not scope:
            return self.key
        alive = self._data_keys.known(scope) or self._data_keys.alive(scope)
        return alive.name if alive else None

    def _is_destroyed(self, key: str) -> bool:
        if self._data_keys is None or not is_data_key(key):
            return False
        with suppress(KeyErased):
            self._data_keys.find(key)
            return False
        return True

    def write(self, text: str, scope: str = "") -> str:
        """Return *text* as it is stored: of a *scope*, by its data key, if there are any."""
        text = text.replace(MARK, "")
        if self._writes is None or not text:  # nothing says nothing, as after an erasure
            return text
        seal = self._data_key(scope).seal if self._data_keys and scope else self._writes.seal
        sealed = seal(pack(text.encode()), Purpose.COLUMN)
        return f"{MARK}{sealed.key}:{to_text(sealed.data)}"

    def _data_key(self, scope: str) -> DataKey:
        assert self._data_keys
        return self._data_keys.known(scope) or self._data_keys.current(scope)

    def read(self, stored: str) -> str:
        """
        Return the text of what is *stored*.

        Raises:
            KeyMissing: If this process does not have its key.
            KeyErased: If its data key was destroyed.
            KeyWrong: If its key of that name does not fit.
        """
        if not stored.startswith(MARK):
            return stored
        key, _, encoded = stored.removeprefix(MARK).partition(":")
        if self._ring is None:
            raise KeyMissing(key)
        try:
            data = from_text(encoded)
        except ValueError:
            raise KeyWrong(key) from None
        return unpack(self._open(Sealed(key, data))).decode()

    def _open(self, sealed: Sealed) -> bytes:
        assert self._ring
        if not is_data_key(sealed.key):
            return self._ring.open(sealed, Purpose.COLUMN)
        if self._data_keys is None:
            raise KeyMissing(sealed.key)
        key = self._data_keys.known(name=sealed.key) or self._data_keys.find(sealed.key)
        return key.open(sealed, Purpose.COLUMN)

    def write_term(self, text: str) -> str:
        """Return *text* as it is stored where equal ones are counted: always alike."""
        text = text.replace(MARK, "")
        return self._names.hide(text) if self._writes and self._names else text

    def read_term(self, stored: str) -> str:
        """Return the text of what `write_term` stored."""
        return self._names.reveal(stored) if self._names else stored

    def key_of_term(self, stored: str) -> str:
        """Return the name of the key of what `write_term` stored; empty, if it is readable, or the key is gone."""
        return (self._names.key_of(stored) if self._names else None) or ""


def key_in(stored: str) -> str:
    """Return the name of the key that *stored*, or its beginning, is encrypted by; empty, if it is not encrypted."""
    return stored.removeprefix(MARK).partition(":")[0] if stored.startswith(MARK) else ""
