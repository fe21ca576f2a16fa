"""
The ring: the first key encrypts, all read; what is missing or wrong is named, and no key is ever quoted.
"""

from datetime import date
from pathlib import Path

import pytest

from encryption.ciphertext import Sealed
from encryption.errors import KeyMissing, KeyWrong, WrongKeys
from encryption.key_ring import KeyRing
from encryption.ring_key import KeyKind, Purpose, RingKey
from encryption.rotation import new_ring, with_first, with_new_key, without, write_ring
from encryption.search_names import SearchNames

TODAY = date(2026, 11, 30)
TEXT = b"The pallets arrive wet"


def ring_of(*keys: RingKey) -> KeyRing:
    return KeyRing([key.written for key in keys])


def a_key(kind: KeyKind = KeyKind.ENCRYPTION) -> RingKey:
    return RingKey.make(kind, TODAY)


SEARCH = a_key(KeyKind.SEARCH)


def test_what_is_sealed_is_opened_by_the_same_keys_alone() -> None:
    """
    Two seals of one text differ, and neither holds it.
    """
    ring = KeyRing([key.written for key in new_ring(TODAY)])
    one, other = (ring.seal(TEXT, Purpose.PAYLOAD) for _ in range(2))

    assert TEXT == ring.open(one, Purpose.PAYLOAD) == ring.open(other, Purpose.PAYLOAD)
    assert one.data != other.data
    assert TEXT not in one.data
    with pytest.raises(KeyWrong):
        ring.open(one, Purpose.COLUMN)


def test_a_rotated_ring_reads_what_was_before_and_encrypts_by_the_new_key() -> None:
    old = a_key()
    before = ring_of(old, SEARCH).seal(TEXT, Purpose.PAYLOAD)
    new, *rest = with_new_key([old, SEARCH], TODAY)
    after = ring_of(new, *rest)

    assert TEXT == after.open(before, Purpose.PAYLOAD)
    assert new.name == after.seal(TEXT, Purpose.PAYLOAD).key


def test_a_key_that_only_reads_encrypts_nothing_until_it_is_put_first() -> None:
    old = a_key()
    keys = with_new_key([old, SEARCH], TODAY, only_reads=True)

    assert old.name == ring_of(*keys).seal(TEXT, Purpose.PAYLOAD).key
    promoted = with_first(keys, keys[-1].name)
    assert keys[-1].name == ring_of(*promoted).seal(TEXT, Purpose.PAYLOAD).key
    assert set(keys) == set(promoted)


def test_a_missing_key_is_named() -> None:
    old, new = a_key(), a_key()
    sealed = ring_of(old, SEARCH).seal(TEXT, Purpose.PAYLOAD)

    with pytest.raises(KeyMissing, match=f"'{old.name}', which this process does not have; nothing is lost"):
        ring_of(new, SEARCH).open(sealed, Purpose.PAYLOAD)


def test_another_key_of_the_same_name_says_so() -> None:
    right, wrong = a_key(), a_key()
    sealed = ring_of(right, SEARCH).seal(TEXT, Purpose.PAYLOAD)
    renamed = RingKey.parse(wrong.written.replace(wrong.name, right.name))

    with pytest.raises(KeyWrong, match=right.name):
        ring_of(renamed, SEARCH).open(sealed, Purpose.PAYLOAD)


@pytest.mark.parametrize("change", [0, 13, -1])
def test_a_changed_byte_is_noticed(change: int) -> None:
    """
    In the nonce, in the text, in the tag.
    """
    ring = ring_of(a_key(), SEARCH)
    sealed = ring.seal(TEXT, Purpose.PAYLOAD)
    data = bytearray(sealed.data)
    data[change] ^= 1

    with pytest.raises(KeyWrong):
        ring.open(Sealed(sealed.key, bytes(data)), Purpose.PAYLOAD)


@pytest.mark.parametrize(
    "written",
    [
        "a:encryption:c2VjcmV0",  # too short
        "a:b3Blbg",
        f"a:{'x' * 43}",
        f"a:signing:{'x' * 43}",  # no such kind
        f":encryption:{'x' * 43}",  # no name
        f"a:encryption:{'?' * 43}",  # no base64
    ],
)
def test_what_is_no_key_is_refused_and_not_quoted(written: str) -> None:
    with pytest.raises(WrongKeys) as refused:
        RingKey.parse(written)
    assert written.rsplit(":", maxsplit=1)[-1] not in str(refused.value)
    assert "NAME:encryption:KEY" in str(refused.value)


def test_a_key_is_never_shown_by_chance() -> None:
    key = a_key()
    secret = key.written.split(":")[2]

    assert secret not in repr(key)
    assert secret not in repr(ring_of(key, SEARCH).keys)


def test_a_ring_has_one_key_of_each_kind_and_no_name_twice() -> None:
    key = a_key()
    with pytest.raises(WrongKeys, match="no key of the kind search"):
        ring_of(key)
    with pytest.raises(WrongKeys, match="two encryption keys are called"):
        ring_of(key, key, SEARCH)


def test_the_last_key_of_its_kind_stays() -> None:
    old, new = a_key(), a_key()

    assert [new, SEARCH] == without([new, old, SEARCH], old.name)
    with pytest.raises(WrongKeys, match="the only key of the kind search"):
        without([new, SEARCH], SEARCH.name)
    with pytest.raises(WrongKeys, match=f"there is no key 'gone'; allowed: {new.name}"):
        without([new, SEARCH], "gone")


def test_a_new_key_in_the_file_is_known_as_soon_as_it_is_met(tmp_path: Path) -> None:
    """
    One process has read it already and encrypts by it; another one has not looked since.
    """
    file = tmp_path / "keys"
    old = a_key()
    write_ring([old, SEARCH], file)
    slow = KeyRing(file=file)

    write_ring(with_new_key([old, SEARCH], TODAY), file)
    quick = KeyRing(file=file)

    assert TEXT == slow.open(quick.seal(TEXT, Purpose.PAYLOAD), Purpose.PAYLOAD)


def test_a_file_that_is_spoilt_leaves_the_keys_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    write_ring(new_ring(TODAY), file)
    ring = KeyRing(file=file)
    sealed = ring.seal(TEXT, Purpose.PAYLOAD)

    file.write_text("nothing of use")
    with pytest.raises(KeyMissing):
        ring.open(Sealed("unknown", sealed.data), Purpose.PAYLOAD)  # looks into the file
    assert TEXT == ring.open(sealed, Purpose.PAYLOAD)


def test_a_key_file_is_its_owners_alone_and_never_overwritten_by_a_new_ring(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    write_ring(new_ring(TODAY), file, is_new=True)

    assert 0o600 == file.stat().st_mode & 0o777
    with pytest.raises(WrongKeys, match="File exists"):
        write_ring(new_ring(TODAY), file, is_new=True)
    assert [file] == list(tmp_path.iterdir())


def test_a_name_is_always_hidden_alike_and_found_by_each_key() -> None:
    """
    Before encryption was on, and before the key for names changed, it was stored in another form.
    """
    key, other = a_key(), a_key(KeyKind.SEARCH)
    before, now = SearchNames(ring_of(key, SEARCH)), SearchNames(ring_of(key, other, SEARCH))

    assert before.hide("priya") == before.hide("priya") != before.hide("maya")
    assert "priya" not in before.hide("priya")
    assert {now.hide("priya"), before.hide("priya"), "priya"} == set(now.forms_of("priya"))
    assert "priya" == now.reveal(before.hide("priya")) == now.reveal(now.hide("priya"))
    assert (other.name, SEARCH.name, None) == tuple(
        map(now.key_of, (now.hide("priya"), before.hide("priya"), "priya"))
    )


def test_a_name_that_cannot_be_revealed_stays_as_it_is() -> None:
    names = SearchNames(ring_of(a_key(), SEARCH))
    foreign = SearchNames(ring_of(a_key(), a_key(KeyKind.SEARCH))).hide("priya")

    for stored in ("priya", "enc:", "enc:x", foreign):
        assert stored == names.reveal(stored)
