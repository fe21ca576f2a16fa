"""Entries reach the audit log, however many there are, and whatever becomes of the database meanwhile."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escalation.kernel.proof import Message, ProofCheck
from identity.audit_trail import MOST_NOTED, AuditTrail
from identity.proof_ring import ProofRing
from records.audit_log import AuditEntry, AuditKind, AuditLine, read_lines
from records.errors import StoreUnreachable
from records.store import RecordStore

SIGNED_IN = AuditEntry(AuditKind.SIGNED_IN, "maya")


def refused(number: int = 0) -> AuditEntry:
    return AuditEntry(AuditKind.NOT_IDENTIFIED, door="api", address=f"10.0.{number // 250}.{number % 250}")


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore.at(None, tmp_path / "state")


async def kept(store: RecordStore, times: int) -> list[AuditLine]:
    """Return the lines of the log, once they say that so much has happened."""
    async with asyncio.timeout(15):
        while True:
            lines = _lines(store)
            if times <= sum(line.times for line in lines):
                return lines
            await asyncio.sleep(0.05)


def _lines(store: RecordStore) -> list[AuditLine]:
    try:
        store.require_usable()
        with store.database.reading() as db:
            return list(read_lines(db))
    finally:
        store.close()


async def test_what_is_kept_is_there_at_once(store: RecordStore) -> None:
    """IDENTITY-5: a sign-in is on record before somebody is in."""
    AuditTrail(store).keep(SIGNED_IN)

    assert ["signed_in"] == [line.kind for line in _lines(store)]


async def test_many_of_the_same_are_few_lines(store: RecordStore) -> None:
    """IDENTITY-5: whoever is refused again and again does not fill the database, and each time counts."""
    trail = AuditTrail(store)
    for _ in range(5_000):
        trail.note(refused())

    lines = await kept(store, 5_000)

    assert (5_000, True) == (sum(line.times for line in lines), len(lines) <= 10)
    assert {"10.0.0.0"} == {line.address for line in lines}


async def test_very_many_different_ones_are_counted(store: RecordStore) -> None:
    """IDENTITY-5: from as many addresses as somebody likes; beyond a number only how often."""
    trail, many = AuditTrail(store), 3 * MOST_NOTED
    for number in range(many):
        trail.note(refused(number))

    lines = await kept(store, many)

    assert many == sum(line.times for line in lines)
    assert any(line.times > 1 and not line.address for line in lines)


async def test_a_database_that_is_away_loses_nothing(tmp_path: Path) -> None:
    """IDENTITY-5: what was noted waits, and is written with the next entry."""
    in_the_way = tmp_path / "state"
    in_the_way.write_text("no folder")
    store = RecordStore.at(None, in_the_way)
    trail = AuditTrail(store)
    trail.note(refused(1))
    trail.note(refused(1))
    with pytest.raises(StoreUnreachable):
        trail.keep(SIGNED_IN)
    await asyncio.sleep(0.5)

    in_the_way.unlink()
    trail.note(refused(2))

    lines = await kept(store, 3)
    assert {("10.0.0.1", 2), ("10.0.0.2", 1)} == {(line.address, line.times) for line in lines}


async def test_what_was_noted_is_written_when_the_process_stops(store: RecordStore) -> None:
    """IDENTITY-5: an orderly stop loses nothing, and does not wait for more of the same."""
    trail = AuditTrail(store)
    for number in range(3):
        trail.note(refused(number))
    await asyncio.to_thread(trail.close)

    assert {"10.0.0.0", "10.0.0.1", "10.0.0.2"} == {line.address for line in _lines(store)}


async def test_what_waited_for_the_database_is_written_at_the_stop(tmp_path: Path) -> None:
    """IDENTITY-5: a last attempt, where the database is back."""
    in_the_way = tmp_path / "state"
    in_the_way.write_text("no folder")
    store = RecordStore.at(None, in_the_way)
    trail = AuditTrail(store)
    trail.note(refused())
    with pytest.raises(StoreUnreachable):
        trail.keep(SIGNED_IN)
    in_the_way.unlink()
    await asyncio.to_thread(trail.close)

    assert ["10.0.0.0"] == [line.address for line in _lines(store)]


async def test_a_proof_that_was_used_before_is_on_record(store: RecordStore) -> None:
    """IDENTITY-5: the run refuses it; whoever judges its proof writes down that it came again."""
    message = Message(run="ACME/1", name="acknowledge", id="one", digest="", mover="maya")
    trail = AuditTrail(store)
    ring = ProofRing(audit=trail)
    ring.judge(ProofCheck(message=message, proof=None, at=datetime.now(UTC), is_used=True))
    await asyncio.to_thread(trail.close)

    (line,) = _lines(store)
    assert ("not_proven", "maya", True) == (line.kind, line.by, "used before" in line.why)
