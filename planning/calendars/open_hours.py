"""
Compiler of calendars: a week in a time zone becomes plain UTC intervals, with which the rules can compute (CLOCK-5).

Owns time zones and dates. Knows nothing of what the open hours are used for.
"""

# Theory of operation
#
# An instant is open when the local clocks show an open time. When a clock is put forward, the skipped hour is never
# open; when it is put back, the repeated hour is open twice. So the time is cut where the zone's offset from UTC
# changes (``split_by_offset``). Within a piece the offset is a constant, and the hours of a day are plain arithmetic:
#
#     instant = day * 86,400 + local second of the day - offset
#
# Hours belong to the day on which they begin. A night of Friday, 22:00-06:00, ends on Saturday, and is closed when
# Friday is a holiday. Its end is past 86,400 seconds, and needs no special case. Of a date, the first of these that
# says something counts: its own hours (half_days), its own days off (closed_on), public holidays, the week.
#
# Days are numbered from 1970-01-01, which was a Thursday: that is all the calendar that the arithmetic needs.

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.policy.local_time import DeskTime
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.clock_changes import split_by_offset
from planning.calendars.opening_hours import DAYS, DayHours, join_intervals, parse_days, parse_hours
from planning.calendars.public_holidays import holidays_in

BEFORE, AFTER = timedelta(days=7), timedelta(days=90)
_DAY = 86_400
_MARGIN = timedelta(days=2)
_THURSDAY = 3
_YEARS_SHOWN = 3
_UNIX_EPOCH_ORDINAL = 719_163


def horizon_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the time for which an escalation that starts *now* needs open hours at first: whole UTC days."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - BEFORE, midnight + AFTER + timedelta(days=1)


def week_of(calendar: CalendarSpec) -> tuple[tuple[DayHours, ...], ...]:
    """Return the open hours of each day of the week, Monday first, joined where they touch."""
    week: list[list[DayHours]] = [[] for _ in DAYS]
    for days, hours in calendar.weekly.items():
        for day in parse_days(days):
            week[day] += [parse_hours(text) for text in hours]
    return tuple(tuple(join_intervals(hours)) for hours in week)


def business_day_of(calendar: CalendarSpec) -> timedelta:
    """
    Return the open time that most days which open at all have: what one business day is worth.

    Hours that two days share, such as 05:00-06:00 after a night that ends at 06:00, count once, for the day on which
    they began: a week is never worth more than it is open.
    """
    common = Counter(length for length in _open_time_by_day(calendar) if length).most_common(1)
    return timedelta(seconds=common[0][0]) if common else timedelta()


def weekly_open_time_of(calendar: CalendarSpec) -> timedelta:
    """Return the open time of a week without days off."""
    return timedelta(seconds=sum(_open_time_by_day(calendar)))


def _open_time_by_day(calendar: CalendarSpec) -> list[int]:
    week = week_of(calendar)
    return [_length_of(hours) - _overlap_of(week[day - 1], hours) for day, hours in enumerate(week)]


def _length_of(hours: tuple[DayHours, ...]) -> int:
    return sum(end - start for start, end in hours)


def _overlap_of(night_before: tuple[DayHours, ...], hours: tuple[DayHours, ...]) -> int:
    """Return the seconds of *hours* that the windows of the day before cover already."""
    return sum(
        max(0, min(end, closes - _DAY) - max(start, opens - _DAY))
        for opens, closes in night_before
        for start, end in hours
    )


def compile_hours(
    calendar: CalendarSpec, since: datetime, until: datetime, name: str = "calendar"
) -> OpenHours:
    """
    Return the calendar's open hours as UTC intervals, from *since* to *until*.

    Raises:
        BadRequest: If it is never open in that time.
    """
    spans = compile_spans(calendar, since, until)
    if not spans:
        given = f"a calendar that is never open from {since:%Y-%m-%d} to {until:%Y-%m-%d}"
        fault = Fault(where=f"calendars.{name}", given=given, allowed="some open hours")
        raise BadRequest.because(reason("of.calendar", name), (fault,))
    return _make_open_hours(calendar, spans, until)


def _make_open_hours(calendar: CalendarSpec, spans: list[tuple[int, int]], until: datetime) -> OpenHours:
    compiled_until = datetime.fromtimestamp(int(until.timestamp()), UTC)
    return OpenHours(
        steps=OpenHours.steps_of(spans), compiled_until=compiled_until, business_day=business_day_of(calendar)
    )


def compile_spans(calendar: CalendarSpec, since: datetime, until: datetime) -> list[tuple[int, int]]:
    """Return the open intervals from *since* to *until*, in seconds since 1970; none if it is never open then."""
    begin, end = int(since.timestamp()), int(until.timestamp())
    week = week_of(calendar)
    special = _special_days_of(calendar, since, until)
    return join_intervals(
        span
        for from_, to, offset in split_by_offset(ZoneInfo(calendar.time_zone), begin, end)
        for span in _spans_within(week, special, from_, to, offset)
    )


def list_days_off(calendar: CalendarSpec, since: datetime, until: datetime) -> tuple[date, ...]:
    """Return the dates from *since* to *until*, with some days around, that are holidays or days off of its own."""
    years = range((since - _MARGIN).year, (until + _MARGIN).year + 1)
    public = (
        day
        for rules in calendar.holidays
        for year in years
        for day in holidays_in(rules.country, rules.subdivision, year)
    )
    return tuple(sorted({*public, *calendar.closed_on} - set(calendar.half_days)))


def _special_days_of(
    calendar: CalendarSpec, since: datetime, until: datetime
) -> Mapping[int, tuple[DayHours, ...]]:
    """Return the hours of the days that go before the week, by number of the day since 1970."""
    closed = dict.fromkeys(list_days_off(calendar, since, until), ())
    own = {
        day: tuple(join_intervals(parse_hours(text) for text in hours))
        for day, hours in calendar.half_days.items()
    }
    return {day.toordinal() - _UNIX_EPOCH_ORDINAL: hours for day, hours in {**closed, **own}.items()}


def definition_of(calendar: CalendarSpec) -> str:
    """Return the definition that a plan keeps of its calendar, to compile it further later."""
    return calendar.model_dump_json(exclude_defaults=True)


def compile_further(definition: str, since: datetime, until: datetime) -> OpenHours:
    """Compile more open hours of a plan's calendar, by the time-zone data of today; none if it is closed."""
    calendar = CalendarSpec.model_validate_json(definition)
    return _make_open_hours(calendar, compile_spans(calendar, since, until), until)


def compile_desk_time(calendar: CalendarSpec, now: datetime) -> DeskTime:
    """Return the local time of *calendar*, from a season before *now* to the end of the year after the next."""
    begin = int((horizon_of(now)[0] - AFTER).timestamp())
    end = int(datetime(now.year + _YEARS_SHOWN, 1, 1, tzinfo=UTC).timestamp())
    found = split_by_offset(ZoneInfo(calendar.time_zone), begin, end)
    table = tuple((since, offset) for since, _, offset in found)
    return DeskTime(zone=calendar.time_zone, offsets=table, known_until=end)


def _spans_within(
    week: tuple[tuple[DayHours, ...], ...],
    special: Mapping[int, tuple[DayHours, ...]],
    begin: int,
    end: int,
    offset: int,
) -> Iterator[tuple[int, int]]:
    """Yield the open intervals of a time during which the zone's offset from UTC stays the same."""
    # One day more at the beginning: a night of the day before may last into this piece.
    first, last = (begin + offset) // _DAY - 1, (end + offset) // _DAY
    for day in range(first, last + 1):
        for opens, closes in special.get(day, week[(day + _THURSDAY) % 7]):
            # Cut at the edges of the piece: beyond them another offset is valid.
            start = max(day * _DAY + opens - offset, begin)
            stop = min(day * _DAY + closes - offset, end)
            if start < stop:
                yield start, stop
