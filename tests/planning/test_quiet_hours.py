"""The end of quiet hours, by the clocks of the recipient's time zone (COMM-11)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_spans
from planning.calendars.quiet_hours import end_of_quiet_hours
from tests.planning.builders import utc

NIGHTS = {"mon-sun": ("22:00-07:00",)}
WEEK = {"mon-fri": ("22:00-07:00",), "sat,sun": ("00:00-24:00",)}


@pytest.mark.parametrize(
    ("hours", "zone", "at", "until"),
    [
        (NIGHTS, "Europe/London", "2026-11-20 21:59", None),
        (NIGHTS, "Europe/London", "2026-11-20 22:00", "2026-11-21 07:00"),
        (NIGHTS, "Europe/London", "2026-11-21 06:59", "2026-11-21 07:00"),
        (NIGHTS, "Europe/London", "2026-11-21 07:00", None),
        # in her own zone it is half past five in the morning, and ten at night
        (NIGHTS, "Asia/Jakarta", "2026-11-20 22:30", "2026-11-21 00:00"),
        (NIGHTS, "Asia/Jakarta", "2026-11-20 15:00", "2026-11-21 00:00"),
        # put forward: the night of the change is an hour shorter
        (NIGHTS, "Europe/London", "2026-03-28 22:00", "2026-03-29 06:00"),
        (NIGHTS, "Europe/London", "2026-03-29 06:00", None),
        # put back: an hour longer
        (NIGHTS, "Europe/London", "2026-10-24 21:00", "2026-10-25 07:00"),
        (NIGHTS, "Europe/London", "2026-10-25 06:59", "2026-10-25 07:00"),
        # quiet hours that end in the hour that is skipped end when the clocks go on; in the repeated one, twice
        ({"mon-sun": ("22:00-01:30",)}, "Europe/London", "2026-03-28 23:00", "2026-03-29 01:00"),
        ({"mon-sun": ("22:00-01:30",)}, "Europe/London", "2026-10-24 23:00", "2026-10-25 00:30"),
        ({"mon-sun": ("22:00-01:30",)}, "Europe/London", "2026-10-25 01:15", "2026-10-25 01:30"),
        # a night that runs on into a quiet weekend, and through it to Monday
        (WEEK, "UTC", "2026-11-20 23:00", "2026-11-23 00:00"),
        (WEEK, "UTC", "2026-11-23 12:00", None),
        ({}, "UTC", "2026-11-23 12:00", None),
    ],
)
def test_quiet_hours_end_by_the_clocks_of_the_zone(
    hours: dict[str, tuple[str, ...]], zone: str, at: str, until: str | None
) -> None:
    """
    COMM-11: both changes of the clock, nights, whole days.
    """
    assert (utc(until) if until else None) == end_of_quiet_hours(hours, zone, utc(at))


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - UTC, added below
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Jakarta"]),
    hours=st.sampled_from([NIGHTS, WEEK, {"mon-sun": ("22:00-01:30", "02:15-03:00")}]),
)
def test_when_quiet_hours_are_over_it_is_not_quiet(
    at: datetime, zone: str, hours: dict[str, tuple[str, ...]]
) -> None:
    """
    COMM-11: what was held until then may leave then, and not a second earlier.
    """
    now = at.replace(tzinfo=UTC)
    until = end_of_quiet_hours(hours, zone, now)
    quiet = compile_spans(
        CalendarSpec(time_zone=zone, weekly=dict(hours)), now - timedelta(days=9), now + timedelta(days=9)
    )

    assert (until is not None) == any(start <= now.timestamp() < end for start, end in quiet)
    if until:
        assert until > now
        assert end_of_quiet_hours(hours, zone, until) is None
        assert until == end_of_quiet_hours(hours, zone, until - timedelta(seconds=1))
