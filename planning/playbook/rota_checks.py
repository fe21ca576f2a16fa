"""
Whether the rotas of a playbook fit together, and what is odd about them.

Faults and warnings as in ``checks.py`` and ``playbook_warnings.py``, which ask here. No address is asked: what a feed
holds is known only when it is used.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import quote_input
from escalation.policy.people import HandsOver
from planning.calendars.instants import to_utc
from planning.calendars.opening_hours import parse_days
from planning.on_call.feed_sources import FeedFault, FilesAlone, address_of, read_file
from planning.on_call.rota_spec import FeedSpec, OverrideSpec, RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, parse_every, parse_hand_over
from planning.playbook.faults import Path, UnplacedFault, list_names, unknown_name
from planning.playbook.schema import LevelSpec, Playbook

_AHEAD = timedelta(days=56)
"""How far gaps are looked for: two months of shifts are planned, a year rarely."""
_FIELDS_OF_SOURCE = ("file", "url", "url_from")


def rota_faults(playbook: Playbook, folder: FilePath | None) -> Iterator[UnplacedFault]:
    for id_, rota in playbook.rotas.items():
        path = ("rotas", id_)
        if id_ in playbook.people or id_ in playbook.teams:
            kind = "person" if id_ in playbook.people else "team"
            yield UnplacedFault(
                path, f"{quote_input(id_)}, which is a {kind}'s id too", "an id that nobody else has"
            )
        if not rota.rotations and not rota.calendar:
            yield UnplacedFault(path, "nobody who is ever on call", "rotations, a calendar, or both")
        for number, rotation in enumerate(rota.rotations):
            yield from _rotation(playbook, (*path, "rotations", number), rotation)
        for number, override in enumerate(rota.overrides):
            yield from _override(playbook, (*path, "overrides", number), override, rota)
        if rota.calendar:
            yield from _calendar(playbook, (*path, "calendar"), rota.calendar, rota, folder)


def _rotation(playbook: Playbook, path: Path, rules: RotationSpec) -> Iterator[UnplacedFault]:
    for number, person in enumerate(rules.people):
        yield from _on_call(playbook, (*path, "people", number), person)
    if parse_hand_over(rules.hand_over).day is not None and parse_every(rules.every) % WEEK:
        allowed = "a time of day alone; a day too only where turns are of whole weeks"
        yield UnplacedFault(
            (*path, "hand_over"), f"{quote_input(rules.hand_over)} for turns of {rules.every}", allowed
        )
    if rules.restrict_to and not any(rules.restrict_to.values()):
        yield UnplacedFault((*path, "restrict_to"), "no hours at all", "some hours on some day, or nothing")
    days = [day for written in rules.restrict_to for day in parse_days(written)]
    if len(days) > len(set(days)):
        yield UnplacedFault(
            (*path, "restrict_to"), "a day more than once", "each day once, with all of its hours"
        )


def _override(playbook: Playbook, path: Path, rules: OverrideSpec, rota: RotaSpec) -> Iterator[UnplacedFault]:
    yield from _on_call(playbook, (*path, "person"), rules.person)
    zone = ZoneInfo(rota.time_zone)
    instants = []
    for field, written in (("from", rules.from_), ("to", rules.to)):
        try:
            instants.append(to_utc(written, zone))
        except ValueError as error:
            yield UnplacedFault((*path, field), quote_input(written.isoformat()), str(error))
    if len(instants) == 2 and instants[1] <= instants[0]:
        given = f"{quote_input(rules.to.isoformat())}, which is not after {rules.from_.isoformat()}"
        yield UnplacedFault((*path, "to"), given, "a time after from")


def _on_call(playbook: Playbook, path: Path, id_: str) -> Iterator[UnplacedFault]:
    """Whoever is on call is a person, and can be told."""
    if id_ not in playbook.people:
        yield unknown_name(path, id_, playbook.people, "a person: ", playbook.called)
    elif not playbook.people[id_].addresses:
        allowed = f"somebody with one; give {id_} addresses"
        yield UnplacedFault(path, f"{quote_input(id_)}, who has no address", allowed)


def _calendar(
    playbook: Playbook, path: Path, rules: FeedSpec, rota: RotaSpec, folder: FilePath | None
) -> Iterator[UnplacedFault]:
    for number, person in enumerate(rules.people):
        yield from _on_call(playbook, (*path, "people", number), person)
    given = [field for field in _FIELDS_OF_SOURCE if getattr(rules, field) is not None]
    if len(given) != 1:
        yield UnplacedFault(
            path, list_names(given) if given else "no calendar", f"one of {list_names(_FIELDS_OF_SOURCE)}"
        )
    elif rules.file is not None:
        yield from _file(path, rules.file, rota, folder)
    elif rules.url is not None:
        try:
            address_of(rules)
        except FeedFault:
            yield UnplacedFault(
                path, "an address of another kind (not shown)", "an https address, or a file's name"
            )


def _file(path: Path, name: str, rota: RotaSpec, folder: FilePath | None) -> Iterator[UnplacedFault]:
    from planning.on_call.ical import read_entries  # noqa: PLC0415 - dear to import, and most playbooks have no calendar

    now = datetime.now(UTC)
    try:
        read_entries(read_file(name, folder), now, now + _AHEAD, ZoneInfo(rota.time_zone))
    except FeedFault as fault:
        allowed = "an iCalendar file in the playbook's folder that can be read"
        given = "an address" if "://" in name else quote_input(name)
        yield UnplacedFault(path, f"{given}: {fault}", allowed)


def rota_warnings(playbook: Playbook, now: datetime) -> Iterator[UnplacedFault]:
    """Of a playbook without faults: times in which nobody is on call, entries that name nobody."""
    for id_, rota in playbook.rotas.items():
        path = ("rotas", id_)
        yield from _unused(playbook, id_)
        yield from _overlaps(path, rota)
        yield from _hands_over_nothing(playbook, id_)
        if rota.rotations:
            from planning.playbook.rotation_warnings import rotation_warnings  # noqa: PLC0415 - brings in the rules

            yield from rotation_warnings(path, rota, now)
        feed = rota.calendar
        if feed and feed.url is not None and "private" in feed.url:
            given = "an address that looks like a secret, in a file that many can read"
            yield UnplacedFault((*path, "calendar"), given, "its environment variable: {url_from: …}")
        if not feed or feed.file is not None:
            yield from _gaps(playbook, id_, now)


def _unused(playbook: Playbook, rota: str) -> Iterator[UnplacedFault]:
    """MATRIX-1: a rota says who is told wherever it stands; this one stands nowhere."""
    if rota not in _named_anywhere(playbook):
        given = "a rota that nothing uses"
        yield UnplacedFault(
            ("rotas", rota), given, "its id as a contact of a level, or wherever a person stands"
        )


def _named_anywhere(playbook: Playbook) -> set[str]:
    levels = _levels(playbook)
    found = {name for rules in levels for name in (*rules.contacts, *rules.managers, rules.fallback) if name}
    found |= {name for _, names in playbook.duties for name in names}
    found |= {name for rules in playbook.priorities.values() for name in rules.stakeholders}
    return found | set(playbook.skills.values())


def _hands_over_nothing(playbook: Playbook, rota: str) -> Iterator[UnplacedFault]:
    """Only what it holds can be handed over."""
    rules = playbook.rotas[rota]
    if rules.hands_over is HandsOver.OPEN and rota not in _holders(playbook):
        given = "hands_over of a rota that never holds an escalation"
        yield UnplacedFault(
            ("rotas", rota, "hands_over"), given, "its id as a contact or fallback of a level"
        )


def _holders(playbook: Playbook) -> set[str]:
    """Whoever an escalation can be given to."""
    levels = _levels(playbook)
    given = {name for rules in levels for name in (*rules.contacts, rules.fallback) if name}
    return given | set(playbook.skills.values())


def _levels(playbook: Playbook) -> tuple[LevelSpec, ...]:
    """Whatever is said of levels, anywhere."""
    kinds = playbook.issue_types.values()
    scopes = (playbook, *kinds, *(category for kind in kinds for category in kind.categories.values()))
    return tuple(rules for scope in scopes for rules in (scope.each_level, *scope.levels.values()))


def _overlaps(path: Path, rota: RotaSpec) -> Iterator[UnplacedFault]:
    zone = ZoneInfo(rota.time_zone)
    spans = sorted(
        (to_utc(rules.from_, zone), to_utc(rules.to, zone), number)
        for number, rules in enumerate(rota.overrides)
    )
    for (_, first_end, first), (start, _, second) in pairwise(spans):
        if start < first_end:
            given = f"overrides {min(first, second) + 1} and {max(first, second) + 1} hold at one time"
            better = "times that do not overlap: the first in the list wins"
            yield UnplacedFault((*path, "overrides", max(first, second)), given, better)


def _gaps(playbook: Playbook, rota: str, now: datetime) -> Iterator[UnplacedFault]:
    from planning.calendars.opening_hours import gaps_between  # noqa: PLC0415 - brings in the rules, which no check needs
    from planning.on_call.roster import roster_of  # noqa: PLC0415

    found = roster_of(playbook, rota, now, now + _AHEAD, FilesAlone())
    for entry in found.strays:
        given = f"the {entry.why} of {entry.start:%Y-%m-%d}, which names nobody of the playbook"
        better = "an entry with somebody's name, id or e-mail address"
        yield UnplacedFault(("rotas", rota, "calendar"), given, better)
    gaps = gaps_between(((period.start, period.end) for period in found.periods), now, now + _AHEAD)
    if gaps:
        zone = ZoneInfo(playbook.rotas[rota].time_zone)
        times = list_names(f"{_local(start, zone)} to {_local(end, zone)}" for start, end in gaps[:3])
        more = f" and {number_of(len(gaps) - 3, 'more time')}" if len(gaps) > 3 else ""
        given = f"nobody on call from {times}{more} within {_AHEAD.days} days"
        yield UnplacedFault(
            ("rotas", rota), given, "somebody at all times, if only a last rotation for the rest"
        )


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
