"""
Days as forms send them, and the instants between which they lie in a reader's zone.

Must not know pages.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo


def days_between(first: str, last: str, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return when the day *first* begins, and when *last* has ended; None for what is no day."""
    since, until = read_day(first), read_day(last)
    after = _midnight(until + timedelta(days=1), zone) if until else None
    return (_midnight(since, zone) if since else None), after


def read_day(text: str) -> date | None:
    """Return the day that a form sent; None, if it is none, or of no time that we know."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return day if date(1990, 1, 1) < day < date(2100, 1, 1) else None
    return None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
