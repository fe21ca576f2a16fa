"""
Make the review pack of the period that had ended when a scheduled report was due, and find who reads it (RECORD-3).

Says whether a failure may be retried. It must not know tables, nor how the pack travels.
"""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from escalation import contract
from escalation.measures.report_schedule import MakeReport, ReportMade
from escalation.notifications.notification import ReportedFigure, ReviewPack
from planning.calendars.report_periods import last_period_before, midnight_of
from planning.calendars.time_zone_names import require_time_zone
from planning.plan.report_readers import readers_of
from planning.playbook.loader import Playbook
from records.errors import RecordStoreFault
from records.period_report import make_report
from records.report import FIRST, Period
from records.review_pack import render_review_pack
from records.store import RecordStore

log = structlog.get_logger(__name__)


class Reports:
    def __init__(self, store: RecordStore, playbook: Callable[[], Playbook]) -> None:
        self._store = store
        self._playbook = playbook

    @activity.defn(name=contract.MAKE_REPORT)
    def make_report(self, wanted: MakeReport) -> ReportMade:
        """
        Raises:
            ApplicationError: Of the store's code where it cannot be used, to be retried until it can.
            BadRequest: If there is no such time zone.
        """
        who = readers_of(wanted.schedule, self._playbook())
        try:
            return ReportMade(pack=self._pack(wanted), to=who.known, unknown=who.unknown)
        except RecordStoreFault as fault:
            log.warning("report_not_made", schedule=wanted.schedule.id, why=str(fault))
            raise ApplicationError(str(fault), type=fault.code) from None

    def _pack(self, wanted: MakeReport) -> ReviewPack:
        zone = require_time_zone(wanted.schedule.time_zone, "the report")
        days = last_period_before(wanted.schedule.rhythm, wanted.due_at, zone)
        period = Period(midnight_of(days.first, zone), midnight_of(days.last + timedelta(days=1), zone))
        found = make_report(self._store, period, datetime.now(UTC), record=wanted.record)
        shown = ((name, found.whole.value(name)) for name in FIRST if not found.is_empty)
        return ReviewPack(
            first=days.first,
            last=days.last,
            time_zone=zone.key,
            figures=tuple(
                ReportedFigure(name=name, value=value) for name, value in shown if value is not None
            ),
            page=gzip.compress(render_review_pack(found, zone).encode(), mtime=0),
        )
