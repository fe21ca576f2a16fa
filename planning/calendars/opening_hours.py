"""
Opening hours of a week, as people write them: ``mon-fri: ["09:00-17:00"]``; and intervals.

Owns the words for days and hours of the day. Knows no time zone, date or holiday.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_FORM = f"a day, or a range or list of days such as mon-fri or sat,sun ({', '.join(DAYS)})"
HOURS_FORM = "hours such as 09:00-17:00, or overnight such as 22:00-06:00"

_HOURS = re.compile(r"(\d{1,2}):(\d{2}) ?[-–] ?(\d{1,2}):(\d{2})", re.ASCII)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

DayHours = tuple[int, int]
"""From, until: seconds since the midnight at which the day began; an overnight window ends past 86,400."""

_Edge = TypeVar("_Edge", int, datetime)

Interval = tuple[datetime, datetime]


def parse_days(text: str) -> tuple[int, ...]:
    """
    Read ``mon-fri`` as the numbers of its days, Monday being 0. A range may pass the weekend: ``sun-thu``.

    Raises:
        ValueError: If it names no days.
    """
    days: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS or part.endswith("-"):
            raise ValueError(DAYS_FORM)
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % 7 + 1
        days += [(start + day) % 7 for day in range(length)]
    return tuple(days)


def parse_hours(text: str) -> DayHours:
    """
    Read ``09:00-17:00``. An end that is not later than the start is on the next day.

    Raises:
        ValueError: If these are no hours of a day, or none at all.
    """
    match = _HOURS.fullmatch(text.strip())
    if not match:
        raise ValueError(HOURS_FORM)
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start = start_hour * _HOUR + start_minute * _MINUTE
    end = end_hour * _HOUR + end_minute * _MINUTE
    if start >= _DAY or end > _DAY or start_minute >= 60 or end_minute >= 60:
        raise ValueError("times of day from 00:00 to 24:00")
    if start == end:
        raise ValueError("hours that are not empty; the whole day is 00:00-24:00")
    return start, end if end > start else end + _DAY


def join_intervals(intervals: Iterable[tuple[_Edge, _Edge]]) -> list[tuple[_Edge, _Edge]]:
    """Sort *intervals*, and make one of those that touch or overlap."""
    result: list[tuple[_Edge, _Edge]] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def gaps_between(covered: Iterable[Interval], since: datetime, until: datetime) -> tuple[Interval, ...]:
    """Return the gaps between the *covered* intervals, which are in order, from *since* to *until*."""
    open_: list[Interval] = []
    for start, end in covered:
        if start >= until:
            break
        if start > since:
            open_.append((since, start))
        since = max(since, end)
    if since < until:
        open_.append((since, until))
    return tuple(open_)
