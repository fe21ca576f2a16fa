"""
Rosters: the people on call over a time, from a rota, with the reason in words (MATRIX-1).

Owns the order in which overrides, calendar and rotations count. ``shifts.py`` owns how long shifts are, ``ical.py``
what a calendar contains.
"""

# Theory of operation
#
# A rota makes *claims*: "from 09:00 to 17:00 it is Priya, by the rotation Europe". Claims may overlap, so each has a
# rank, and the lowest rank wins. Overrides go before entries of the calendar, these before rotations; within overrides
# and rotations the first in the list goes before the next. All entries of the calendar have one rank: of several at a
# time all count.
#
#     override      |        ====         |      Ben
#     rotation      |=====================|      Ana
#     answer        |  Ana   |Ben |  Ana  |
#
# The time is cut at each instant at which a claim begins or ends. Within a piece the claims do not change, so that each
# piece has one answer. Neighbours with the same answer are joined. The answers follow each other without overlapping;
# what lies between them is nobody's.

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import quote_input
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.instants import to_utc
from planning.calendars.open_hours import compile_spans
from planning.calendars.opening_hours import Interval
from planning.on_call.feed_sources import FeedFault, FeedReader
from planning.on_call.rota_spec import RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, Rotation, Shift, parse_every, parse_hand_over, shifts_between

_SECOND = timedelta(seconds=1)
_OF_OVERRIDES, _OF_CALENDAR, _OF_ROTATIONS = range(3)

_Rank = tuple[int, int]
"""Kind of claim, place in its list; lower goes first."""


class Attendee(Protocol):
    """Somebody whom an entry of a calendar can name."""

    @property
    def name(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...


class RotaBook(Protocol):
    """Rotas with their people; a playbook is one."""

    @property
    def rotas(self) -> Mapping[str, RotaSpec]: ...
    @property
    def people(self) -> Mapping[str, Attendee]: ...
    @property
    def folder(self) -> Path | None: ...


class OnCallPeriod(NamedTuple):
    """A time in which the answer and its reason are the same."""

    start: datetime
    end: datetime
    who: tuple[str, ...]
    """Ids of people, the first one first."""
    why: str = ""


class OnCallRoster(NamedTuple):
    """All that a rota says of a time."""

    periods: tuple[OnCallPeriod, ...]
    """In order, not overlapping; somebody in each."""
    strays: tuple[OnCallPeriod, ...] = ()
    """Entries of the calendar that name nobody: for people to look at."""
    note: Part = ""
    """The reason why the calendar could not be read, or is an old one."""


def roster_of(book: RotaBook, rota: str, since: datetime, until: datetime, feeds: FeedReader) -> OnCallRoster:
    """Return all that *rota* says from *since* to *until*; nothing before or after."""
    spec = book.rotas[rota]
    claims = [*_claims_of_overrides(spec), *_claims_of_rotations(spec, since, until)]
    entries: list[OnCallPeriod] = []
    note: Part = ""
    if spec.calendar:
        try:
            entries, note = _read_calendar(book, spec, feeds, since, until)
        except FeedFault as fault:
            note = reason("calendar_unusable", str(fault))
    claims += [_Claim((_OF_CALENDAR, 0), entry) for entry in entries if entry.who]
    strays = tuple(entry for entry in entries if not entry.who)
    return OnCallRoster(tuple(_settle(claims, since, until)), strays, note)


def rotation_periods_of(
    spec: RotaSpec, since: datetime, until: datetime
) -> Iterator[tuple[int, OnCallPeriod]]:
    """Yield, in order, what the rotations alone say: the number of the one that answers, and its period."""
    numbered = (
        claim._replace(period=claim.period._replace(why=str(claim.rank[1])))
        for claim in _claims_of_rotations(spec, since, until)
    )
    for period in _cut(numbered, since, until):
        yield int(period.why), period


class _Claim(NamedTuple):
    rank: _Rank
    period: OnCallPeriod


def _claims_of_overrides(spec: RotaSpec) -> Iterator[_Claim]:
    zone = ZoneInfo(spec.time_zone)
    for number, override in enumerate(spec.overrides):
        start, end = to_utc(override.from_, zone), to_utc(override.to, zone)
        why = f"override until {end.astimezone(zone):%a %d %b %Y %H:%M}"
        yield _Claim((_OF_OVERRIDES, number), OnCallPeriod(start, end, (override.person,), why))


def _claims_of_rotations(spec: RotaSpec, since: datetime, until: datetime) -> Iterator[_Claim]:
    for number, rotation in enumerate(spec.rotations):
        zone = ZoneInfo(rotation.time_zone or spec.time_zone)
        for period in _periods_of(rotation, zone, since, until):
            yield _Claim((_OF_ROTATIONS, number), period)


def _periods_of(
    spec: RotationSpec, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[OnCallPeriod]:
    rotation = Rotation(parse_every(spec.every), parse_hand_over(spec.hand_over), spec.since, zone)
    hours = _answering_hours(spec, zone, since, until)
    # Hours and shifts are both in order, so one pass over both is enough.
    first = 0
    for shift in shifts_between(rotation, since, until):
        who = (spec.people[shift.number % len(spec.people)],)
        why = f"rotation {spec.name}, {_name_shift(shift, rotation.every)}"
        while first < len(hours) and hours[first][1] <= shift.start:
            first += 1
        for opens, closes in islice(hours, first, None):
            if opens >= shift.end:
                break
            yield OnCallPeriod(max(shift.start, opens), min(shift.end, closes), who, why)


def _name_shift(shift: Shift, every: timedelta) -> str:
    if every == WEEK:
        return f"week of {shift.began:%Y-%m-%d}"
    if every == timedelta(days=1):
        return f"day of {shift.began:%Y-%m-%d}"
    return f"turn of {shift.began:%Y-%m-%d %H:%M}"


def _answering_hours(spec: RotationSpec, zone: ZoneInfo, since: datetime, until: datetime) -> list[Interval]:
    """Return the times in which the rotation answers at all."""
    if not spec.restrict_to:
        return [(since, until)]
    calendar = CalendarSpec(time_zone=zone.key, weekly=spec.restrict_to)
    spans = compile_spans(calendar, since, until + _SECOND)
    return [(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)) for start, end in spans]


def _read_calendar(
    book: RotaBook, spec: RotaSpec, feeds: FeedReader, since: datetime, until: datetime
) -> tuple[list[OnCallPeriod], str]:
    """
    Return the entries of the rota's calendar, and a note on how old it is.

    Raises:
        FeedFault: If there is no calendar that can be read.
    """
    # slow to import, and most playbooks have no calendar
    from planning.on_call.calendar_names import EntryMatcher  # noqa: PLC0415
    from planning.on_call.ical import read_entries  # noqa: PLC0415

    feed = spec.calendar
    assert feed
    content = feeds.read(feed, book.folder)
    can_be_named = feed.people or tuple(book.people)
    matcher = EntryMatcher({id_: book.people[id_] for id_ in can_be_named if book.people[id_].addresses})
    periods = [
        OnCallPeriod(
            entry.start, entry.end, matcher.of(entry), f"calendar entry {quote_input(entry.summary)}"
        )
        for entry in read_entries(content.data, since, until, ZoneInfo(spec.time_zone))
    ]
    return periods, content.note and f"the calendar is {content.note}"


def _settle(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[OnCallPeriod]:
    """Yield one answer for each instant: that of the claims with the lowest rank. Join equal neighbours."""
    last: OnCallPeriod | None = None
    for period in _cut(claims, since, until):
        if last and (last.end, last.who, last.why) == (period.start, period.who, period.why):
            last = last._replace(end=period.end)
        else:
            if last:
                yield last
            last = period
    if last:
        yield last


def _cut(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[OnCallPeriod]:
    """Cut the time wherever a claim begins or ends, and yield each piece that has an answer."""
    coming = deque(sorted(_clip_claims(claims, since, until), key=lambda claim: claim.period.start))
    edges = sorted({edge for claim in coming for edge in (claim.period.start, claim.period.end)})
    current: list[_Claim] = []
    for start, end in pairwise(edges):
        current = [claim for claim in current if claim.period.end > start]
        while coming and coming[0].period.start == start:
            current.append(coming.popleft())
        if current:
            yield _answer(current, start, end)


def _clip_claims(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[_Claim]:
    for claim in claims:
        start, end = max(claim.period.start, since), min(claim.period.end, until)
        if start < end:
            yield claim._replace(period=claim.period._replace(start=start, end=end))


def _answer(claims: Iterable[_Claim], start: datetime, end: datetime) -> OnCallPeriod:
    best = min(claim.rank for claim in claims)
    periods = [claim.period for claim in claims if claim.rank == best]
    who = dict.fromkeys(person for period in periods for person in period.who)
    return OnCallPeriod(start, end, tuple(who), " and ".join(dict.fromkeys(period.why for period in periods)))
