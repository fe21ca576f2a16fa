"""Shifts of a rotation: how long they are, when they change, and whose they are. Knows no playbook."""

# Theory of operation
#
# Shifts are cut by the clocks of a time zone. A hand-over at 09:00 is at 09:00 all year, and the shift over a change of
# the clocks is an hour shorter or longer. A hand-over at a local time that is skipped happens when it is skipped; at
# one that is shown twice, the first time.
#
# So shifts are counted in local time, in steps of their length, and only then each edge becomes an instant. Shift 0
# begins at the hand-over on or before the first day:
#
#     since: 2026-11-04 (a Wednesday), hand_over: mon 09:00, every: weekly
#     shift 0: Wed 4 Nov 09:00 - Mon 9 Nov 09:00     (counted from Mon 2 Nov, cut at the first day)
#     shift 1: Mon 9 Nov 09:00 - Mon 16 Nov 09:00
#
# The number of a shift says whose it is: person number (shift number modulo number of people).

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from planning.calendars.clock_changes import first_instant_of
from planning.calendars.opening_hours import DAYS

EVERY_FORM = (
    "daily, weekly, or a number of h, days or weeks, such as 12 h, 3 days or 2 weeks (at most 366 days)"
)
HAND_OVER_FORM = f"a time of day such as 09:00, or with the day: mon 09:00 ({', '.join(DAYS)})"

_NAMED = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
_UNITS = {"h": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_EVERY = re.compile(r"(\d{1,4}) ?(?:(h)(?:ours?|rs?)?|(day|week)s?)", re.ASCII)
_HAND_OVER = re.compile(rf"(?:({'|'.join(DAYS)}) )?(\d{{1,2}}):(\d{{2}})", re.ASCII)
_LONGEST = timedelta(days=366)
WEEK = timedelta(weeks=1)


class HandOver(NamedTuple):
    day: int | None
    """Day of the week, Monday being 0; None: any day."""
    at: time


class Rotation(NamedTuple):
    """Sequence of shifts."""

    every: timedelta
    hand_over: HandOver
    first_day: date
    zone: ZoneInfo
    """The zone whose clocks cut the shifts."""


class Shift(NamedTuple):
    start: datetime
    end: datetime
    number: int
    """From 0; it says whose shift it is."""
    began: datetime
    """In local time, without a zone."""


def parse_every(text: str) -> timedelta:
    """
    Read ``2 weeks``.

    Raises:
        ValueError: If it is no length of a shift, or too long.
    """
    written = " ".join(text.lower().split())
    found = _EVERY.fullmatch(written)
    if written in _NAMED:
        return _NAMED[written]
    if not found:
        raise ValueError(EVERY_FORM)
    length = int(found[1]) * _UNITS[found[2] or found[3]]
    if not timedelta() < length <= _LONGEST:
        raise ValueError(EVERY_FORM)
    return length


def parse_hand_over(text: str) -> HandOver:
    """
    Read ``mon 09:00``.

    Raises:
        ValueError: If it is no time of day.
    """
    found = _HAND_OVER.fullmatch(" ".join(text.lower().split()))
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise ValueError(HAND_OVER_FORM)
    return HandOver(DAYS.index(found[1]) if found[1] else None, time(int(found[2]), int(found[3])))


def shifts_between(rotation: Rotation, since: datetime, until: datetime) -> Iterator[Shift]:
    """
    Yield the shifts that touch the time from *since* to *until*, in order, without a gap from the first one on.

    With a day of the week the first shift begins on the first day all the same, and is over when that day comes.
    """
    every, (day, at), first_day, zone = rotation
    begins = datetime.combine(first_day, at)
    origin = begins - timedelta(days=0 if day is None else (begins.weekday() - day) % 7)
    there = since.astimezone(zone).replace(tzinfo=None)
    number = max(
        0, (there - origin) // every - 1
    )  # one earlier: local time may be off by a change of the clocks
    while (start := first_instant_of(began := max(begins, origin + number * every), zone)) < until:
        end = first_instant_of(origin + (number + 1) * every, zone)
        if max(start, since) < end:
            yield Shift(start, end, number, began)
        number += 1
