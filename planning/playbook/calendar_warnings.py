"""Warnings of the calendars and time zones of a playbook."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from planning.calendars.calendar_spec import CalendarSpec, HolidaySpec
from planning.calendars.open_hours import horizon_of, week_of
from planning.calendars.opening_hours import DAYS, parse_hours
from planning.calendars.public_holidays import estimated_holidays_in, holidays_in, last_year_of
from planning.calendars.time_zone_names import describe_odd_zone
from planning.playbook.faults import Finding, Path, list_names
from planning.playbook.references import fields_in
from planning.playbook.schema import Playbook

_A_YEAR = timedelta(days=365)
_A_DAY_IN_SECONDS = 86_400


def calendar_warnings(playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Yield the warnings of calendars and time zones, as of *now*."""
    yield from _check_time_zones(playbook)
    for name, calendar in playbook.calendars.items():
        path = ("calendars", name)
        for number, rules in enumerate(calendar.holidays):
            yield from _check_holiday_data((*path, "holidays", number), rules, now)
        yield from _check_last_date(path, calendar, now)
        yield from _check_overlaps(path, calendar)
        yield from _check_closed_dates(path, calendar)


def _check_holiday_data(path: Path, rules: HolidaySpec, now: datetime) -> Iterator[Finding]:
    """Warn of holidays that are not known: the calendar is open on them (CLOCK-5)."""
    _, until = horizon_of(now)
    years = range(now.year, (now + _A_YEAR).year + 1)
    unknown = [
        str(year)
        for year in years
        if year > last_year_of(rules.country) or not holidays_in(rules.country, rules.subdivision, year)
    ]
    if unknown:
        given = f"the holidays of {rules.country} in {list_names(unknown)} are not known"
        yield Finding(path, given, "a newer version of the package holidays, or those dates under closed_on")
    guessed = [
        str(day)
        for year in years
        for day in estimated_holidays_in(rules.country, rules.subdivision, year)
        if now.date() <= day < until.date()
    ]
    if guessed:
        given = f"holidays of {rules.country} on estimated dates: {list_names(guessed)}"
        yield Finding(path, given, "the dates as decreed, under closed_on, once they are known")


def _check_last_date(path: Path, calendar: CalendarSpec, now: datetime) -> Iterator[Finding]:
    own = (*calendar.closed_on, *calendar.half_days)
    limit = now if calendar.holidays else horizon_of(now)[1]
    if own and (last := max(own)) < limit.date():
        where = (*path, "closed_on" if calendar.closed_on else "half_days")
        is_long_past = last < (now - _A_YEAR).date()
        given = f"all own dates are past, the last by more than a year: {last}"
        yield Finding(
            where,
            given if is_long_past else f"the last own date is {last}",
            "the dates of the coming year; those of the past can go"
            if is_long_past
            else "the dates of the coming year too",
        )


def _check_closed_dates(path: Path, calendar: CalendarSpec) -> Iterator[Finding]:
    week = week_of(calendar)
    for number, day in enumerate(calendar.closed_on):
        if not week[day.weekday()]:
            given = f"{day} is a {day:%A}, which is closed anyway"
            yield Finding(
                (*path, "closed_on", number), given, "the date on which you are closed, if you meant another"
            )


def _check_overlaps(path: Path, calendar: CalendarSpec) -> Iterator[Finding]:
    """Warn of hours that overlap, which count once."""
    written = {(*path, "weekly", days): hours for days, hours in calendar.weekly.items()}
    written |= {(*path, "half_days", str(day)): hours for day, hours in calendar.half_days.items()}
    for where, hours in written.items():
        windows = sorted(parse_hours(text) for text in hours)
        if any(start < end for (_, end), (start, _) in pairwise(windows)):
            yield Finding(where, f"hours that overlap: {list_names(hours)}", "hours that follow each other")
    yield from _check_nights(path, calendar)


def _check_nights(path: Path, calendar: CalendarSpec) -> Iterator[Finding]:
    """Warn of nights that last into the hours of the next day; once, of the first such day."""
    week = week_of(calendar)
    for day, hours in enumerate(week):
        night = max((end - _A_DAY_IN_SECONDS for _, end in week[day - 1]), default=0)
        if hours and hours[0][0] < night:
            given = (
                f"hours of {DAYS[day - 1]} that end at {_format_time(night)}, "
                f"after those of {DAYS[day]} have begun at {_format_time(hours[0][0])}"
            )
            yield Finding((*path, "weekly"), given, "hours that follow each other; what overlaps counts once")
            return


def _format_time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _check_time_zones(playbook: Playbook) -> Iterator[Finding]:
    """Warn of zones that are valid and probably not meant: signs the other way round, no summer time."""
    for path, _, name in fields_in(playbook):
        if path[-1] == "time_zone" and name:
            odd, better = describe_odd_zone(name)
            if odd:
                yield Finding(path, odd, better)
