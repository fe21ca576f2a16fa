"""The record keeps every event once, on SQLite and PostgreSQL, whatever happens."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from escalation.case.delivery_report import DeliveryReported
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.record_batch import RecordResult
from escalation.kernel.reasons import reason
from escalation.kernel.values import CustomerText, InternalText, to_json
from escalation.measures.fold import measure_events
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import Tick
from records.data_export import list_accounts, read_escalations
from records.rows import make_escalation_row
from records.store import RecordStore
from records.tables import EscalationRow, EventRow, PlaybookRow
from tests.builders import DECLARE, a_plan, at, monday, opening, weekdays
from tests.escalation.notified import events_of
from tests.records.event_builders import a_batch, a_whole_life, bodies, sizes

ROOT = Path(__file__).parents[2]


def test_events_are_kept_as_they_were(store: RecordStore) -> None:
    """
    RECORD-1: the full record, each event with its playbook.
    """
    events = a_whole_life()

    recorded = store.append(a_batch(events))

    assert RecordResult(added=len(events), through=len(events)) == recorded
    assert [to_json(event) for event in events] == bodies(store, "ACME/4711@1")
    with store.database.reading() as db:
        assert {a_batch(events).playbook.sha256} == set(db.scalars(select(EventRow.playbook)))
        assert [a_batch(events).playbook.name] == list(db.scalars(select(PlaybookRow.name)))


def test_a_repeated_batch_changes_nothing(store: RecordStore) -> None:
    """
    RECORD-1: exactly one row for each event, whatever the retries.
    """
    batch = a_batch(a_whole_life())
    store.append(batch)
    before = sizes(store)

    assert RecordResult(added=0, through=len(batch.events)) == store.append(batch)
    assert before == sizes(store)


def test_overlapping_batches_add_what_is_new(store: RecordStore) -> None:
    """
    RECORD-1: batches are cut again after a crash.
    """
    events = a_whole_life()
    store.append(a_batch(events[:10]))

    assert len(events) - 10 == store.append(a_batch(events[5:])).added
    assert len(events) == len(bodies(store, "ACME/4711@1"))


def test_what_it_comes_to_goes_with_its_events(store: RecordStore) -> None:
    """
    RECORD-2: the row of the escalation is that of all its events, after each batch.
    """
    events = a_whole_life()
    for cut in (8, len(events)):
        store.append(a_batch(events[:cut]))
        with store.database.reading() as db:
            [row] = db.execute(select(*EscalationRow.__table__.columns))
        assert make_escalation_row(measure_events(events[:cut])) == dict(row._mapping)


def test_what_comes_after_a_gap_counts_once_it_is_filled(store: RecordStore) -> None:
    """
    RECORD-1: batches that overtake each other lose nothing.
    """
    events = a_whole_life()
    store.append(a_batch(events[:6]))

    assert 6 == store.append(a_batch(events[9:])).through
    assert len(events) == store.append(a_batch(events[6:9])).through
    assert "closed" == next(read_escalations(store))["state"]


def test_accounts_on_record_are_known_once_each(store: RecordStore) -> None:
    """
    RECORD-4: so that a slip in one is seen.
    """
    for id_ in ("ACME/4711@1", "ACME/4711@2"):
        store.append(a_batch(a_whole_life(), escalation=id_))

    assert {"ACME"} == list_accounts(store)


def test_the_end_may_come_before_the_beginning(store: RecordStore) -> None:
    """
    RECORD-1: until the opening is there, there is no escalation to report.
    """
    events = a_whole_life()

    assert 0 == store.append(a_batch(events[6:])).through
    assert [] == list(read_escalations(store))
    assert len(events) == store.append(a_batch(events[:6])).through


def test_a_record_without_an_opening_is_refused_whole(store: RecordStore) -> None:
    """
    RECORD-1: nothing is half kept.
    """
    events = a_whole_life()

    with pytest.raises(ValueError, match="must begin with opened"):
        store.append(a_batch([replace(events[1], seq=1)]))

    assert 0 == sizes(store)["events"]


def test_many_that_write_at_once_write_each_event_once(store: RecordStore) -> None:
    """
    RECORD-1: whatever the concurrent writers.
    """
    events = a_whole_life()
    cuts = [(start, start + 9) for start in range(0, len(events), 3)]
    batches = [a_batch(events[start:end]) for start, end in [*cuts, *reversed(cuts)]]
    stores = [RecordStore(store.database._url.render_as_string(hide_password=False)) for _ in range(4)]

    with ThreadPoolExecutor(8) as threads:
        recorded = list(threads.map(lambda each: stores[each[0] % 4].append(each[1]), enumerate(batches)))
    for each in stores:
        each.close()

    assert len(events) == sum(each.added for each in recorded)
    assert [to_json(event) for event in events] == bodies(store, "ACME/4711@1")
    assert measure_events(events).hand_overs == next(read_escalations(store))["hand_overs"]


_DIES = """
import os, signal, sys
from records.store import RecordStore, _event_rows, _keep_events
from tests.records.event_builders import a_batch, a_whole_life
store, batch = RecordStore(sys.argv[1]), a_batch(a_whole_life())
with store.database.writing() as db:
    print(_keep_events(db, [row | {"playbook": None} for row in _event_rows(batch)]), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_writer_that_is_killed_leaves_nothing_half_done(url: str, store: RecordStore) -> None:
    """
    RECORD-1: its transaction is undone, and the retry writes it whole.
    """
    died = subprocess.run(
        [sys.executable, "-c", _DIES, url],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert -signal.SIGKILL == died.returncode, died.stderr
    assert str(len(a_whole_life())) == died.stdout.strip()
    assert 0 == sizes(store)["events"]
    assert len(a_whole_life()) == store.append(a_batch(a_whole_life())).added


def test_texts_of_every_script_are_kept(store: RecordStore) -> None:
    """
    RECORD-1: customer text is data: scripts, quotes, emoji, and what looks like SQL.
    """
    subject = CustomerText("Şikâyet 苦情 شكوى 🙈 '); DROP TABLE events; --")
    events = opening(subject=subject, description=InternalText("a\nb\t\\ \" '")).events

    store.append(a_batch(events))

    [found] = read_escalations(store)
    assert subject == found["subject"]
    assert subject == found["events"][0]["event"]["request"]["subject"]


def test_a_text_that_a_database_does_not_take_is_no_obstacle(store: RecordStore) -> None:
    """
    RECORD-1: a mail server may answer anything; PostgreSQL takes no zero characters.
    """
    events = opening().events
    receipt = DeliveryResult(key="k", recipient="ana", occasion="level_raised", why="550 \0 no")
    sent = DeliveryReported(seq=events[-1].seq + 1, at=monday("09:00"), results=(receipt,))

    store.append(a_batch((*events, sent)))

    [found] = read_escalations(store)
    assert ["550  no"] == [each["why"] for each in found["delivery_results"]]
    assert "550 \0 no" == found["events"][-1]["event"]["results"][0]["why"]


def test_why_a_message_waits_is_kept_in_words(store: RecordStore) -> None:
    """
    RECORD-1: the event keeps the reason as data, and the table says it as people read it.
    """
    events = opening().events
    waits = DeliveryResult(
        key="k",
        recipient="ana",
        occasion="level_raised",
        deferred_until=monday("17:00"),
        why=reason("quiet_hours"),
    )
    held = DeliveryReported(seq=events[-1].seq + 1, at=monday("09:00"), results=(waits,))

    store.append(a_batch((*events, held)))

    [found] = read_escalations(store)
    assert ["quiet hours"] == [each["why"] for each in found["delivery_results"]]


def test_each_message_is_kept_once_in_its_true_state(store: RecordStore) -> None:
    """
    RECORD-1, COMM-12: one that waits is not one that failed, and a late word does not undo a delivery.
    """
    events = opening().events
    told = DeliveryResult(key="k:1", recipient="ana", occasion="level_raised", delivered_at=monday("09:00"))
    late = DeliveryResult(
        key="k:1", recipient="ana", occasion="level_raised", why="not delivered within 24 hours"
    )
    waits = DeliveryResult(
        key="k:2", recipient="ana", occasion="level_raised", deferred_until=monday("17:00"), why="quiet hours"
    )
    words = [
        DeliveryReported(seq=events[-1].seq + number, at=monday("09:00"), results=receipts)
        for number, receipts in enumerate([(told, waits), (late,)], 1)
    ]

    store.append(a_batch((*events, *words)))

    [found] = read_escalations(store)
    assert {"k:1": "delivered", "k:2": "deferred"} == {
        each["key"]: each["state"] for each in found["delivery_results"]
    }


def test_a_life_of_593_days_is_kept(store: RecordStore) -> None:
    """
    RECORD-1: with the chases of every day.
    """
    days = (command for day in range(1, 593) for command in (at(day, "10:00"), Tick()))
    plan = a_plan(open_hours=weekdays(weeks=200))
    end = (at(593, "09:00"), DECLARE)
    events = events_of(opening(plan=plan), Acknowledge(by="ana"), *days, *end)

    store.append(a_batch(events))

    [found] = read_escalations(store)
    assert len(events) == len(found["events"]) > 592
    assert 593 * 86_400 == found["resolved_after"]
    assert 7 == found["level"]
