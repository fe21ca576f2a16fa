"""
When somebody's quiet hours end: hours as people write them, by the clocks of a time zone, as an instant (COMM-11).

They are reckoned as open hours are (``calendars.py``): it is quiet whenever the clocks there show a quiet time, so a
night is an hour shorter or longer when they change. Hours belong to the day on which they begin.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from planning.calendars import open_spans
from planning.schema import CalendarRules

_BEFORE, _AHEAD = timedelta(days=2), timedelta(days=9)


def quiet_until(quiet_hours: Mapping[str, tuple[str, ...]], time_zone: str, at: datetime) -> datetime | None:
    """When the quiet hours around *at* end; None if it is not quiet then. Never more than nine days ahead."""
    if not quiet_hours:
        return None
    rules = CalendarRules(time_zone=time_zone, weekly=dict(quiet_hours))
    now = at.timestamp()
    for start, end in open_spans(rules, at - _BEFORE, at + _AHEAD):
        if start <= now < end:
            return datetime.fromtimestamp(end, UTC)
    return None
