"""
The codec: a payload comes back as it was, whatever it was, and what is not encrypted is left alone.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from encryption.errors import KeyMissing
from encryption.key_ring import KeyRing
from encryption.payload_codec import EncryptionCodec, KeylessCodec, key_of
from encryption.rotation import new_ring

TODAY = date(2026, 11, 30)
CODEC = EncryptionCodec(KeyRing([key.written for key in new_ring(TODAY)]))
NULL = Payload(metadata={"encoding": b"binary/null"})


def a_payload(data: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain", "of": b"Jo Buyer"}, data=data)


@given(st.binary(max_size=2_000) | st.binary(max_size=20).map(lambda each: each * 500))
def test_a_payload_comes_back_as_it_was(data: bytes) -> None:
    """
    Large, small and empty; its metadata too.
    """
    payload = a_payload(data)
    assert payload == CODEC.decrypt(CODEC.encrypt(payload))


async def test_nothing_of_a_payload_can_be_read() -> None:
    (encrypted,) = await CODEC.encode([a_payload(b'"jo@acme.example"')])

    stored = encrypted.SerializeToString()
    assert b"acme" not in stored
    assert b"Jo Buyer" not in stored
    assert {"encoding", "encryption-key-id"} == set(encrypted.metadata)
    assert CODEC.ring.keys[0].name == key_of(encrypted)


async def test_a_large_payload_becomes_smaller() -> None:
    text = b'{"what": "Send dry pallets", "owner": "priya"}' * 100
    (encrypted,) = await CODEC.encode([a_payload(text)])
    assert len(encrypted.data) < len(text) / 5


async def test_what_is_not_encrypted_is_left_as_it_is() -> None:
    """
    Histories from before encryption run on.
    """
    before = [a_payload(b"{}"), NULL, Payload()]
    assert before == await CODEC.decode(before)
    assert ["", None, None] == [key_of(each) for each in before]


async def test_nothing_is_left_nothing() -> None:
    """
    In a memo it means that a field goes, and the server has to see that.
    """
    assert [NULL] == await CODEC.encode([NULL])


async def test_a_payload_of_an_unknown_key_is_refused_by_the_name_of_the_key() -> None:
    other = EncryptionCodec(KeyRing([key.written for key in new_ring(TODAY)]))
    with pytest.raises(KeyMissing, match=CODEC.ring.keys[0].name):
        await other.decode(await CODEC.encode([a_payload(b"{}")]))


async def test_without_keys_what_is_encrypted_is_refused_and_all_else_passes() -> None:
    """
    Read as if it were plain, it would be nonsense, and a run would go on without it.
    """
    before = [a_payload(b"{}"), NULL, Payload()]
    assert before == await KeylessCodec().encode(before) == await KeylessCodec().decode(before)
    with pytest.raises(KeyMissing, match=CODEC.ring.keys[0].name):
        await KeylessCodec().decode(await CODEC.encode(before))
