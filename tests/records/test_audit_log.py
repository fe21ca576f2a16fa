"""The audit log keeps what somebody has to answer for, and a change afterwards shows (IDENTITY-5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from identity.api_keys import ApiKeys
from records.audit_log import LONGEST, AuditEntry, AuditKind, AuditLine, Counted, keep_entries, read_lines
from records.store import RecordStore
from records.verification import verify_record
from tests.records.event_builders import a_batch, a_whole_life

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
REFUSED = AuditEntry(
    AuditKind.NOT_ALLOWED, "maya", "api", "POST /api/v1/escalations/ACME/1/moves/close", "no", "10.0.0.1"
)


def keep(store: RecordStore, *entries: AuditEntry, at: datetime = NOW) -> None:
    with store.database.writing() as db:
        keep_entries(db, [Counted(entry, at) for entry in entries])


def lines_of(
    store: RecordStore, first_at: datetime | None = None, end_at: datetime | None = None
) -> list[AuditLine]:
    with store.database.reading() as db:
        return list(read_lines(db, first_at, end_at))


def test_entries_are_kept_in_their_order(store: RecordStore) -> None:
    """IDENTITY-5: each with all that it says, and by its time."""
    keep(store, AuditEntry(AuditKind.SIGNED_IN, "maya"), REFUSED)
    keep(store, AuditEntry(AuditKind.SIGNED_OUT, "maya"), at=NOW + timedelta(hours=1))

    lines = lines_of(store)
    assert [(1, "signed_in"), (2, "not_allowed"), (3, "signed_out")] == [
        (line.number, line.kind) for line in lines
    ]
    said = (lines[1].by, lines[1].door, lines[1].about, lines[1].why, lines[1].address, lines[1].at)
    assert (REFUSED.by, REFUSED.door, REFUSED.about, REFUSED.why, REFUSED.address, NOW) == said
    assert [3] == [line.number for line in lines_of(store, NOW + timedelta(minutes=1))]
    assert [1, 2] == [line.number for line in lines_of(store, NOW, NOW + timedelta(minutes=1))]


def test_many_that_write_at_once_make_one_chain(store: RecordStore) -> None:
    """IDENTITY-5: several processes of the service, and workers."""
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(keep, store, REFUSED) for _ in range(20)]:
            done.result()

    assert [*range(1, 21)] == [line.number for line in lines_of(store)]
    assert () == verify_record(store).faults


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_log SET why = 'yes' WHERE number = 2", ("changed", 2)),
        ("UPDATE audit_log SET times = 9 WHERE number = 1", ("changed", 1)),
        ("DELETE FROM audit_log WHERE number = 2", ("missing", 2)),
        ("DELETE FROM audit_log WHERE number = 3", ("missing", 3)),
    ],
)
def test_a_change_afterwards_shows(store: RecordStore, statement: str, fault: tuple[str, int]) -> None:
    """IDENTITY-5: in the log as in the record of an escalation."""
    keep(store, REFUSED, REFUSED, REFUSED)
    with store.database.writing() as db:
        db.execute(text(statement))

    (found,) = verify_record(store).faults
    assert ("audit_log", *fault) == (found.chain, found.kind, found.first)


def test_what_was_sent_cannot_write_lines_of_its_own(store: RecordStore) -> None:
    """IDENTITY-5: whoever is refused chooses a part of what is kept of it."""
    keep(store, AuditEntry(AuditKind.NOT_IDENTIFIED, about="GET /\n2 signed_in\x1b[2J\0" + "x" * 9000))

    (line,) = lines_of(store)
    assert line.about.startswith("GET /2 signed_in[2Jxx")
    assert LONGEST == len(line.about)
    assert () == verify_record(store).faults


def test_keys_are_created_and_revoked_on_record(store: RecordStore) -> None:
    """IDENTITY-5: by whom, for whom and with which scopes; no entry has a secret."""
    keys = ApiKeys(store)
    made, written = keys.create(
        "monitoring", "maya", now=NOW, expires_at=NOW, moves=["start"], accounts=["ACME"], by="root"
    )
    keys.revoke(made.id, NOW, by="ops")

    created, revoked = lines_of(store)
    about = f"{made.id} monitoring for maya until 2026-11-30; moves: start; accounts: ACME"
    assert ("key_created", "root", "command_line", about) == tuple(
        getattr(created, name) for name in ("kind", "by", "door", "about")
    )
    assert ("key_revoked", "ops", about) == (revoked.kind, revoked.by, revoked.about)
    assert written[len("esc_") + 13 :] not in str(lines_of(store))


def test_a_part_of_the_record_that_gives_way_is_told(store: RecordStore) -> None:
    """IDENTITY-5: with the digest that the chain had before, which a seal may have."""
    events = a_whole_life()
    store.append(a_batch(events))
    before = verify_record(store).heads["ACME/4711@1"]

    store.replace_events(a_batch(events[:-1]), {len(events)}, by="ops")

    (line,) = lines_of(store)
    assert ("record_replaced", "ops", "ACME/4711@1") == (line.kind, line.by, line.about)
    assert f"from event {len(events)} on" in line.why
    assert before.digest in line.why
