"""
Weeks and quarters of a time zone that reports are about.

Owns where periods begin and end. Knows no report.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

from escalation.measures.report_schedule import Rhythm
from planning.calendars.clock_changes import first_instant_of

_DAY = timedelta(days=1)


class DateRange(NamedTuple):
    """Whole days, the last one included."""

    first: date
    last: date


def last_period_before(rhythm: Rhythm, at: datetime, zone: ZoneInfo) -> DateRange:
    """Return the last whole week, from Monday on, or calendar quarter that was over *at*, by the days of *zone*."""
    today = at.astimezone(zone).date()
    match rhythm:
        case Rhythm.WEEKLY:
            begins = today - timedelta(days=today.weekday())
            return DateRange(begins - timedelta(days=7), begins - _DAY)
        case Rhythm.QUARTERLY:
            last = _first_of_quarter(today) - _DAY
            return DateRange(_first_of_quarter(last), last)
        case never:
            assert_never(never)


def midnight_of(day: date, zone: ZoneInfo) -> datetime:
    """
    Return the instant at which *day* begins in *zone*. In some zones the clocks are put forward at midnight.

    Raises:
        OverflowError: If it is too near the ends of the calendar.
    """
    return first_instant_of(datetime.combine(day, time()), zone)


def _first_of_quarter(day: date) -> date:
    return day.replace(month=1 + (day.month - 1) // 3 * 3, day=1)
