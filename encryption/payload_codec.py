"""
The payload codec: what Temporal stores of values is compressed and encrypted.

The form of an encrypted payload (it is API: stored histories hold it):

    metadata    encoding            binary/encrypted
                encryption-key-id   the name of the key: of the ring, or, with a slash, a data key
    data        nonce, encrypted text and tag, of: one byte that says how it is packed, and the payload as it was

A payload that is not of this form is left as it is, so that histories from before encryption run on. It must not know
what a payload says. Whose it is says the SDK, by the id of its run; where it does not, the payload's metadata. To read
one, its key alone is needed, so a codec server reads all.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from encryption.ciphertext import Sealed
from encryption.compression import pack, unpack
from encryption.data_key import DataKey, is_data_key
from encryption.data_key_store import DataKeys
from encryption.errors import KeyMissing, KeyWrong
from encryption.key_ring import KeyRing
from encryption.ring_key import Purpose
from escalation.kernel.ids import RUN_OF_PAYLOAD, data_scope_of

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
_NO_KEYS: Mapping[str, DataKey] = MappingProxyType({})
_NOTHING = b"binary/null"
"""Nothing says nothing; for the memo it means that a field is removed, which the server must see."""


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts payloads by *ring*; those of a case, with *data_keys*, by the key of that case."""

    def __init__(self, ring: KeyRing, data_keys: DataKeys | None = None, scope: str = "") -> None:
        self.ring, self.data_keys, self._scope = ring, data_keys, scope

    def with_context(self, context: SerializationContext) -> "EncryptionCodec":
        if self.data_keys is None:
            return self
        match context:
            case (
                WorkflowSerializationContext(workflow_id=str(run))
                | ActivitySerializationContext(workflow_id=str(run))
            ):
                return EncryptionCodec(self.ring, self.data_keys, data_scope_of(run))
            case _:
                return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._sealed(payload, await self._key_for(payload)) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """
        Raises:
            KeyMissing: If this process does not have the key.
            KeyErased: If its data key was destroyed.
            KeyWrong: If its key of that name does not fit.
        """
        keys = await self._find_keys(payloads)
        return [self.decrypt(payload, keys) for payload in payloads]

    def encrypt(self, payload: Payload) -> Payload:
        return self._sealed(payload, None)

    def decrypt(self, payload: Payload, keys: Mapping[str, DataKey] = _NO_KEYS) -> Payload:
        """Return *payload* as it was, by the ring or by data *keys*, by their names. The store is not asked."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        packed = self._opener_of(name, keys)(Sealed(name, payload.data), Purpose.PAYLOAD)
        try:
            return Payload.FromString(unpack(packed))
        except DecodeError:
            raise KeyWrong(name) from None

    async def _find_keys(self, payloads: Sequence[Payload]) -> Mapping[str, DataKey]:
        """Return the data keys of *payloads*, by their names."""
        found = dict[str, DataKey]()
        if self.data_keys is None:
            return found
        for name in {key for payload in payloads if is_data_key(key := key_of(payload) or "")}:
            if known := self.data_keys.known(name=name):
                found[name] = known
            else:
                found[name] = await asyncio.to_thread(self.data_keys.find, name)
        return found

    async def _key_for(self, payload: Payload) -> DataKey | None:
        if self.data_keys is None:
            return None
        named = payload.metadata.get(RUN_OF_PAYLOAD)
        scope = data_scope_of(named.decode()) if named else self._scope
        if not scope:
            return None
        # A look into the store can take as long as its network does; runs must not wait for that.
        return self.data_keys.known(scope) or await asyncio.to_thread(self.data_keys.current, scope)

    def _sealed(self, payload: Payload, key: DataKey | None) -> Payload:
        if payload.metadata.get("encoding") == _NOTHING:
            return payload
        seal = key.seal if key else self.ring.seal
        sealed = seal(pack(payload.SerializeToString()), Purpose.PAYLOAD)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: sealed.key.encode()}, data=sealed.data)

    def _opener_of(self, name: str, keys: Mapping[str, DataKey]) -> Callable[[Sealed, Purpose], bytes]:
        if not is_data_key(name):
            return self.ring.open
        if name not in keys:
            raise KeyMissing(name)
        return keys[name].open


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
