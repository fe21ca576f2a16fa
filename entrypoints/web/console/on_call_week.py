"""
A week of the rotas, and the hours of it in which somebody is missing: rows and cells for a page to draw.

Must not know markup.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from escalation.kernel.reasons import Part
from planning.calendars.opening_hours import gaps_between
from planning.forecast.coverage import Gap
from planning.on_call.feed_sources import FeedReader
from planning.on_call.roster import OnCallPeriod, roster_of
from planning.playbook.schema import Playbook

HOURS = 3
"""Hours of one cell of the heat map."""


class Duty(NamedTuple):
    """Somebody who is on call for a part of a day; nobody, if there is no name."""

    start: datetime
    end: datetime
    who: Sequence[str]


class RotaWeek(NamedTuple):
    """One rota, day by day."""

    name: str
    days: Sequence[Sequence[Duty]]
    note: Part


class HeatCell(NamedTuple):
    """The levels that have nobody to notify at some time of these hours."""

    missing: int
    levels: Sequence[str]


def week_of(playbook: Playbook, monday: date, zone: tzinfo, feeds: FeedReader) -> Sequence[RotaWeek]:
    """Return the week from *monday* on, of each rota, in days of *zone*."""
    return [_rota_week(playbook, rota, monday, zone, feeds) for rota in playbook.rotas]


def _rota_week(playbook: Playbook, rota: str, monday: date, zone: tzinfo, feeds: FeedReader) -> RotaWeek:
    since, until = _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)
    found = roster_of(playbook, rota, since, until, feeds)
    nobody = (
        OnCallPeriod(start, end, ())
        for start, end in gaps_between(((each.start, each.end) for each in found.periods), since, until)
    )
    periods = sorted((*found.periods, *nobody), key=lambda each: each.start)
    days = [list(_on_day(periods, monday + timedelta(days=number), zone)) for number in range(7)]
    return RotaWeek(playbook.rotas[rota].name, days, found.note)


def _on_day(periods: Iterable[OnCallPeriod], day: date, zone: tzinfo) -> Iterable[Duty]:
    begin, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    for period in periods:
        if period.start < end and period.end > begin:
            yield Duty(max(period.start, begin), min(period.end, end), period.who)


def heat_of(gaps: Sequence[Gap], monday: date, zone: tzinfo) -> Sequence[tuple[str, Sequence[HeatCell]]]:
    """Return for each part of a day its label, and a cell for each day of the week."""
    return [
        (
            f"{hour:02}–{hour + HOURS:02}",
            [_cell(gaps, monday + timedelta(days=day), hour, zone) for day in range(7)],
        )
        for hour in range(0, 24, HOURS)
    ]


def _cell(gaps: Sequence[Gap], day: date, hour: int, zone: tzinfo) -> HeatCell:
    start = datetime.combine(day, time(hour), zone).astimezone(UTC)
    end = start + timedelta(hours=HOURS)
    missing = [gap for gap in gaps if gap.start < end and gap.end > start]
    return HeatCell(len(missing), list(dict.fromkeys(f"{gap.level} {gap.name}" for gap in missing)))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
