"""
Who is on call: from a schedule of a playbook and an instant to people, with the reason in words (MATRIX-1).

Overrides go first, then the calendar's entries (of several at a time all of them), then the first rotation that has
somebody. So at each instant there is one answer, and the answers of a time follow each other without overlapping;
what lies between them is nobody's. Owns that order. How long turns are is in ``turns.py``, what a calendar holds in
``ical.py``.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from escalation.effects import FindOnCall, OnCall
from escalation.errors import shown
from escalation.sentences import Sentence
from planning.calendars import open_spans
from planning.compile import contact_of
from planning.coverage import Schedule, Shift
from planning.feed_sources import FeedFault, FilesAlone, Reader
from planning.instants import in_utc
from planning.rota import RotationRules, ScheduleRules
from planning.schema import CalendarRules, Playbook
from planning.turns import WEEK, Cadence, Turn, parse_every, parse_hand_over, turns

FORESEEN = timedelta(days=60)
"""How far ahead the end of an answer is looked for."""
_SECOND = timedelta(seconds=1)
_OF_OVERRIDES, _OF_CALENDAR, _OF_ROTATIONS = range(3)

_Rank = tuple[int, int]
"""Lower goes first."""


class Duty(NamedTuple):
    """A time in which the answer and its reason are the same."""

    start: datetime
    end: datetime
    who: tuple[str, ...]
    """Ids of people, the first one first."""
    why: str


class Roster(NamedTuple):
    """All that a schedule says of a time."""

    duties: tuple[Duty, ...]
    """In order, not overlapping; somebody in each."""
    strays: tuple[Duty, ...] = ()
    """Entries of the calendar that name nobody: for people to look at."""
    note: str = ""
    """Why the calendar could not be read, or is an old one."""


def find_on_call(playbook: Playbook, schedule: str, at: datetime, feeds: Reader) -> OnCall:
    """Who is on call; a schedule that the playbook does not have has nobody."""
    if schedule not in playbook.schedules:
        why = Sentence.NO_SCHEDULE.of(shown(schedule))
        return OnCall(schedule=schedule, people=(), why=why)
    found = roster(playbook, schedule, at, at + FORESEEN, feeds)
    now = next((duty for duty in found.duties if duty.start <= at < duty.end), None)
    return OnCall(
        schedule=schedule,
        people=tuple(contact_of(playbook, id_) for id_ in now.who) if now else (),
        until=_until(found.duties, at),
        why=reduce(Sentence.AND_ALSO.of, _reasons(now, found, at)),
    )


def answering(playbook: Playbook) -> Callable[[FindOnCall], OnCall]:
    """For a forecast: what each question would be answered, by what is written; no address is asked."""
    return lambda asked: find_on_call(playbook, asked.schedule, asked.at, FilesAlone())


def schedules(playbook: Playbook, feeds: Reader) -> dict[str, Schedule]:
    """Each on-call schedule as a question: from a time to its shifts."""
    return {id_: partial(_shifts, playbook, id_, feeds) for id_ in playbook.schedules}


def roster(playbook: Playbook, schedule: str, since: datetime, until: datetime, feeds: Reader) -> Roster:
    """What *schedule* says from *since* to *until*; nothing before or after."""
    rules = playbook.schedules[schedule]
    claims = [*_overrides(rules), *_rotations(rules, since, until)]
    entries: list[Duty] = []
    note = ""
    if rules.calendar:
        try:
            entries, note = _entries(playbook, schedule, feeds, since, until)
        except FeedFault as fault:
            note = Sentence.CALENDAR_UNUSABLE.of(fault)
    claims += [_Claim((_OF_CALENDAR, 0), entry) for entry in entries if entry.who]
    strays = tuple(entry for entry in entries if not entry.who)
    return Roster(tuple(_settled(claims, since, until)), strays, note)


def rotation_duties(rules: ScheduleRules, since: datetime, until: datetime) -> Iterator[tuple[int, Duty]]:
    """What the rotations alone say, in order: the number of the one that answers, and its duty."""
    numbered = (
        claim._replace(duty=claim.duty._replace(why=str(claim.rank[1])))
        for claim in _rotations(rules, since, until)
    )
    for duty in _pieces(numbered, since, until):
        yield int(duty.why), duty


def _shifts(
    playbook: Playbook, schedule: str, feeds: Reader, since: datetime, until: datetime
) -> tuple[Shift, ...]:
    duties = roster(playbook, schedule, since, until, feeds).duties
    return tuple(Shift(duty.start, duty.end, duty.who) for duty in duties)


def _until(duties: tuple[Duty, ...], at: datetime) -> datetime | None:
    """When other people answer than at *at*, or nobody does."""
    coming = [duty for duty in duties if duty.end > at]
    if not coming or coming[0].start > at:
        return coming[0].start if coming else None
    for duty, following in pairwise(coming):
        if following.start > duty.end or following.who != duty.who:
            return duty.end
    return coming[-1].end if coming[-1].end < at + FORESEEN else None


def _reasons(now: Duty | None, found: Roster, at: datetime) -> Iterator[str]:
    yield now.why if now else Sentence.NO_SHIFT.of()
    for stray in found.strays:
        if stray.start <= at < stray.end:
            yield Sentence.STRAY_ENTRY.of(stray.why)
    if found.note:
        yield found.note


class _Claim(NamedTuple):
    rank: _Rank
    duty: Duty


def _overrides(rules: ScheduleRules) -> Iterator[_Claim]:
    zone = ZoneInfo(rules.time_zone)
    for number, override in enumerate(rules.overrides):
        start, end = in_utc(override.from_, zone), in_utc(override.to, zone)
        why = f"override until {end.astimezone(zone):%a %d %b %Y %H:%M}"
        yield _Claim((_OF_OVERRIDES, number), Duty(start, end, (override.person,), why))


def _rotations(rules: ScheduleRules, since: datetime, until: datetime) -> Iterator[_Claim]:
    for number, rotation in enumerate(rules.rotations):
        zone = ZoneInfo(rotation.time_zone or rules.time_zone)
        for duty in _rotation(rotation, zone, since, until):
            yield _Claim((_OF_ROTATIONS, number), duty)


def _rotation(rules: RotationRules, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Duty]:
    cadence = Cadence(parse_every(rules.every), parse_hand_over(rules.hand_over), rules.since, zone)
    hours = _hours(rules, zone, since, until)
    first = 0
    for turn in turns(cadence, since, until):
        who = (rules.people[turn.number % len(rules.people)],)
        why = f"rotation {rules.name}, {_turn_in_words(turn, cadence.every)}"
        while first < len(hours) and hours[first][1] <= turn.start:
            first += 1
        for opens, closes in islice(hours, first, None):
            if opens >= turn.end:
                break
            yield Duty(max(turn.start, opens), min(turn.end, closes), who, why)


def _turn_in_words(turn: Turn, every: timedelta) -> str:
    if every == WEEK:
        return f"week of {turn.began:%Y-%m-%d}"
    if every == timedelta(days=1):
        return f"day of {turn.began:%Y-%m-%d}"
    return f"turn of {turn.began:%Y-%m-%d %H:%M}"


def _hours(
    rules: RotationRules, zone: ZoneInfo, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The times in which the rotation answers at all."""
    if not rules.restrict_to:
        return [(since, until)]
    calendar = CalendarRules(time_zone=zone.key, weekly=rules.restrict_to)
    spans = open_spans(calendar, since, until + _SECOND)
    return [(_at(start), _at(end)) for start, end in spans]


def _entries(
    playbook: Playbook, schedule: str, feeds: Reader, since: datetime, until: datetime
) -> tuple[list[Duty], str]:
    """
    Raises:
        FeedFault: If there is no calendar to be read.
    """
    from planning.ical import entries  # noqa: PLC0415 - dear to import, and most playbooks have no calendar
    from planning.naming import Named  # noqa: PLC0415

    rules = playbook.schedules[schedule]
    feed = rules.calendar
    assert feed
    content = feeds.read(feed, playbook.folder)
    can_be_named = feed.people or tuple(playbook.people)
    named = Named({id_: playbook.people[id_] for id_ in can_be_named if playbook.people[id_].addresses})
    found = entries(content.data, since, until, ZoneInfo(rules.time_zone))
    duties = [
        Duty(entry.start, entry.end, named.of(entry), f"calendar entry {shown(entry.summary)}")
        for entry in found
    ]
    return duties, content.note and f"the calendar is {content.note}"


def _settled(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[Duty]:
    """One answer at each instant: that of the claims with the lowest rank. Equal neighbours are made one."""
    last: Duty | None = None
    for duty in _pieces(claims, since, until):
        if last and (last.end, last.who, last.why) == (duty.start, duty.who, duty.why):
            last = last._replace(end=duty.end)
        else:
            if last:
                yield last
            last = duty
    if last:
        yield last


def _pieces(claims: Iterable[_Claim], since: datetime, until: datetime) -> Iterator[Duty]:
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


def _answer(holding: Iterable[_Claim], start: datetime, end: datetime) -> Duty:
    best = min(claim.rank for claim in holding)
    duties = [claim.duty for claim in holding if claim.rank == best]
    who = dict.fromkeys(person for duty in duties for person in duty.who)
    return Duty(start, end, tuple(who), " and ".join(dict.fromkeys(duty.why for duty in duties)))


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
