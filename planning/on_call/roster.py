"""
Who is on call: from a schedule of a playbook and an instant to people, with the reason in words (MATRIX-1).

Overrides go first, then the calendar's entries (of several at a time all of them), then the first rotation that has
somebody. So at each instant there is one answer, and the answers of a time follow each other without overlapping;
what lies between them is nobody's. Owns that order. How long turns are is in ``shifts.py``, what a calendar holds in
``ical.py``.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from escalation.effects import FindOnCall, OnCallFound
from escalation.errors import quote_input
from escalation.sentences import Sentence
from planning.calendars.instants import to_utc
from planning.calendars.open_hours import compile_spans
from planning.forecast.coverage import CoveredTime, RotaLookup
from planning.on_call.feed_sources import FeedFault, FeedReader, FilesAlone
from planning.on_call.rota_spec import RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, Rotation, Shift, parse_every, parse_hand_over, shifts_between
from planning.plan.compiler import contact_of
from planning.playbook.schema import CalendarSpec, Playbook

FORESEEN = timedelta(days=60)
"""How far ahead the end of an answer is looked for."""
_SECOND = timedelta(seconds=1)
_OF_OVERRIDES, _OF_CALENDAR, _OF_ROTATIONS = range(3)

_Rank = tuple[int, int]
"""Lower goes first."""


class OnCallPeriod(NamedTuple):
    """A time in which the answer and its reason are the same."""

    start: datetime
    end: datetime
    who: tuple[str, ...]
    """Ids of people, the first one first."""
    why: str


class OnCallRoster(NamedTuple):
    """All that a schedule says of a time."""

    duties: tuple[OnCallPeriod, ...]
    """In order, not overlapping; somebody in each."""
    strays: tuple[OnCallPeriod, ...] = ()
    """Entries of the calendar that name nobody: for people to look at."""
    note: str = ""
    """Why the calendar could not be read, or is an old one."""


def find_on_call(playbook: Playbook, schedule: str, at: datetime, feeds: FeedReader) -> OnCallFound:
    """Who is on call; a schedule that the playbook does not have has nobody."""
    if schedule not in playbook.schedules:
        why = Sentence.NO_SCHEDULE.of(quote_input(schedule))
        return OnCallFound(schedule=schedule, people=(), why=why)
    found = roster_of(playbook, schedule, at, at + FORESEEN, feeds)
    now = next((duty for duty in found.duties if duty.start <= at < duty.end), None)
    return OnCallFound(
        schedule=schedule,
        people=tuple(contact_of(playbook, id_) for id_ in now.who) if now else (),
        until=_until(found.duties, at),
        why=reduce(Sentence.AND_ALSO.of, _reasons(now, found, at)),
    )


def answer_from_playbook(playbook: Playbook) -> Callable[[FindOnCall], OnCallFound]:
    """For a forecast: what each question would be answered, by what is written; no address is asked."""
    return lambda asked: find_on_call(playbook, asked.schedule, asked.at, FilesAlone())


def covered_times_by_rota(playbook: Playbook, feeds: FeedReader) -> dict[str, RotaLookup]:
    """Each on-call schedule as a question: from a time to its shifts."""
    return {id_: partial(_shifts, playbook, id_, feeds) for id_ in playbook.schedules}


def roster_of(
    playbook: Playbook, schedule: str, since: datetime, until: datetime, feeds: FeedReader
) -> OnCallRoster:
    """What *schedule* says from *since* to *until*; nothing before or after."""
    rules = playbook.schedules[schedule]
    claims = [*_overrides(rules), *_rotations(rules, since, until)]
    entries: list[OnCallPeriod] = []
    note = ""
    if rules.calendar:
        try:
            entries, note = _entries(playbook, schedule, feeds, since, until)
        except FeedFault as fault:
            note = Sentence.CALENDAR_UNUSABLE.of(fault)
    claims += [_Claim((_OF_CALENDAR, 0), entry) for entry in entries if entry.who]
    strays = tuple(entry for entry in entries if not entry.who)
    return OnCallRoster(tuple(_settled(claims, since, until)), strays, note)


def rotation_periods_of(
    rules: RotaSpec, since: datetime, until: datetime
) -> Iterator[tuple[int, OnCallPeriod]]:
    """What the rotations alone say, in order: the number of the one that answers, and its duty."""
    numbered = (
        claim._replace(duty=claim.duty._replace(why=str(claim.rank[1])))
        for claim in _rotations(rules, since, until)
    )
    for duty in _pieces(numbered, since, until):
        yield int(duty.why), duty


def _shifts(
    playbook: Playbook, schedule: str, feeds: FeedReader, since: datetime, until: datetime
) -> tuple[CoveredTime, ...]:
    duties = roster_of(playbook, schedule, since, until, feeds).duties
    return tuple(CoveredTime(duty.start, duty.end, duty.who) for duty in duties)


def _until(duties: tuple[OnCallPeriod, ...], at: datetime) -> datetime | None:
    """When other people answer than at *at*, or nobody does."""
    coming = [duty for duty in duties if duty.end > at]
    if not coming or coming[0].start > at:
        return coming[0].start if coming else None
    for duty, following in pairwise(coming):
        if following.start > duty.end or following.who != duty.who:
            return duty.end
    return coming[-1].end if coming[-1].end < at + FORESEEN else None


def _reasons(now: OnCallPeriod | None, found: OnCallRoster, at: datetime) -> Iterator[str]:
    yield now.why if now else Sentence.NO_SHIFT.of()
    for stray in found.strays:
        if stray.start <= at < stray.end:
            yield Sentence.STRAY_ENTRY.of(stray.why)
    if found.note:
        yield found.note


class _Claim(NamedTuple):
    rank: _Rank
    duty: OnCallPeriod


def _overrides(rules: RotaSpec) -> Iterator[_Claim]:
    zone = ZoneInfo(rules.time_zone)
    for number, override in enumerate(rules.overrides):
        start, end = to_utc(override.from_, zone), to_utc(override.to, zone)
        why = f"override until {end.astimezone(zone):%a %d %b %Y %H:%M}"
        yield _Claim((_OF_OVERRIDES, number), OnCallPeriod(start, end, (override.person,), why))


def _rotations(rules: RotaSpec, since: datetime, until: datetime) -> Iterator[_Claim]:
    for number, rotation in enumerate(rules.rotations):
        zone = ZoneInfo(rotation.time_zone or rules.time_zone)
        for duty in _rotation(rotation, zone, since, until):
            yield _Claim((_OF_ROTATIONS, number), duty)


def _rotation(
    rules: RotationSpec, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[OnCallPeriod]:
    cadence = Rotation(parse_every(rules.every), parse_hand_over(rules.hand_over), rules.since, zone)
    hours = _hours(rules, zone, since, until)
    first = 0
    for turn in shifts_between(cadence, since, until):
        who = (rules.people[turn.number % len(rules.people)],)
        why = f"rotation {rules.name}, {_turn_in_words(turn, cadence.every)}"
        while first < len(hours) and hours[first][1] <= turn.start:
            first += 1
        for opens, closes in islice(hours, first, None):
            if opens >= turn.end:
                break
            yield OnCallPeriod(max(turn.start, opens), min(turn.end, closes), who, why)


def _turn_in_words(turn: Shift, every: timedelta) -> str:
    if every == WEEK:
        return f"week of {turn.began:%Y-%m-%d}"
    if every == timedelta(days=1):
        return f"day of {turn.began:%Y-%m-%d}"
    return f"turn of {turn.began:%Y-%m-%d %H:%M}"


def _hours(
    rules: RotationSpec, zone: ZoneInfo, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The times in which the rotation answers at all."""
    if not rules.restrict_to:
        return [(since, until)]
    calendar = CalendarSpec(time_zone=zone.key, weekly=rules.restrict_to)
    spans = compile_spans(calendar, since, until + _SECOND)
    return [(_at(start), _at(end)) for start, end in spans]


def _entries(
    playbook: Playbook, schedule: str, feeds: FeedReader, since: datetime, until: datetime
) -> tuple[list[OnCallPeriod], str]:
    """
    Raises:
        FeedFault: If there is no calendar to be read.
    """
    from planning.on_call.calendar_names import EntryMatcher  # noqa: PLC0415
    from planning.on_call.ical import read_entries  # noqa: PLC0415 - dear to import, and most playbooks have no calendar

    rules = playbook.schedules[schedule]
    feed = rules.calendar
    assert feed
    content = feeds.read(feed, playbook.folder)
    can_be_named = feed.people or tuple(playbook.people)
    named = EntryMatcher(
        {id_: playbook.people[id_] for id_ in can_be_named if playbook.people[id_].addresses}
    )
    found = read_entries(content.data, since, until, ZoneInfo(rules.time_zone))
    duties = [
        OnCallPeriod(entry.start, entry.end, named.of(entry), f"calendar entry {quote_input(entry.summary)}")
        for entry in found
    ]
    return duties, content.note and f"the calendar is {content.note}"


def _settled(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[OnCallPeriod]:
    """One answer at each instant: that of the claims with the lowest rank. Equal neighbours are made one."""
    last: OnCallPeriod | None = None
    for duty in _pieces(claims, since, until):
        if last and (last.end, last.who, last.why) == (duty.start, duty.who, duty.why):
            last = last._replace(end=duty.end)
        else:
            if last:
                yield last
            last = duty
    if last:
        yield last


def _pieces(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[OnCallPeriod]:
    """The time cut wherever a claim begins or ends, with the answer of each piece that has one."""
    coming = deque(sorted(_within(claims, since, until), key=lambda claim: claim.duty.start))
    edges = sorted({edge for claim in coming for edge in (claim.duty.start, claim.duty.end)})
    holding: list[_Claim] = []
    for start, end in pairwise(edges):
        holding = [claim for claim in holding if claim.duty.end > start]
        while coming and coming[0].duty.start == start:
            holding.append(coming.popleft())
        if holding:
            yield _answer(holding, start, end)


def _within(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[_Claim]:
    for claim in claims:
        start, end = max(claim.duty.start, since), min(claim.duty.end, until)
        if start < end:
            yield claim._replace(duty=claim.duty._replace(start=start, end=end))


def _answer(holding: Iterable[_Claim], start: datetime, end: datetime) -> OnCallPeriod:
    best = min(claim.rank for claim in holding)
    duties = [claim.duty for claim in holding if claim.rank == best]
    who = dict.fromkeys(person for duty in duties for person in duty.who)
    return OnCallPeriod(start, end, tuple(who), " and ".join(dict.fromkeys(duty.why for duty in duties)))


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
