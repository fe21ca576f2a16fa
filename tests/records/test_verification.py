"""The record is chained by digests, and a change afterwards shows (IDENTITY-5), on SQLite and PostgreSQL."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text, update

from records.audit_log import read_lines
from records.digest_chain import EVENT_COLUMNS, START, ChainHead, digest_of, event_entry
from records.store import RecordStore
from records.tables import EventRow
from records.verification import Verification, read_seal, verify_record, write_seal
from tests.records.event_builders import a_batch, a_whole_life
from tests.records.past import EXPORT, imported

ID, OTHER = "ACME/4711@1", "ACME/4712@1"


@pytest.fixture
def kept(store: RecordStore) -> RecordStore:
    """Two escalations on record, each whole."""
    for id_ in (ID, OTHER):
        store.append(a_batch(a_whole_life(), escalation=id_))
    return store


def change(store: RecordStore, statement: str, **values: object) -> None:
    """Change rows as somebody does who reaches the database."""
    with store.database.writing() as db:
        assert db.execute(text(statement), values).rowcount


def faults(store: RecordStore, **asked: object) -> list[tuple[str, str, int, int]]:
    found: Verification = verify_record(store, **asked)  # type: ignore[arg-type]
    return [(fault.chain, fault.kind.value, fault.first, fault.last) for fault in found.faults]


def test_what_nobody_touched_is_intact(kept: RecordStore) -> None:
    """IDENTITY-5: all entries are looked at, of one escalation or of all."""
    length = len(a_whole_life())

    everything, one = verify_record(kept), verify_record(kept, "ACME/4711")

    assert ((), 2 * length, {ID, OTHER}) == (everything.faults, everything.entries, set(everything.heads))
    assert ((), length, {ID}) == (one.faults, one.entries, set(one.heads))
    assert [0, 0] == [verify_record(kept, other).entries for other in ("ACME/47", "acme/4711")]


def test_any_program_can_compute_the_digests(kept: RecordStore) -> None:
    """IDENTITY-5: they are what the documentation says, and the same in both databases."""
    query = select(*EventRow.__table__.columns).where(EventRow.escalation == ID).order_by(EventRow.seq)
    with kept.database.reading() as db:
        rows = db.execute(query).all()

    before = START
    for row in rows:
        at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        entry = [before, row.escalation, row.seq, at, row.by, row.kind, row.body, row.playbook]
        written = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(written.encode()).hexdigest()
        assert row.digest == before

    assert ChainHead(len(rows), before) == verify_record(kept).heads[ID]


@pytest.mark.parametrize(
    "values",
    [
        {"at": datetime(2026, 11, 30, 8, tzinfo=UTC)},
        {"by": "somebody"},
        {"kind": "cancelled"},
        {"body": "{}"},
        {"playbook": None},
        {"digest": None},
    ],
    ids=str,
)
def test_a_changed_event_is_found(kept: RecordStore, values: dict[str, object]) -> None:
    """IDENTITY-5: whatever was changed of it, and no other event is blamed."""
    with kept.database.writing() as db:
        db.execute(update(EventRow).where(EventRow.escalation == ID, EventRow.seq == 3).values(values))

    assert [(ID, "changed", 3, 3)] == faults(kept)
    assert [] == faults(kept, key="ACME/4712")


def test_a_changed_digest_is_found(kept: RecordStore) -> None:
    """IDENTITY-5: with the event after it, which follows another digest now."""
    change(kept, "UPDATE events SET digest = :none WHERE escalation = :id AND seq = 3", none="0" * 64, id=ID)

    assert [(ID, "changed", 3, 4)] == faults(kept)


@pytest.mark.parametrize("seq", [1, 4, 99])
def test_a_removed_event_is_found(kept: RecordStore, seq: int) -> None:
    """IDENTITY-5: the first, one in the middle, and the last, after which nothing is chained."""
    seq = min(seq, len(a_whole_life()))
    change(kept, "DELETE FROM events WHERE escalation = :id AND seq = :seq", id=ID, seq=seq)

    assert [(ID, "missing", seq, seq)] == faults(kept)


def test_a_whole_escalation_that_was_removed_is_found(kept: RecordStore) -> None:
    """IDENTITY-5: its head says how long it was."""
    change(kept, "DELETE FROM events WHERE escalation = :id", id=ID)
    change(kept, "DELETE FROM escalations WHERE id = :id", id=ID)

    assert [(ID, "missing", 1, len(a_whole_life()))] == faults(kept) == faults(kept, key="ACME/4711")


_COPIED = """
INSERT INTO events (escalation, seq, at, "by", kind, body, playbook, digest)
SELECT escalation, :seq, at, "by", kind, body, playbook, digest FROM events WHERE escalation = :id AND seq = 2
"""


def test_an_inserted_event_is_found(kept: RecordStore) -> None:
    """IDENTITY-5: between others, which move on by one, and after the last."""
    length = len(a_whole_life())
    for seq in range(length, 2, -1):
        change(kept, "UPDATE events SET seq = seq + 1 WHERE escalation = :id AND seq = :seq", id=ID, seq=seq)
    change(kept, _COPIED, id=ID, seq=3)
    change(kept, _COPIED, id=OTHER, seq=length + 1)
    change(kept, "UPDATE events SET digest = NULL WHERE escalation = :id AND seq > :n", id=OTHER, n=length)

    assert [
        (ID, "changed", 3, length),
        (ID, "added", length + 1, length + 1),
        (ID, "head_differs", length, length),
        (OTHER, "added", length + 1, length + 1),
    ] == faults(kept)


def test_digests_that_were_computed_again_are_found(kept: RecordStore) -> None:
    """IDENTITY-5: by the head while it stands, and by a seal that was kept elsewhere if it does not."""
    before = verify_record(kept).heads
    length = len(a_whole_life())
    change(kept, "UPDATE events SET \"by\" = 'somebody' WHERE escalation = :id AND seq = 3", id=ID)
    forged = compute_again(kept, ID)
    assert [(ID, "head_differs", length, length)] == faults(kept)

    change(kept, "UPDATE chain_heads SET digest = :made WHERE chain = :id", made=forged, id=ID)

    assert [] == faults(kept)
    assert [(ID, "seal_differs", length, length)] == faults(kept, seal=read_seal(write_seal(before)))


def compute_again(store: RecordStore, id_: str) -> str:
    """Write all digests of a chain again, as somebody could who knows how, and return the last."""
    digest = START
    query = select(*EVENT_COLUMNS).where(EventRow.escalation == id_).order_by(EventRow.seq)
    with store.database.reading() as db:
        rows = db.execute(query).all()
    for row in rows:
        digest = digest_of(digest, event_entry(row))
        change(
            store,
            "UPDATE events SET digest = :made WHERE escalation = :id AND seq = :seq",
            made=digest,
            id=id_,
            seq=row.seq,
        )
    return digest


def test_a_seal_allows_what_came_later(store: RecordStore) -> None:
    """IDENTITY-5: and finds what was cut off behind it, with its head."""
    events = a_whole_life()
    store.append(a_batch(events[:8], escalation=ID))
    early = verify_record(store).heads
    store.append(a_batch(events, escalation=ID))
    late = verify_record(store).heads
    assert [] == faults(store, seal=early) == faults(store, seal=late)

    change(store, "DELETE FROM events WHERE seq > 8")
    change(store, "UPDATE chain_heads SET length = 8, digest = :digest", digest=early[ID].digest)

    assert [] == faults(store) == faults(store, seal=early)
    assert [(ID, "seal_differs", len(events), len(events))] == faults(store, seal=late)


def test_a_gap_waits_and_is_no_fault(store: RecordStore) -> None:
    """RECORD-1, IDENTITY-5: batches overtake each other; once the gap is filled, all are in the chain."""
    events = a_whole_life()
    store.append(a_batch(events[:6]))
    store.append(a_batch(events[9:]))
    assert (len(events) - 9, ()) == (verify_record(store).waiting, verify_record(store).faults)

    store.append(a_batch(events[6:9]))

    found = verify_record(store)
    assert (0, (), len(events)) == (found.waiting, found.faults, found.heads[ID].length)


def test_what_was_removed_and_comes_back_is_in_its_place(kept: RecordStore) -> None:
    """IDENTITY-5: a hole that is filled from the run fits; anything else in it does not."""
    heads, batch = verify_record(kept).heads, a_batch(a_whole_life(), escalation=ID)
    remove = "DELETE FROM events WHERE escalation = :id AND seq IN (1, 4, 5, :last)"
    change(kept, remove, id=ID, last=len(batch.events))

    kept.append(batch)
    assert (heads, ()) == (verify_record(kept).heads, verify_record(kept).faults)

    change(kept, remove, id=ID, last=4)
    forged = [replace(event, by="somebody") if event.seq == 5 else event for event in batch.events]
    kept.append(replace(batch, events=tuple(forged)))
    assert [(ID, "changed", 6, 6)] == faults(kept)


def test_the_chain_does_not_depend_on_how_batches_were_cut(store: RecordStore) -> None:
    """IDENTITY-5: so a record that was lost and rebuilt has the digests that were sealed."""
    events = a_whole_life()
    store.append(a_batch(events, escalation=ID))
    for cut in (3, 5, len(events)):
        store.append(a_batch(events[:cut], escalation=OTHER))
    whole = verify_record(store).heads
    change(store, "DELETE FROM events WHERE escalation = :id", id=ID)
    change(store, "DELETE FROM chain_heads WHERE chain = :id", id=ID)

    store.append(a_batch(events, escalation=ID))

    assert whole == verify_record(store).heads
    assert [] == faults(store, seal=whole)


def test_events_of_a_run_that_was_reset_are_chained_again(kept: RecordStore) -> None:
    """IDENTITY-5: what takes their place is in the chain; a seal from before shows that something did."""
    before = verify_record(kept).heads
    events = a_whole_life()

    kept.replace_events(a_batch(events[:-1], escalation=ID), {len(events) - 1, len(events)})

    found = verify_record(kept)
    assert ((), len(events) - 1) == (found.faults, found.heads[ID].length)
    assert [(ID, "seal_differs", len(events), len(events))] == faults(kept, seal=before)


def test_an_import_is_chained_and_chained_again(store: RecordStore) -> None:
    """IDENTITY-5: a newer export of the same incident replaces its lines, and their digests."""
    list(store.import_escalations(imported()))
    first = verify_record(store)

    list(store.import_escalations(imported(EXPORT.replace("Bo,bo", "Cy,bo")), by="ops"))

    second = verify_record(store)
    assert () == first.faults == second.faults
    assert {*first.heads, "audit_log"} == set(second.heads)
    assert not set(first.heads.values()) & set(second.heads.values())
    with store.database.reading() as db:
        lines = list(read_lines(db))
    assert sorted(first.heads) == sorted(line.about for line in lines)
    assert first.heads[lines[0].about].digest in lines[0].why
    assert {"ops"} == {line.by for line in lines}


def test_what_is_no_seal_is_refused() -> None:
    """IDENTITY-5: whichever way it is none."""
    assert {ID: ChainHead(2, "ab")} == read_seal(write_seal({ID: ChainHead(2, "ab")}))
    for wrong in ("[]", '{"chain": "a"}', "no JSON", '{"chain": "a", "length": "x", "digest": "b"}'):
        with pytest.raises(ValueError, match="no seal"):
            read_seal(wrong)
