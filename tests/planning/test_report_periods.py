"""The week or quarter that has just ended, by the days of a zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.measures.report_schedule import Rhythm
from planning.calendars.report_periods import last_period_before, midnight_of
from tests.planning.builders import naive, utc

JAKARTA, LONDON = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("rhythm", "at", "zone", "first", "last"),
    [
        (Rhythm.WEEKLY, "2026-11-23 07:00", LONDON, "2026-11-16", "2026-11-22"),
        (Rhythm.WEEKLY, "2026-11-25 19:00", LONDON, "2026-11-16", "2026-11-22"),  # late, or asked for
        (Rhythm.WEEKLY, "2026-11-22 23:59", LONDON, "2026-11-09", "2026-11-15"),
        (Rhythm.WEEKLY, "2026-11-22 17:00", JAKARTA, "2026-11-16", "2026-11-22"),  # Monday there
        (Rhythm.WEEKLY, "2027-01-04 07:00", LONDON, "2026-12-28", "2027-01-03"),
        (Rhythm.QUARTERLY, "2026-10-01 06:00", LONDON, "2026-07-01", "2026-09-30"),
        (Rhythm.QUARTERLY, "2026-09-30 23:00", LONDON, "2026-07-01", "2026-09-30"),  # summer time
        (Rhythm.QUARTERLY, "2026-12-31 12:00", LONDON, "2026-07-01", "2026-09-30"),
        (Rhythm.QUARTERLY, "2027-01-01 00:00", LONDON, "2026-10-01", "2026-12-31"),
    ],
)
def test_a_report_is_about_the_whole_period_before(
    rhythm: Rhythm, at: str, zone: ZoneInfo, first: str, last: str
) -> None:
    """
    RECORD-3: a week from Monday to Sunday, or a calendar quarter, by the days of the schedule's zone.
    """
    assert (first, last) == tuple(map(str, last_period_before(rhythm, utc(at), zone)))


@given(
    st.sampled_from(Rhythm),
    st.datetimes(naive("1990-01-01 00:00"), naive("2040-01-01 00:00"), timezones=st.just(UTC)),
    st.sampled_from(["Europe/London", "Asia/Jakarta", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia"]),
)
def test_no_instant_falls_between_two_reports(rhythm: Rhythm, at: datetime, name: str) -> None:
    """
    RECORD-3: the next period begins where the last one ended, whatever the clocks did.
    """
    zone = ZoneInfo(name)
    period = last_period_before(rhythm, at, zone)
    end = midnight_of(period.last + timedelta(days=1), zone)

    assert end <= at
    assert period == last_period_before(rhythm, end, zone)
    assert last_period_before(rhythm, end - timedelta(seconds=1), zone).last == period.first - timedelta(
        days=1
    )
