"""
Data keys: one a case, made once, gone at once, and what they encrypted with them.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext

from encryption.ciphertext import Sealed
from encryption.column_cipher import ColumnCipher
from encryption.data_key import DataKey
from encryption.data_key_store import DataKeys
from encryption.errors import DataKeysAway, KeyErased, KeyMissing
from encryption.key_ring import KeyRing
from encryption.payload_codec import EncryptionCodec, key_of
from encryption.ring_key import Purpose, RingKey
from encryption.rotation import with_new_key, without
from tests.encryption.keys import TODAY, a_ring

KEYS = a_ring()
SAID = Payload(metadata={"encoding": b"json/plain"}, data=b'"Second delivery in a row is damaged"')


def url_in(folder: Path) -> SecretStr:
    return SecretStr(f"sqlite:///{folder}/data_keys.sqlite")


class Clock:
    """Shows seconds, and goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(
    folder: Path,
    keys: list[RingKey] = KEYS,
    clock: Callable[[], float] = monotonic,
    ring: KeyRing | None = None,
) -> DataKeys:
    return DataKeys(url_in(folder), ring or KeyRing([key.written for key in keys]), clock=clock)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[DataKeys]:
    with closing(opened(tmp_path)) as keys:
        yield keys


def codec_for(keys: DataKeys, run: str) -> EncryptionCodec:
    context = WorkflowSerializationContext(namespace="default", workflow_id=run)
    return EncryptionCodec(keys.ring, keys).with_context(context)


def key_by(keys: DataKeys, run: str) -> str:
    (payload,) = asyncio.run(codec_for(keys, run).encode([SAID]))
    return key_of(payload) or ""


def test_all_runs_of_a_case_have_one_key_and_others_have_others(keys: DataKeys) -> None:
    of_case = {
        key_by(keys, run)
        for run in (
            "ACME/4711",
            "ACME/4711@2026-11-20T09:00:00.000Z",
            "ACME/4711/task-force/data-recovery",
            "ACME/4711@2026-11-20T09:00:00.000Z/record/12",
        )
    }
    assert 1 == len(of_case)
    assert of_case.isdisjoint(
        {key_by(keys, "ACME/4712"), key_by(keys, "sponsorship:ACME"), key_by(keys, "inbox:elena")}
    )
    assert KEYS[0].name == key_by(keys, "report:weekly") == key_by(keys, "channel-limit:email")


def test_whoever_asks_first_makes_the_key_and_all_get_it(tmp_path: Path) -> None:
    """
    Eight that know nothing of each other, at once: one key.
    """
    several = [opened(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda keys: keys.current("ACME/4711").secret, several))
    assert 1 == len(made)


def test_what_is_destroyed_cannot_be_read_and_another_key_follows(keys: DataKeys) -> None:
    codec = codec_for(keys, "ACME/4711")
    before = asyncio.run(codec.encode([SAID]))
    keys.destroy(keys.retire(["ACME/4711"]), "ana")

    with pytest.raises(KeyErased, match=r"erased on \d{4}-\d\d-\d\d \d\d:\d\d UTC by ana"):
        asyncio.run(codec.decode(before))
    after = asyncio.run(codec.encode([SAID]))
    assert [SAID] == asyncio.run(codec.decode(after))
    assert key_of(before[0]) != key_of(after[0])


def test_a_retired_key_reads_and_does_not_encrypt(keys: DataKeys, tmp_path: Path) -> None:
    before = keys.current("ACME/4711")
    assert [before.name] == keys.retire(["ACME/4711"])
    assert before.name != keys.current("ACME/4711").name
    with closing(opened(tmp_path)) as others:
        assert before == others.find(before.name)


def test_other_processes_forget_a_destroyed_key_within_a_second(tmp_path: Path, keys: DataKeys) -> None:
    name = keys.current("ACME/4711").name
    clock = Clock()
    with closing(opened(tmp_path, clock=clock)) as other:
        assert other.find(name).name == name
        keys.destroy([name], "ana")
        clock.now += 1.1
        with pytest.raises(KeyErased):
            other.find(name)
        assert name != other.current("ACME/4711").name


class SlowRing(KeyRing):
    """A ring that does something before it opens a key, as another thread could."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__([key.written for key in KEYS])
        self._meanwhile = meanwhile

    def open(self, sealed: Sealed, purpose: Purpose) -> bytes:
        self._meanwhile()
        return super().open(sealed, purpose)


@pytest.mark.parametrize("asked", [DataKeys.find, DataKeys.current])
def test_a_key_that_is_retired_while_it_is_read_is_not_kept(
    tmp_path: Path, keys: DataKeys, asked: Callable[[DataKeys, str], DataKey]
) -> None:
    name = keys.current("ACME/4711").name
    clock = Clock()

    def retire_and_look() -> None:
        if keys.retire(["ACME/4711"]) and clock.now == 0:
            clock.now += 1.1
            other.current("BOLT/1")

    with closing(opened(tmp_path, clock=clock, ring=SlowRing(retire_and_look))) as other:
        assert name == asked(other, name if asked is DataKeys.find else "ACME/4711").name
        assert other.known("ACME/4711", name) is None
        assert name != other.current("ACME/4711").name


def test_nothing_of_a_destroyed_key_is_in_the_file(tmp_path: Path, keys: DataKeys) -> None:
    name = keys.current("ACME/4711").name
    keys.current("BOLT/1")
    with keys._engine.connect() as db:
        (wrapped,) = db.exec_driver_sql("SELECT wrapped FROM data_keys WHERE name = ?", (name,)).one()
    keys.destroy([name], "ana")

    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert name.encode() in kept
    assert wrapped not in kept
    assert 0o600 == (tmp_path / "data_keys.sqlite").stat().st_mode & 0o777


def test_a_rotation_wraps_all_again_and_the_old_key_can_go(tmp_path: Path, keys: DataKeys) -> None:
    data_key = keys.current("ACME/4711")
    both = list(with_new_key(KEYS, TODAY))
    with closing(opened(tmp_path, both)) as rotated:
        assert {KEYS[0].name: 1} == rotated.count_wraps()
        assert 1 == rotated.rewrap()
        assert 0 == rotated.rewrap()
    with closing(opened(tmp_path, list(without(both, KEYS[0].name)))) as after:
        assert data_key == after.find(data_key.name)


def test_a_store_that_is_away_is_named_and_what_is_known_serves_for_ten_seconds(tmp_path: Path) -> None:
    """
    Counted from the last question that was answered.
    """
    folder = tmp_path / "there"
    folder.mkdir()
    clock = Clock()
    with closing(opened(folder, clock=clock)) as keys:
        name = keys.current("ACME/4711").name
        keys.close()
        folder.rename(tmp_path / "away")
        for clock.now in (9.0, 10.0):
            assert name == keys.find(name).name == keys.current("ACME/4711").name
        clock.now = 10.1
        assert keys.known("ACME/4711", name) is None
        with pytest.raises(DataKeysAway, match="ESCALATION_DATA_KEYS_URL"):
            keys.find(name)


def test_a_payload_is_read_by_the_keys_that_were_found_for_it(tmp_path: Path) -> None:
    """
    The store is not asked again for them, though it is slow and then away: that would hold up all other runs.
    """
    folder = tmp_path / "there"
    folder.mkdir()
    with closing(opened(folder)) as keys:
        encrypted = asyncio.run(codec_for(keys, "ACME/4711").encode([SAID]))
    clock = Clock()

    def go_away() -> None:
        clock.now += 60
        other.close()
        folder.rename(tmp_path / "away")

    with closing(opened(folder, clock=clock, ring=SlowRing(go_away))) as other:
        assert [SAID] == asyncio.run(codec_for(other, "ACME/4711").decode(encrypted))


def test_a_process_without_the_store_names_the_key(keys: DataKeys) -> None:
    encrypted = asyncio.run(codec_for(keys, "ACME/4711").encode([SAID]))
    with pytest.raises(KeyMissing, match="data/"):
        asyncio.run(EncryptionCodec(keys.ring).decode(encrypted))


def test_columns_of_a_case_are_encrypted_by_its_key(keys: DataKeys) -> None:
    cipher = ColumnCipher(keys.ring, encrypts=True, data_keys=keys)
    stored = cipher.write("wet pallets", "ACME/4711")

    assert "wet pallets" == cipher.read(stored)
    assert keys.current("ACME/4711").name in stored
    assert KEYS[0].name in cipher.write("wet pallets")
    keys.destroy([keys.current("ACME/4711").name], "ana")
    with pytest.raises(KeyErased):
        cipher.read(stored)
