"""
The key ring of a process: the first key of a kind encrypts, all are able to read.

So a key can be replaced while everything runs: the new one goes first, the old one stays behind it for as long as
something needs it. A ring that is kept in a file is read again when the file has changed.

Everything that is encrypted says the name of its key, and `_cipher` is the one place that finds a key of the ring.
Names of a ring have no slash; what has one is a data key (``data_key_store.py``).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from encryption.ciphertext import Sealed, open_by, seal_by
from encryption.errors import KeyMissing, WrongKeys
from encryption.ring_key import KeyKind, Purpose, RingKey

_LOOKS_EVERY = 1.0
"""Seconds between two looks at the file."""
FileState = tuple[int, int, int]

log = structlog.get_logger("encryption")


@dataclass(frozen=True)
class _Keys:
    """Keys as they were read at one time."""

    encryption: tuple[RingKey, ...]
    search: tuple[RingKey, ...]
    ciphers: dict[tuple[str, Purpose], AESGCM]
    names: dict[str, AESSIV]

    @classmethod
    def of(cls, written: Sequence[str]) -> "_Keys":
        """
        Raises:
            WrongKeys: If these are no keys, two have one name, or a kind is missing.
        """
        keys = [RingKey.parse(each) for each in written]
        names = [key.name for key in keys]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise WrongKeys(
                f"two encryption keys are called {twice[0]!r}; allowed: a name of its own for each"
            )
        kinds = {kind: tuple(key for key in keys if key.kind is kind) for kind in KeyKind}
        for kind, found in kinds.items():
            if not found:
                raise WrongKeys(f"there is no key of the kind {kind}; allowed: one or more of each kind")
        encryption, search = kinds[KeyKind.ENCRYPTION], kinds[KeyKind.SEARCH]
        ciphers = {
            (key.name, purpose): AESGCM(key.derive(purpose))
            for key in encryption
            for purpose in (Purpose.PAYLOAD, Purpose.COLUMN, Purpose.DATA_KEY)
        }
        return cls(
            encryption, search, ciphers, {key.name: AESSIV(key.derive(Purpose.NAME, 64)) for key in search}
        )


class KeyRing:
    """Encrypts and reads. Made of keys as they are written, or of a file that holds them."""

    def __init__(self, written: Sequence[str] = (), file: Path | None = None) -> None:
        """
        Raises:
            WrongKeys: If these are no keys, or the file cannot be read.
        """
        self._file, self._seen, self._looked_at = file, state_of(file), monotonic()
        self._lock = threading.Lock()
        self._keys = _Keys.of(_read(file) if file else written)

    @property
    def keys(self) -> tuple[RingKey, ...]:
        """All keys, in their order: those that encrypt, and those for names."""
        return (*self._current.encryption, *self._current.search)

    @property
    def search_keys(self) -> dict[str, AESSIV]:
        """The ciphers for names by their keys, the one that encrypts first."""
        return self._current.names

    def seal(self, plain: bytes, purpose: Purpose) -> Sealed:
        """Encrypt *plain* by the first key."""
        keys = self._current
        name = keys.encryption[0].name
        return seal_by(keys.ciphers[name, purpose], name, plain)

    def open(self, sealed: Sealed, purpose: Purpose) -> bytes:
        """
        Return what was encrypted.

        Raises:
            KeyMissing: If this process does not have the key.
            KeyWrong: If its key of that name does not fit.
        """
        return open_by(self._cipher(sealed.key, purpose), sealed)

    def _cipher(self, name: str, purpose: Purpose) -> AESGCM:
        found = self._current.ciphers.get((name, purpose))
        if found is None and self._file:  # somebody may have got a new key first
            self._look_again()
            found = self._keys.ciphers.get((name, purpose))
        if found is None:
            raise KeyMissing(name)
        return found

    @property
    def _current(self) -> _Keys:
        if self._file and monotonic() - self._looked_at > _LOOKS_EVERY:
            self._look_again()
        return self._keys

    def _look_again(self) -> None:
        """Read the file, if it has changed. One that is no ring is left alone: the keys of before are good yet."""
        with self._lock:
            self._looked_at = monotonic()
            if (state := state_of(self._file)) == self._seen or self._file is None:
                return
            try:
                self._keys, self._seen = _Keys.of(_read(self._file)), state
            except WrongKeys as fault:
                log.error("encryption_keys_not_read", file=str(self._file), why=str(fault))
            else:
                log.info("encryption_keys_read", encrypts=self._keys.encryption[0].name)


def _read(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").replace(",", " ").split()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise WrongKeys(f"the file of encryption keys {file} cannot be read ({why})") from None


def state_of(file: Path | None) -> FileState | None:
    """Return what changes with the content of *file*; None, if it cannot be looked at."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found else None
