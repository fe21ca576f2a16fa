"""
Bounds of an iCalendar text: small enough, and without rules that never happen or happen too often.

Owns what a calendar of shifts may ask for; knows no shift.
"""

# Theory of operation
#
# The library that follows recurrence rules searches for the next time that a rule is true. A rule that is never true
# ("30 February") keeps it busy for ever, and a rule that is true each second gives it billions of times. Both fit into
# one line of a file that somebody else writes. So the lines are read before the library does:
#
# * A rule repeats by days, weeks, months or years, once a day at most; that bounds the steps from its start to the end
#   that is asked for.
# * A rule must come true within 28 years, after which weekdays and leap days repeat (within a century). It is tried at
#   the end of the calendar, in the years before 9999, where a search that finds nothing soon ends.

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from dateutil.rrule import rrulestr
from icalendar.parser import Contentlines

from planning.on_call.feed_sources import FeedFault

_MOST_EVENTS = 3_000
_MOST_STEPS = 100_000
"""Of all rules together, from their first day to the last that is asked for."""
_DEEPEST = 8
_LONGEST_RULE = 500
_DAYS_OF = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[;:]")
_DATE = re.compile(r"[:=](\d{4})(\d{2})(\d{2})(?!\d)")
_UNTIL = re.compile(r"UNTIL=\d{8}")
_ALL_WEEKDAYS_AND_LEAP_DAYS = 28
"""Years after which the calendar is the same again, within a century."""


class _Repeated(NamedTuple):
    rule: str
    start: date | None
    is_event: bool


def require_bounded(text: str, until: datetime) -> None:
    """
    Raises:
        FeedFault: If following *text* to *until* could take for ever, or would not mean anything.
    """
    steps = 0
    for repeated in _find_rules(_split_lines(text)):
        if repeated.start is None:
            raise FeedFault("an event that repeats has no start")
        days = _least_days_between(repeated.rule)
        _require_that_it_happens(repeated.rule, repeated.start)
        if repeated.is_event:
            steps += max(0, (_last_day_of(repeated.rule, until) - repeated.start).days) // days
    if steps > _MOST_STEPS:
        raise FeedFault("its events repeat too often since they began")


def _split_lines(text: str) -> list[str]:
    """As the library that follows the calendar splits it."""
    lines: list[str] = Contentlines.from_ical(text)  # type: ignore[no-untyped-call]
    return lines


def _find_rules(lines: Iterable[str]) -> Iterator[_Repeated]:
    """Each rule with the start of what it repeats."""
    open_: list[tuple[str, list[str], list[date]]] = []
    events = 0
    for line in lines:
        found = _NAME.match(line)
        name = found[1].upper() if found else ""
        if name == "BEGIN":
            open_.append((line.upper(), [], []))
            events += 1
            if len(open_) > _DEEPEST or events > _MOST_EVENTS:
                raise FeedFault(f"more than {_MOST_EVENTS:,} entries, or nested deeper than {_DEEPEST}")
        elif name == "END" and open_:
            kind, rules, starts = open_.pop()
            for rule in rules:
                yield _Repeated(rule, starts[0] if starts else None, kind.endswith("VEVENT"))
        elif name == "EXRULE":
            raise FeedFault("a rule of exceptions (EXRULE), which has been withdrawn from iCalendar")
        elif name == "RRULE" and open_:
            open_[-1][1].append(line.rpartition(":")[2])
        elif name == "DTSTART" and open_:
            open_[-1][2].extend(_dates_in(line))
    if open_:
        raise FeedFault("it breaks off in the middle")


def _dates_in(line: str) -> Iterator[date]:
    for year, month, day in _DATE.findall(line):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            raise FeedFault("a date that does not exist") from None


def _last_day_of(rule: str, until: datetime) -> date:
    """Of those that are asked for and that *rule* has."""
    found = _UNTIL.search(rule.upper())
    days: list[date] = [until.date(), *(_dates_in(found[0]) if found else ())]
    return min(days)


def _least_days_between(rule: str) -> int:
    """
    Return the least number of days between two steps of *rule*.

    Raises:
        FeedFault: If it repeats in another way than by days, weeks, months or years, once a day at most.
    """
    parts = [part.partition("=")[::2] for part in rule.upper().split(";") if part]
    by = dict(parts)
    is_known = len(rule) <= _LONGEST_RULE and len(by) == len(parts) and set(by) <= _PARTS
    interval = by.get("INTERVAL", "1")
    if not is_known or by.get("FREQ") not in _DAYS_OF or not re.fullmatch(r"0{0,3}[1-9]\d{0,2}", interval):
        raise FeedFault("an event repeats in another way than by days, weeks, months or years")
    return _DAYS_OF[by["FREQ"]] * int(interval)


def _require_that_it_happens(rule: str, start: date) -> None:
    """
    Tried at the end of the calendar, where a search that finds nothing is short.

    Raises:
        FeedFault: If 28 years, with all weekdays and leap days there are, go by without it.
    """
    kept = ";".join(part for part in rule.upper().split(";") if part[:6] not in {"UNTIL=", "COUNT="})
    cycles = (date.max.year - 1 - _ALL_WEEKDAYS_AND_LEAP_DAYS - start.year) // _ALL_WEEKDAYS_AND_LEAP_DAYS
    year = start.year + _ALL_WEEKDAYS_AND_LEAP_DAYS * max(0, cycles)
    try:
        late = datetime(year, start.month, start.day)  # noqa: DTZ001 - a day of the calendar, nowhere
        happens = next(iter(rrulestr(kept, dtstart=late)), None) is not None
    except (ValueError, TypeError, OverflowError, IndexError, KeyError):
        happens = False
    if not happens:
        raise FeedFault("an event repeats by a rule that never comes true")
