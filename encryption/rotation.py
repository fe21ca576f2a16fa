"""
Changes of a ring: a new one, a new key in front, an old key that goes.

Owns how the list of keys changes, and how a file of them is written. It must not know who asks.
"""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from encryption.errors import WrongKeys
from encryption.ring_key import KeyKind, RingKey

Keys = Sequence[RingKey]


def new_ring(today: date) -> Keys:
    """Return a ring with a key of each kind."""
    return [RingKey.make(kind, today) for kind in KeyKind]


def with_new_key(keys: Keys, today: date, *, only_reads: bool = False) -> Keys:
    """Return *keys* with a new one that encrypts from now on; or *only_reads*, until it is put first."""
    new = RingKey.make(KeyKind.ENCRYPTION, today)
    return [*keys, new] if only_reads else [new, *keys]


def with_first(keys: Keys, name: str) -> Keys:
    """
    Return *keys* with that of *name* in front of its kind.

    Raises:
        WrongKeys: If there is none.
    """
    wanted = _named(keys, name)
    return [wanted, *(key for key in keys if key is not wanted)]


def without(keys: Keys, name: str) -> Keys:
    """
    Return *keys* without that of *name*.

    Raises:
        WrongKeys: If there is none, or it is the last of its kind.
    """
    unwanted = _named(keys, name)
    if sum(key.kind is unwanted.kind for key in keys) == 1:
        raise WrongKeys(
            f"{name!r} is the only key of the kind {unwanted.kind}; allowed: one that another one follows"
        )
    return [key for key in keys if key is not unwanted]


def _named(keys: Keys, name: str) -> RingKey:
    for key in keys:
        if key.name == name:
            return key
    raise WrongKeys(f"there is no key {name!r}; allowed: {', '.join(key.name for key in keys)}")


def write_ring(keys: Keys, file: Path, *, is_new: bool = False) -> None:
    """
    Put *keys* into *file*, for its owner alone. Whoever reads it meanwhile finds the keys of before or of after.

    Raises:
        WrongKeys: If it cannot be written, or *is_new* and there is one.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.writelines(f"{key.written}\n" for key in keys)
        if is_new:
            file.hardlink_to(draft)
            draft.unlink()
        else:
            draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise WrongKeys(f"the keys cannot be written to {file} ({error.strerror})") from None
