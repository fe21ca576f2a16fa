"""
End of somebody's quiet hours, as an instant (COMM-11).

They are computed as open hours are (``open_hours.py``): it is quiet whenever the local clocks show a quiet time, so a
night is an hour shorter or longer when they change. Hours belong to the day on which they begin.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_spans

_BEFORE, _AHEAD = timedelta(days=2), timedelta(days=10)
_Hours = tuple[tuple[str, tuple[str, ...]], ...]


def end_of_quiet_hours(
    quiet_hours: Mapping[str, tuple[str, ...]], time_zone: str, at: datetime
) -> datetime | None:
    """Return the end of the quiet hours around *at*; None if it is not quiet then. Never more than ten days ahead."""
    if not quiet_hours:
        return None
    now = at.timestamp()
    for start, end in _quiet_spans_around(tuple(quiet_hours.items()), time_zone, at.astimezone(UTC).date()):
        if start <= now < end:
            return datetime.fromtimestamp(end, UTC)
    return None


@lru_cache(maxsize=1_000)
def _quiet_spans_around(quiet_hours: _Hours, time_zone: str, day: date) -> tuple[tuple[int, int], ...]:
    """Return the quiet times around a day; kept, since many recipients have the same ones."""
    midnight = datetime.combine(day, time(), UTC)
    rules = CalendarSpec(time_zone=time_zone, weekly=dict(quiet_hours))
    return tuple(compile_spans(rules, midnight - _BEFORE, midnight + _AHEAD))
