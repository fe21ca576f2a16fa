"""
Times of iCalendar events, in the forms in which the library follows them correctly (RFC 5545).

Programs mix the forms: a last day without a time for a shift with one, an exception in UTC for a time without a zone.
The library that follows the rules compares them by the letter, and would lose the last day or keep the exception. So
each time first gets the form of the start of its event. Knows no entry, and no playbook.

Durations: days and weeks are those of the calendar, hours and less are exact. ``DURATION:P1D`` over a change of the
clocks is 23 or 25 hours, ``DURATION:PT24H`` is 24. An event that repeats and has an end (``DTEND``) ends at that time
of day, as the programs that write calendars show it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from icalendar.parser import Contentlines
from icalendar.prop import vDDDLists, vDDDTypes

from planning.calendars.clock_changes import first_instant_of
from planning.on_call.feed_sources import FeedFault

_WRITTEN, _PERIODS = "X-DURATION-AS-WRITTEN", "X-PERIODS-AS-WRITTEN"
"""Names of properties that are added, and survive the library."""
_DURATION = re.compile(r"DURATION[;:]", re.IGNORECASE)
_SPAN = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.IGNORECASE,
)
_LAST_SECOND = time(23, 59, 59)


class _Span(NamedTuple):
    days: int
    """Of the calendar."""
    exact: timedelta


def calendar_of(text: str, zone: ZoneInfo) -> icalendar.Calendar:
    """
    Return the calendar in *text*, with times that fit together; times without a zone are of *zone*.

    Raises:
        FeedFault: If it is no calendar, or tells times of a zone that nobody knows.
    """
    calendar = icalendar.Calendar.from_ical("\r\n".join(_double_durations(text)))
    if not isinstance(calendar, icalendar.Calendar):
        raise FeedFault("no VCALENDAR")
    events: list[Any] = list(calendar.walk("VEVENT"))
    if "X-WR-TIMEZONE" in calendar:
        for event in events:
            _set_zone(event, zone)
    # An exception of a series (RECURRENCE-ID) is compared with the times of its series, so it takes the form of those.
    starts = {str(event.get("UID")): event["DTSTART"].dt for event in events if "RECURRENCE-ID" not in event}
    for event in events:
        _require_known_zones(event)
        _fit_times(event, starts.get(str(event.get("UID")), event["DTSTART"].dt), zone)
    return calendar


def instant_of(when: date, zone: ZoneInfo) -> datetime:
    """Return *when* in UTC; a day begins at midnight, and a time without a zone is of *zone*."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return when.astimezone(UTC) if when.tzinfo else first_instant_of(when, zone)


def end_of(event: Any, zone: ZoneInfo) -> datetime:
    """Return the end of an event that the library has followed."""
    start = event["DTSTART"].dt
    period = event.get(_PERIODS, {}).get(instant_of(start, zone))
    if period:
        return instant_of(period, zone)
    written = event.get(_WRITTEN)
    if written is None:
        return instant_of(event["DTEND"].dt, zone)
    return _add_span(start, _parse_span(str(written)), zone)


def _double_durations(text: str) -> Iterator[str]:
    """Yield the lines, each duration twice: the library forgets whether it was ``PT24H`` or ``P1D``."""
    lines: list[str] = Contentlines.from_ical(text)  # type: ignore[no-untyped-call]
    for line in lines:
        yield line
        if _DURATION.match(line):
            yield f"{_WRITTEN}:{line.rpartition(':')[2]}"


def _set_zone(event: Any, zone: ZoneInfo) -> None:
    """Say that times without a zone are of *zone*: the library would take them for the calendar's own."""
    for name in ("DTSTART", "DTEND"):
        when = event[name].dt if name in event else None
        if isinstance(when, datetime) and when.tzinfo is None and not event[name].params.get("TZID"):
            event[name] = vDDDTypes(when.replace(tzinfo=zone))


def _require_known_zones(event: Any) -> None:
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"):
        for value in _as_list(event.get(name)):
            whens = [each.dt for each in value.dts] if isinstance(value, vDDDLists) else [value.dt]
            times = [when[0] if isinstance(when, tuple) else when for when in whens]
            is_lost = any(isinstance(when, datetime) and when.tzinfo is None for when in times)
            if is_lost and value.params.get("TZID"):
                raise FeedFault("times in a time zone that is neither known nor defined in it")


def _fit_times(event: Any, like: date, zone: ZoneInfo) -> None:
    """Bring the times of *event* into the form of *like*, the start of its series."""
    start = event["DTSTART"].dt
    if recurrence := event.get("RECURRENCE-ID"):
        params = recurrence.params
        event["RECURRENCE-ID"] = vDDDTypes(_convert_to_form(like, recurrence.dt, zone))
        event["RECURRENCE-ID"].params.update({key: params[key] for key in params if key == "RANGE"})
    if "EXDATE" in event:
        dates = (each.dt for exceptions in _as_list(event["EXDATE"]) for each in exceptions.dts)
        # a day without a time means each shift that begins on it
        kept = [when if _is_day(when) else _convert_to_form(like, when, zone) for when in dates]
        event["EXDATE"] = vDDDLists(kept)
    if "RDATE" in event:
        added = (each.dt for dates in _as_list(event["RDATE"]) for each in dates.dts)
        event["RDATE"] = vDDDLists([_fit_date(like, when, zone) for when in added])
        event[_PERIODS] = dict(_periods_of(event, zone))
    if "DTEND" in event:
        event.pop(_WRITTEN, None)
    for rule in _as_list(event.get("RRULE")):
        if "UNTIL" in rule:
            rule["UNTIL"] = [_fit_until(start, until, zone) for until in _as_list(rule["UNTIL"])]
    # The library exchanges start and end of such an event; without length it is left out later.
    if _is_backwards(event, zone):
        event.pop("DURATION", None)
        event.pop(_WRITTEN, None)
        event["DTEND"] = vDDDTypes(start)


def _is_backwards(event: Any, zone: ZoneInfo) -> bool:
    """Tell whether *event* ends before it begins; the library would exchange the two."""
    if _WRITTEN in event and not _SPAN.fullmatch(str(event[_WRITTEN]).strip()):
        return True
    end = event.get("DTEND")
    return end is not None and instant_of(end.dt, zone) < instant_of(event["DTSTART"].dt, zone)


def _periods_of(event: Any, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for dates in _as_list(event["RDATE"]):
        for each in dates.dts:
            if isinstance(each.dt, tuple):
                start, end = each.dt
                if isinstance(end, timedelta):
                    end = _add_span(start, _Span(end.days, timedelta(seconds=end.seconds)), zone)
                yield instant_of(start, zone), instant_of(end, zone)


def _fit_date(like: date, when: Any, zone: ZoneInfo) -> Any:
    """Return a further date; a period keeps its own length."""
    if not isinstance(when, tuple):
        return _convert_to_form(like, when, zone)
    start, end = when
    if _is_day(like):
        return when
    return _convert_to_form(like, start, zone), end if isinstance(end, timedelta) else _convert_to_form(
        like, end, zone
    )


def _convert_to_form(like: date, when: date, zone: ZoneInfo) -> date:
    if _is_day(like):
        return _day_of(when, zone)
    assert isinstance(like, datetime)
    if _is_day(when):
        return datetime.combine(when, like.time(), like.tzinfo)
    assert isinstance(when, datetime)
    if like.tzinfo is None:
        return _to_local(when, zone)
    return when if when.tzinfo else when.replace(tzinfo=like.tzinfo)


def _day_of(when: date, zone: ZoneInfo) -> date:
    """Return the day of *when*: midnight stands for the day as written, another time for the local day."""
    if not isinstance(when, datetime):
        return when
    return when.date() if when.time() == time() else _to_local(when, zone).date()


def _fit_until(start: date, until: date, zone: ZoneInfo) -> date:
    """Return the last instant of a rule: a last day counts to its end, and a time with a zone is in UTC."""
    if _is_day(start):
        return _convert_to_form(start, until, zone)
    assert isinstance(start, datetime)
    if _is_day(until):
        until = datetime.combine(until, _LAST_SECOND, start.tzinfo)
    last = _convert_to_form(start, until, zone)
    assert isinstance(last, datetime)
    return last.astimezone(UTC) if last.tzinfo else last


def _to_local(when: date, zone: ZoneInfo) -> datetime:
    assert isinstance(when, datetime)
    return when.astimezone(zone).replace(tzinfo=None) if when.tzinfo else when


def _add_span(start: date, span: _Span, zone: ZoneInfo) -> datetime:
    return instant_of(start + timedelta(days=span.days), zone) + span.exact


def _parse_span(written: str) -> _Span:
    found = _SPAN.fullmatch(written.strip())
    assert found
    parts = {name: int(number or 0) for name, number in found.groupdict().items()}
    exact = timedelta(hours=parts["hours"], minutes=parts["minutes"], seconds=parts["seconds"])
    return _Span(parts["weeks"] * 7 + parts["days"], exact)


def _is_day(when: date) -> bool:
    return not isinstance(when, datetime)


def _as_list(values: Any) -> Iterable[Any]:
    if values is None:
        return ()
    return values if isinstance(values, list) else (values,)
