"""
Rotations that work otherwise than they look: somebody's turns never count, or another rotation always goes before.

Judged by what the rotations of a rota say by themselves; overrides and calendars are exceptions. Warnings, as in
``playbook_warnings.py``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import lcm
from zoneinfo import ZoneInfo

from planning.on_call.roster import rotation_periods_of
from planning.on_call.rota_spec import RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, parse_every
from planning.playbook.faults import Path, UnplacedFault, list_names

_LONGEST = timedelta(days=400)
"""Of a cycle that is followed: one that is longer hardly leaves anybody out."""
_LATEST = timedelta(days=800)
"""A rotation that begins later than this is not waited for."""
_MINUTE = timedelta(minutes=1)


def rotation_warnings(path: Path, rules: RotaSpec, now: datetime) -> Iterator[UnplacedFault]:
    """What is odd about the rotations of one rota, as of *now*."""
    since = _all_run_from(rules, now)
    until = since + max((_cycle(rotation) for rotation in rules.rotations), default=WEEK) + WEEK
    answering: dict[int, set[str]] = {}
    for number, duty in rotation_periods_of(rules, min(since, now), until):
        answering.setdefault(number, set()).update(duty.who)
    for number, rotation in enumerate(rules.rotations):
        here = (*path, "rotations", number)
        if number not in answering:
            given = f"{rotation.name} never answers: other rotations always go before it"
            yield UnplacedFault(here, given, "another order, or times of its own")
        elif _cycle(rotation) < _LONGEST:
            yield from _never(here, rotation, answering[number], is_alone=number == 0)


def _never(
    path: Path, rules: RotationSpec, answering: set[str], *, is_alone: bool
) -> Iterator[UnplacedFault]:
    never = [person for person in dict.fromkeys(rules.people) if person not in answering]
    if never:
        hours = "in hours in which it does not answer"
        where = hours if is_alone else f"{hours}, or in which another rotation goes before it"
        given = f"{list_names(never)} never on call: all of their turns are {where}"
        better = "turns of another length, or another number of people, so that turns move through the week"
        yield UnplacedFault((*path, "people"), given, better)


def _all_run_from(rules: RotaSpec, now: datetime) -> datetime:
    """The first instant at which all that begins soon has begun."""
    begins = now
    for rotation in rules.rotations:
        zone = ZoneInfo(rotation.time_zone or rules.time_zone)
        first = datetime(rotation.since.year, rotation.since.month, rotation.since.day, tzinfo=zone)
        if first <= now + _LATEST:
            begins = max(begins, first.astimezone(UTC))
    return begins


def _cycle(rules: RotationSpec) -> timedelta:
    """After it the same people have the same hours of the week again; at most so long as is followed."""
    cycle, week = len(rules.people) * parse_every(rules.every) // _MINUTE, WEEK // _MINUTE
    return min(_MINUTE * lcm(cycle, week), _LONGEST)
