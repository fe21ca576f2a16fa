"""
A record whose secret columns are encrypted: the same to those who have the keys, on SQLite and PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Text, select, type_coerce

from encryption.column_cipher import MARK, ColumnCipher
from encryption.data_key_store import DataKeys
from encryption.errors import KeyMissing
from encryption.key_ring import KeyRing
from encryption.ring_key import RingKey
from encryption.rotation import with_new_key, without
from escalation.case.start import Opened
from escalation.kernel.values import to_json
from records.data_export import read_escalations
from records.errors import StoreUnreachable
from records.reencryption import count_keys, reencrypt, secret_columns
from records.store import RecordStore
from records.verification import verify_record
from tests.encryption.keys import TODAY, a_ring
from tests.records.event_builders import a_batch, a_whole_life, bodies
from tests.records.past import filled, lives

KEYS = a_ring()
LIFE = a_whole_life()


def cipher_by(keys: list[RingKey], *, encrypts: bool = True) -> ColumnCipher:
    return ColumnCipher(KeyRing([key.written for key in keys]), encrypts=encrypts)


@pytest.fixture
def encrypted(url: str) -> Iterator[RecordStore]:
    with closing(RecordStore(url, cipher_by(KEYS))) as store:
        store.migrate()
        yield store


def stored(store: RecordStore) -> list[str]:
    """Return all values of secret columns, as the database has them."""
    with store.database.reading() as db:
        raw = (type_coerce(each, Text) for columns in secret_columns().values() for each in columns)
        return [value for each in raw for value in db.scalars(select(each)) if value]


def exported(store: RecordStore) -> list[Any]:
    return list(read_escalations(store))


def test_the_record_is_the_same_and_nothing_in_it_can_be_read(encrypted: RecordStore) -> None:
    """
    RECORD-1: each event as it was; its digest is that of what it says, so the chain holds.
    """
    encrypted.append(a_batch(LIFE))

    assert [to_json(event) for event in LIFE] == bodies(encrypted, "ACME/4711@1")
    values = stored(encrypted)
    assert len(values) > len(LIFE)
    assert [] == [value for value in values if not value.startswith((MARK, "enc:"))]
    assert () == verify_record(encrypted).faults


def test_reports_and_imports_are_the_same(encrypted: RecordStore, tmp_path: Any) -> None:
    with closing(RecordStore(f"sqlite:///{tmp_path}/plain.sqlite")) as plain:
        plain.migrate()
        filled(plain)
        filled(encrypted)
        assert exported(plain) == exported(encrypted)


def test_what_was_before_is_encrypted_and_made_readable_again(url: str) -> None:
    with closing(RecordStore(url)) as plain:
        plain.migrate()
        plain.append(a_batch(LIFE))
        before = exported(plain)

    with closing(RecordStore(url, cipher_by(KEYS))) as encrypted:
        assert before == exported(encrypted)
        assert sum(reencrypt(encrypted, cipher_by(KEYS))) > len(LIFE)
        assert {key.name for key in KEYS} >= set(count_keys(encrypted, cipher_by(KEYS))) != {""}
        assert 0 == sum(reencrypt(encrypted, cipher_by(KEYS)))
        assert before == exported(encrypted)

    readable = cipher_by(KEYS, encrypts=False)
    with closing(RecordStore(url, readable)) as again:
        assert sum(reencrypt(again, readable)) > 0
        assert {""} == set(count_keys(again, readable))
    with closing(RecordStore(url)) as plain:
        assert before == exported(plain)


def test_a_file_keeps_nothing_of_what_was_overwritten(tmp_path: Path) -> None:
    """
    SQLite leaves it on free pages otherwise.
    """
    url = f"sqlite:///{tmp_path}/records.sqlite"
    with closing(RecordStore(url)) as plain:
        plain.migrate()
        filled(plain)

    def kept() -> bytes:
        return b"".join(each.read_bytes() for each in tmp_path.iterdir())

    cipher = cipher_by(KEYS)
    with closing(RecordStore(url, cipher)) as encrypted:
        texts = {event.request.subject.encode() for (event, *_) in lives() if isinstance(event, Opened)}
        assert [] == [text for text in texts if text not in kept()]
        assert sum(reencrypt(encrypted, cipher)) > 0
        encrypted.database.compact()
        assert [] == [text for text in texts if text in kept()]


def test_after_a_rotation_the_old_key_can_go(encrypted: RecordStore, url: str) -> None:
    encrypted.append(a_batch(LIFE))
    before = exported(encrypted)
    both = list(with_new_key(KEYS, TODAY))

    with closing(RecordStore(url, cipher_by(both))) as rotated:
        assert sum(reencrypt(rotated, cipher_by(both))) > 0
    with closing(RecordStore(url, cipher_by(list(without(both, KEYS[0].name))))) as later:
        assert before == exported(later)


@pytest.mark.parametrize("cipher", [None, cipher_by(a_ring())], ids=["none", "others"])
def test_without_its_key_it_says_which_one_is_missing(
    encrypted: RecordStore, url: str, cipher: ColumnCipher | None
) -> None:
    encrypted.append(a_batch(LIFE))
    with closing(RecordStore(url, cipher)) as stranger, pytest.raises(KeyMissing, match=KEYS[0].name):
        exported(stranger)
    assert bodies(encrypted, "ACME/4711@1")


def test_what_was_erased_is_left_as_it_is(tmp_path: Path, url: str) -> None:
    """
    RECORD-2: a record from a backup, of a case whose key was destroyed since. No key is made to write nothing.
    """
    ring = KeyRing([key.written for key in KEYS])
    with closing(DataKeys(SecretStr(f"sqlite:///{tmp_path}/data_keys.sqlite"), ring)) as data_keys:
        cipher = ColumnCipher(ring, encrypts=True, data_keys=data_keys)
        with closing(RecordStore(url, cipher)) as store:
            store.migrate()
            store.append(a_batch(LIFE))
            data_keys.destroy([each.name for each in data_keys.kept()], "ana")
            before = stored(store)

            assert 0 == sum(reencrypt(store, cipher))
            assert before == stored(store)
            assert all(each.destroyed_at for each in data_keys.kept())


def test_while_there_are_no_data_keys_the_record_cannot_be_used(encrypted: RecordStore, url: str) -> None:
    """
    RECORD-1: neither written nor read; whoever waits for the record waits for them, too.
    """
    ring = KeyRing([key.written for key in KEYS])
    data_keys = DataKeys(SecretStr("sqlite:////nowhere/data_keys.sqlite"), ring)
    cipher = ColumnCipher(ring, encrypts=True, data_keys=data_keys)
    with (
        closing(data_keys),
        closing(RecordStore(url, cipher)) as store,
        pytest.raises(StoreUnreachable, match="the store of data keys /nowhere/data_keys"),
    ):
        store.append(a_batch(LIFE))
    assert [] == stored(encrypted)


def test_a_text_cannot_pretend_to_be_encrypted() -> None:
    plain = ColumnCipher()
    assert "gone:AAAA" == plain.read(plain.write(f"{MARK}gone:AAAA"))
