"""
Warnings of the rotas of a playbook: times in which nobody is on call, people and rotations that never answer.

Rotations are judged by what they say alone; overrides and calendars are exceptions.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import lcm
from zoneinfo import ZoneInfo

from escalation.kernel.counted_nouns import number_of
from escalation.policy.people import HandsOver
from planning.calendars.instants import to_utc
from planning.calendars.opening_hours import gaps_between
from planning.on_call.feed_sources import FilesAlone
from planning.on_call.roster import roster_of, rotation_periods_of
from planning.on_call.rota_spec import RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, parse_every
from planning.playbook.faults import Finding, Path, list_names
from planning.playbook.references import Reference, references_in
from planning.playbook.rota_checks import LOOK_AHEAD
from planning.playbook.schema import Playbook
from planning.spec import Refers

_LONGEST = timedelta(days=400)
"""Of a cycle that is followed: one that is longer hardly leaves anybody out."""
_LATEST = timedelta(days=800)
"""A rotation that begins later than this is not waited for."""
_MINUTE = timedelta(minutes=1)
_CONTACTS = (Refers.CONTACT, Refers.ONE_CONTACT)


def rota_warnings(playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Yield the warnings of a playbook without faults, as of *now*."""
    references = tuple(references_in(playbook))
    for id_, rota in playbook.rotas.items():
        path = ("rotas", id_)
        if not any(name == id_ for _, kind, name in references if kind in _CONTACTS):
            given = "a rota that nothing uses"
            yield Finding(path, given, "its id as a contact of a level, or wherever a person stands")
        yield from _check_overlaps(path, rota)
        if rota.hands_over is HandsOver.OPEN and not any(name == id_ for name in _owners_in(references)):
            given = "hands_over of a rota that never holds an escalation"
            yield Finding((*path, "hands_over"), given, "its id as a contact or fallback of a level")
        if rota.rotations:
            yield from _check_rotations(path, rota, now)
        feed = rota.calendar
        if feed and feed.url is not None and "private" in feed.url:
            given = "an address that looks like a secret, in a file that many can read"
            yield Finding((*path, "calendar"), given, "its environment variable: {url_from: …}")
        if not feed or feed.file is not None:
            yield from _check_gaps(playbook, id_, now)


def _owners_in(references: Iterable[Reference]) -> Iterator[str]:
    """Yield the names of those to whom an escalation can be given."""
    for path, _, name in references:
        if path[0] == "skills" or path[-1] == "fallback" or path[-2:-1] == ("contacts",):
            yield name


def _check_overlaps(path: Path, rota: RotaSpec) -> Iterator[Finding]:
    zone = ZoneInfo(rota.time_zone)
    spans = sorted(
        (to_utc(rules.from_, zone), to_utc(rules.to, zone), number)
        for number, rules in enumerate(rota.overrides)
    )
    for (_, first_end, first), (start, _, second) in pairwise(spans):
        if start < first_end:
            given = f"overrides {min(first, second) + 1} and {max(first, second) + 1} hold at one time"
            better = "times that do not overlap: the first in the list wins"
            yield Finding((*path, "overrides", max(first, second)), given, better)


def _check_gaps(playbook: Playbook, rota: str, now: datetime) -> Iterator[Finding]:
    found = roster_of(playbook, rota, now, now + LOOK_AHEAD, FilesAlone())
    for entry in found.strays:
        given = f"the {entry.why} of {entry.start:%Y-%m-%d}, which names nobody of the playbook"
        better = "an entry with somebody's name, id or e-mail address"
        yield Finding(("rotas", rota, "calendar"), given, better)
    gaps = gaps_between(((period.start, period.end) for period in found.periods), now, now + LOOK_AHEAD)
    if gaps:
        zone = ZoneInfo(playbook.rotas[rota].time_zone)
        times = list_names(
            f"{_format_local(start, zone)} to {_format_local(end, zone)}" for start, end in gaps[:3]
        )
        more = f" and {number_of(len(gaps) - 3, 'more time')}" if len(gaps) > 3 else ""
        given = f"nobody on call from {times}{more} within {LOOK_AHEAD.days} days"
        yield Finding(("rotas", rota), given, "somebody at all times, if only a last rotation for the rest")


def _format_local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"


def _check_rotations(path: Path, rules: RotaSpec, now: datetime) -> Iterator[Finding]:
    """Warn of people whose shifts never count, and of rotations that another one always goes before."""
    since = _all_running_since(rules, now)
    until = since + max((_cycle_of(rotation) for rotation in rules.rotations), default=WEEK) + WEEK
    answering: dict[int, set[str]] = {}
    for number, duty in rotation_periods_of(rules, min(since, now), until):
        answering.setdefault(number, set()).update(duty.who)
    for number, rotation in enumerate(rules.rotations):
        here = (*path, "rotations", number)
        if number not in answering:
            given = f"{rotation.name} never answers: other rotations always go before it"
            yield Finding(here, given, "another order, or times of its own")
        elif _cycle_of(rotation) < _LONGEST:
            yield from _check_never_on_call(here, rotation, answering[number], is_alone=number == 0)


def _check_never_on_call(
    path: Path, rules: RotationSpec, answering: set[str], *, is_alone: bool
) -> Iterator[Finding]:
    never = [person for person in dict.fromkeys(rules.people) if person not in answering]
    if never:
        hours = "in hours in which it does not answer"
        where = hours if is_alone else f"{hours}, or in which another rotation goes before it"
        given = f"{list_names(never)} never on call: all of their turns are {where}"
        better = "turns of another length, or another number of people, so that turns move through the week"
        yield Finding((*path, "people"), given, better)


def _all_running_since(rules: RotaSpec, now: datetime) -> datetime:
    """The first instant at which all that begins soon has begun."""
    begins = now
    for rotation in rules.rotations:
        zone = ZoneInfo(rotation.time_zone or rules.time_zone)
        first = datetime(rotation.since.year, rotation.since.month, rotation.since.day, tzinfo=zone)
        if first <= now + _LATEST:
            begins = max(begins, first.astimezone(UTC))
    return begins


def _cycle_of(rules: RotationSpec) -> timedelta:
    """After it the same people have the same hours of the week again; at most so long as is followed."""
    # The rotation repeats after all people had a shift, the week after seven days: both together after their least
    # common multiple. Within one such cycle everybody who is ever on call has been.
    cycle, week = len(rules.people) * parse_every(rules.every) // _MINUTE, WEEK // _MINUTE
    return min(_MINUTE * lcm(cycle, week), _LONGEST)
