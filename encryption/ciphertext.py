"""Sealing: one text encrypted by one cipher, with the name of its key, which is authenticated with it."""

import os
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption.errors import KeyWrong

_NONCE = 12
"""Bytes, as NIST SP 800-38D wants for nonces of chance: then one key is good for 2^32 encryptions."""


class Sealed(NamedTuple):
    """Something encrypted."""

    key: str
    """The name of the key."""
    data: bytes
    """The nonce, and behind it the encrypted text with its tag."""


def seal_by(cipher: AESGCM, name: str, plain: bytes) -> Sealed:
    """Encrypt *plain* by the *cipher* of the key that is called *name*."""
    nonce = os.urandom(_NONCE)
    return Sealed(name, nonce + cipher.encrypt(nonce, plain, name.encode()))


def open_by(cipher: AESGCM, sealed: Sealed) -> bytes:
    """
    Return what was encrypted by *cipher*.

    Raises:
        KeyWrong: If the key of that name does not fit.
    """
    nonce, encrypted = sealed.data[:_NONCE], sealed.data[_NONCE:]
    try:
        return cipher.decrypt(nonce, encrypted, sealed.key.encode())
    except (InvalidTag, ValueError):
        raise KeyWrong(sealed.key) from None
