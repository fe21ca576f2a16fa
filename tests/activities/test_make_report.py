"""The activity that makes the review pack of a period, on a real SQLite file."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.make_report import Reports
from escalation.kernel.values import from_json, to_json
from escalation.measures.report_schedule import MakeReport, ReportMade, ReportSchedule, Rhythm
from planning.playbook.loader import load_playbook
from records.store import RecordStore
from tests.planning.builders import REFERENCE
from tests.records.past import filled

THE_MONDAY_AFTER = datetime(2026, 3, 9, 7, tzinfo=UTC)


def made(folder: Path, due_at: datetime, rhythm: Rhythm = Rhythm.WEEKLY) -> ReportMade:
    store = RecordStore.at(None, folder)
    schedule = ReportSchedule(rhythm=rhythm, at="07:00", time_zone="UTC", to=("daniel", "gone"))
    reports = Reports(store, lambda: load_playbook(REFERENCE))
    try:
        return ActivityEnvironment().run(reports.make_report, MakeReport(schedule=schedule, due_at=due_at))
    finally:
        store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = RecordStore.at(None, tmp_path)
    filled(store)
    store.close()
    return tmp_path


def page(report: ReportMade) -> str:
    return gzip.decompress(report.pack.page).decode()


def test_a_pack_is_of_the_period_before_the_run_was_due(folder: Path) -> None:
    """RECORD-3: a run that is made up for today is about its own week."""
    report = made(folder, THE_MONDAY_AFTER)
    figures = {each.name: each.value for each in report.pack.figures}

    assert (date(2026, 3, 2), date(2026, 3, 8)) == (report.pack.first, report.pack.last)
    assert (5, 20260302) == (figures["escalations"], report.pack.seq)
    assert "Escalations opened from 2 March 2026 to 8 March 2026" in page(report)
    assert (["daniel"], ("gone",)) == ([each.id for each in report.to], report.unknown)


def test_a_quarter_has_all_its_weeks(folder: Path) -> None:
    """RECORD-3: per week or per quarter."""
    report = made(folder, datetime(2026, 4, 1, 7, tzinfo=UTC), Rhythm.QUARTERLY)

    assert (date(2026, 1, 1), date(2026, 3, 31)) == (report.pack.first, report.pack.last)


def test_an_empty_period_says_so(folder: Path) -> None:
    """RECORD-3: no figure is made up."""
    report = made(folder, datetime(2020, 1, 6, 7, tzinfo=UTC))

    assert () == report.pack.figures
    assert "there is nothing to report" in page(report)


def test_a_record_that_is_down_is_to_be_tried_again(tmp_path: Path) -> None:
    """RECORD-3: a report waits for its database."""
    (tmp_path / "records.sqlite").mkdir()

    with pytest.raises(ApplicationError, match="cannot be used") as failed:
        made(tmp_path, THE_MONDAY_AFTER)

    assert ("record_store_unreachable", False) == (failed.value.type, failed.value.non_retryable)


def test_a_pack_survives_the_wire(folder: Path) -> None:
    """RECORD-3: the page as text."""
    report = made(folder, THE_MONDAY_AFTER)

    assert report == from_json(ReportMade, to_json(report))
