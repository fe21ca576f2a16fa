"""
The payload codec: what Temporal stores of values is compressed and encrypted.

The form of an encrypted payload (it is API: stored histories hold it):

    metadata    encoding            binary/encrypted
                encryption-key-id   the name of the key
    data        nonce, encrypted text and tag, of: one byte that says how it is packed, and the payload as it was

A payload that is not of this form is left as it is, so that histories from before encryption run on. It must not know
what a payload says.
"""

from collections.abc import Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from encryption.compression import pack, unpack
from encryption.errors import KeyMissing, KeyWrong
from encryption.key_ring import KeyRing, Sealed
from encryption.ring_key import Purpose

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
_NOTHING = b"binary/null"
"""Nothing says nothing; for the memo it means that a field is removed, which the server must see."""


class EncryptionCodec(PayloadCodec):
    """Encrypts payloads by *ring*."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """
        Raises:
            KeyMissing: If this process does not have the key.
            KeyWrong: If its key of that name does not fit.
        """
        return [self.decrypt(payload) for payload in payloads]

    def encrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == _NOTHING:
            return payload
        sealed = self.ring.seal(pack(payload.SerializeToString()), Purpose.PAYLOAD)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: sealed.key.encode()}, data=sealed.data)

    def decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        packed = self.ring.open(Sealed(key, payload.data), Purpose.PAYLOAD)
        try:
            return Payload.FromString(unpack(packed))
        except DecodeError:
            raise KeyWrong(key) from None


class KeylessCodec(PayloadCodec):
    """
    The codec of a process without keys. It leaves payloads as they are, and refuses encrypted ones: read as if they
    were plain, they would be refused as nonsense, and the run would go on without what they say.
    """

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """
        Raises:
            KeyMissing: If one is encrypted.
        """
        for payload in payloads:
            if key := key_of(payload):
                raise KeyMissing(key)
        return list(payloads)


def key_of(payload: Payload) -> str | None:
    """Return the name of the key of *payload*; empty, if it is not encrypted; None, if it says nothing."""
    match payload.metadata.get("encoding"):
        case None | b"binary/null":
            return None
        case encoding:
            named = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
            return named if encoding == ENCODING else ""
