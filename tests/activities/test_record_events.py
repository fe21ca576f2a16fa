"""The activity that keeps the record says what may be retried."""

from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.record_events import RecordEvents
from escalation.case.record_batch import RecordBatch, RecordResult
from escalation.kernel.values import from_json, to_json
from records.store import RecordStore
from tests.records.event_builders import a_batch, a_whole_life


def test_a_batch_is_recorded_once_however_often_it_is_asked(tmp_path: Path) -> None:
    """RECORD-1: at least once on the wire, exactly once in the record."""
    store = RecordStore.at(None, tmp_path)
    record = RecordEvents(store).record_events
    batch = a_batch(a_whole_life())

    done = [ActivityEnvironment().run(record, batch) for _ in range(2)]
    store.close()

    assert [RecordResult(added=len(batch.events), through=len(batch.events)), len(batch.events)] == [
        done[0],
        done[1].through,
    ]
    assert 0 == done[1].added


def test_a_store_that_is_down_is_to_be_tried_again(tmp_path: Path) -> None:
    """RECORD-1: a database that is down loses nothing."""
    (tmp_path / "records.sqlite").mkdir()
    record = RecordEvents(RecordStore.at(None, tmp_path)).record_events

    with pytest.raises(ApplicationError, match="cannot be used") as failed:
        ActivityEnvironment().run(record, a_batch(a_whole_life()))

    assert ("record_store_unreachable", False) == (failed.value.type, failed.value.non_retryable)


def test_what_is_no_record_is_not_tried_again(tmp_path: Path) -> None:
    """RECORD-1: another attempt would end alike."""
    store = RecordStore.at(None, tmp_path)
    record = RecordEvents(store).record_events

    with pytest.raises(ApplicationError, match="must begin with opened") as failed:
        ActivityEnvironment().run(record, a_batch([replace(a_whole_life()[1], seq=1)]))
    store.close()

    assert ("record_not_understood", True) == (failed.value.type, failed.value.non_retryable)


def test_a_batch_survives_the_wire() -> None:
    """RECORD-1: as JSON, every event of its own kind again."""
    batch = a_batch(a_whole_life())

    assert batch == from_json(RecordBatch, to_json(batch))
