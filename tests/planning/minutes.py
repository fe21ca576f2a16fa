"""
Business time the slow way: one minute after the other, looking at the wall clock of each.

An oracle for ``planning/calendars/open_hours.py`` and ``escalation/kernel/business_time.py``, of which it shares
nothing but
the rules of CLOCK-5: open is when the wall clock shows an open time; hours belong to the day on which they begin;
hours of a date go before days off, these before the week.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

import holidays

from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.opening_hours import DAYS
from tests.planning.builders import a_calendar

MINUTES_A_DAY = 24 * 60
DAYS_WALKED = 28
MINUTE = timedelta(minutes=1)

Window = tuple[int, int]
"""Minutes since the midnight of its day: opens, closes; past 1440 on the next morning."""

PLACES = (
    # summer begins, summer ends
    ("Europe/London", date(2026, 3, 14)),
    ("Europe/London", date(2026, 10, 11)),
    ("America/New_York", date(2027, 3, 1)),
    ("America/New_York", date(2026, 10, 19)),
    # Turkey put summer's end off by two weeks in 2015, and never ended that of 2016
    ("Europe/Istanbul", date(2015, 10, 20)),
    ("Europe/Istanbul", date(2016, 3, 14)),
    ("Europe/Istanbul", date(2016, 10, 20)),
    # the southern hemisphere; Santiago changes at midnight, Lord Howe by half an hour
    ("Australia/Sydney", date(2026, 3, 23)),
    ("America/Santiago", date(2026, 3, 22)),
    ("America/Santiago", date(2026, 8, 24)),
    ("Australia/Lord_Howe", date(2026, 3, 23)),
    ("Australia/Lord_Howe", date(2026, 9, 21)),
    # offsets of half and three quarters of an hour
    ("Asia/Kolkata", date(2026, 11, 1)),
    ("Asia/Kathmandu", date(2026, 11, 1)),
    ("Australia/Adelaide", date(2026, 9, 21)),
    # Indonesia's three zones
    ("Asia/Jakarta", date(2026, 8, 5)),
    ("Asia/Makassar", date(2026, 8, 5)),
    ("Asia/Jayapura", date(2026, 8, 5)),
    # a month without its 30 December; a change on the eve of Ramadan
    ("Pacific/Apia", date(2011, 12, 18)),
    ("Africa/Casablanca", date(2026, 2, 4)),
)
COUNTRIES = ("GB", "US", "TR", "ID", "AU", "IN")


@dataclass(frozen=True)
class Office:
    """A time in which somebody is there: in a zone, from a day on."""

    zone: str
    since: date
    weekly: dict[int, list[Window]]
    own: dict[date, list[Window]]
    closed: frozenset[date]
    country: str | None

    @property
    def begins_at(self) -> datetime:
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)

    def rules(self) -> CalendarSpec:
        """The same, as a playbook writes it."""
        return a_calendar(
            {DAYS[day]: [_written(window) for window in windows] for day, windows in self.weekly.items()},
            self.zone,
            closed_on=tuple(sorted(self.closed)),
            half_days={day: [_written(window) for window in windows] for day, windows in self.own.items()},
            holidays={"country": self.country} if self.country else (),
        )

    def open_minutes(self) -> list[bool]:
        """Say if it is open, minute by minute."""
        wall = _wall_clock(self.zone, self.since)
        days = {day: self._day(day) for day in {day for day, _ in wall}}
        return [days[day][minute] for day, minute in wall]

    def _day(self, day: date) -> list[bool]:
        """Say if it is open, by what the clock on the wall shows that day."""
        shown = [False] * MINUTES_A_DAY
        for back in (0, 1):
            for opens, closes in self._windows(day - timedelta(days=back)):
                for minute in range(opens, closes):
                    into_day = minute - back * MINUTES_A_DAY
                    if 0 <= into_day < MINUTES_A_DAY:
                        shown[into_day] = True
        return shown

    def _windows(self, day: date) -> list[Window]:
        if day in self.own:
            return self.own[day]
        if day in self.closed or day in _public_holidays(self.country, day.year):
            return []
        return self.weekly.get(day.weekday(), [])


class Minutes:
    """An oracle that adds and measures by counting."""

    def __init__(self, office: Office) -> None:
        self._begins_at = office.begins_at
        self._counted = list(accumulate(office.open_minutes(), initial=0))

    @property
    def all(self) -> int:
        return self._counted[-1]

    def between(self, start: int, end: int) -> timedelta:
        """Open time between two minutes."""
        return (self._counted[end] - self._counted[start]) * MINUTE

    def add(self, start: int, span: int) -> datetime | None:
        """The first minute by which so many open ones have passed since *start*; None if the walk does not reach it."""
        due = bisect_left(self._counted, self._counted[start] + span, lo=start)
        return self.at(due) if due < len(self._counted) else None

    def at(self, minute: int) -> datetime:
        return self._begins_at + minute * MINUTE


def an_office(chance: Random, zone: str, since: date) -> Office:
    """Any hours: split days, nights, hours that overlap, days off, days of their own, holidays."""
    days = [since + timedelta(days=day) for day in range(-2, DAYS_WALKED + 2)]
    return Office(
        zone=zone,
        since=since,
        weekly={day: _some_windows(chance) for day in chance.sample(range(7), chance.randint(1, 7))},
        own={day: _some_windows(chance) for day in chance.sample(days, chance.randint(0, 3))},
        closed=frozenset(chance.sample(days, chance.randint(0, 3))),
        country=chance.choice((None, *COUNTRIES)),
    )


def _some_windows(chance: Random) -> list[Window]:
    return [_a_window(chance) for _ in range(chance.choice((1, 1, 2, 3)))]


def _a_window(chance: Random) -> Window:
    """Half of them on the quarter of an hour; none longer than a day."""
    step = chance.choice((1, 15))
    opens = chance.randrange(0, MINUTES_A_DAY, step)
    return opens, opens + chance.randrange(step, min(MINUTES_A_DAY, 2 * MINUTES_A_DAY - opens), step)


def _written(window: Window) -> str:
    opens, closes = window
    return f"{_time_of_day(opens)}-{_time_of_day(closes)}"


def _time_of_day(minute: int) -> str:
    hour, past = divmod(minute if minute == MINUTES_A_DAY else minute % MINUTES_A_DAY, 60)
    return f"{hour:02}:{past:02}"


@cache
def _wall_clock(zone: str, since: date) -> tuple[tuple[date, int], ...]:
    """Yield what the clock on the wall shows, one minute after the other: the day, and the minute of it."""
    return tuple(_shown(ZoneInfo(zone), datetime(since.year, since.month, since.day, tzinfo=UTC)))


def _shown(zone: ZoneInfo, begin: datetime) -> Iterator[tuple[date, int]]:
    for minute in range(DAYS_WALKED * MINUTES_A_DAY):
        shown = (begin + minute * MINUTE).astimezone(zone)
        yield shown.date(), shown.hour * 60 + shown.minute


@cache
def _public_holidays(country: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
