"""A store's tables are those of the program, or it says so."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from records.errors import StoreAhead, StoreBehind
from records.migration import HEAD, config
from records.store import RecordStore
from records.tables import Base
from records.verification import verify_record
from tests.records.event_builders import a_batch, a_whole_life, sizes


def set_version(store: RecordStore, version: str) -> None:
    with store.database.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_tables_are_made_from_nothing_and_only_once(url: str) -> None:
    """
    RECORD-1: `escalate setup` can be repeated, and says what it did.
    """
    store = RecordStore(url)

    assert f"made new, version {HEAD}" in str(store.migrate())
    assert f"version {HEAD} already, nothing to do" in str(store.migrate())
    store.close()


def test_the_program_knows_the_newest_step() -> None:
    """
    RECORD-1: a step that is added is also needed.
    """
    assert HEAD == ScriptDirectory.from_config(config()).get_current_head()


def test_steps_and_tables_agree(store: RecordStore) -> None:
    """
    RECORD-1: a table that is changed without a step for it is noticed.
    """
    with store.database.reading() as db:
        assert [] == compare_metadata(MigrationContext.configure(db), Base.metadata)


def test_two_that_set_up_at_once_take_turns(url: str) -> None:
    """
    RECORD-1: as when several workers are deployed together.
    """
    stores = [RecordStore(url) for _ in range(3)]

    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(RecordStore.migrate, stores))
    for store in stores:
        store.close()

    assert 1 == sum(each.before is None for each in done)


def test_an_empty_file_is_given_its_tables_and_an_empty_server_is_not(url: str) -> None:
    """
    RECORD-1: one's own file needs no setup; on a server somebody decides.
    """
    store = RecordStore(url)
    if store.database.is_file:
        assert 0 < store.append(a_batch(a_whole_life())).added
    else:
        with pytest.raises(StoreBehind, match=r"has no tables yet.*run `escalate setup`"):
            store.append(a_batch(a_whole_life()))
    store.close()


def test_a_store_that_is_behind_says_what_to_do(url: str, store: RecordStore) -> None:
    """
    RECORD-1: one clear error, and nothing is written.
    """
    set_version(store, "0000")

    with (
        pytest.raises(
            StoreBehind, match=f"is of version 0000, .* needs version {HEAD}; run `escalate setup`"
        ),
        closing(RecordStore(url)) as other,
    ):
        other.append(a_batch(a_whole_life()))

    assert 0 == sizes(store)["events"]


def test_a_store_that_is_ahead_is_left_alone(url: str, store: RecordStore) -> None:
    """
    RECORD-1: not even setup touches what a newer program made.
    """
    set_version(store, "9999")

    with closing(RecordStore(url)) as other:
        for attempt in (other.require_usable, other.migrate):
            with pytest.raises(StoreAhead, match="made by a newer program"):
                attempt()


def test_what_was_on_record_before_is_chained_as_it_is(url: str, store: RecordStore) -> None:
    """
    IDENTITY-5: `escalate setup` chains a record that an earlier program wrote; a gap still waits.
    """
    events = a_whole_life()
    store.append(a_batch(events, escalation="ACME/1@1"))
    store.append(a_batch(events[:4], escalation="ACME/2@1"))
    store.append(a_batch(events[6:], escalation="ACME/2@1"))
    heads = verify_record(store).heads
    with store.database.writing() as db:
        for table in ("erasures", "audit_log", "chain_heads"):
            db.execute(text(f"DROP TABLE {table}"))
        db.execute(text("ALTER TABLE events DROP COLUMN erased_digest"))
        db.execute(text("ALTER TABLE events DROP COLUMN digest"))
    set_version(store, "0004")

    with closing(RecordStore(url)) as later:
        later.migrate()
        found = verify_record(later)

    assert (heads, ()) == (found.heads, found.faults)
    assert (len(events), 4) == tuple(found.heads[id_].length for id_ in ("ACME/1@1", "ACME/2@1"))
