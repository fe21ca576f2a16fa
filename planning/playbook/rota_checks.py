"""
Checks of the rotas of a playbook.

No address is asked: what a feed contains is known only when it is used. ``references.py`` checks the people.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from escalation.kernel.reasons import InvalidValue
from escalation.kernel.refusals import quote_input
from planning.calendars.instants import to_utc
from planning.calendars.opening_hours import parse_days
from planning.on_call.feed_sources import FeedFault, address_of, read_file
from planning.on_call.rota_spec import FeedSpec, OverrideSpec, RotaSpec, RotationSpec
from planning.on_call.shifts import WEEK, parse_every, parse_hand_over
from planning.playbook.faults import Finding, Path, list_names
from planning.playbook.schema import Playbook

LOOK_AHEAD = timedelta(days=56)
"""Time in which gaps are looked for: shifts are planned for two months, rarely for a year."""
_FIELDS_OF_SOURCE = ("file", "url", "url_from")


def rota_faults(playbook: Playbook, folder: FilePath | None) -> Iterator[Finding]:
    for id_, rota in playbook.rotas.items():
        path = ("rotas", id_)
        if id_ in playbook.people or id_ in playbook.teams:
            kind = "person" if id_ in playbook.people else "team"
            yield Finding(
                path, f"{quote_input(id_)}, which is a {kind}'s id too", "an id that nobody else has"
            )
        if not rota.rotations and not rota.calendar:
            yield Finding(path, "nobody who is ever on call", "rotations, a calendar, or both")
        for number, rotation in enumerate(rota.rotations):
            yield from _check_rotation((*path, "rotations", number), rotation)
        for number, override in enumerate(rota.overrides):
            yield from _check_override((*path, "overrides", number), override, rota)
        if rota.calendar:
            yield from _check_calendar((*path, "calendar"), rota.calendar, rota, folder)


def _check_rotation(path: Path, rules: RotationSpec) -> Iterator[Finding]:
    if parse_hand_over(rules.hand_over).day is not None and parse_every(rules.every) % WEEK:
        allowed = "a time of day alone; a day too only where turns are of whole weeks"
        yield Finding(
            (*path, "hand_over"), f"{quote_input(rules.hand_over)} for turns of {rules.every}", allowed
        )
    if rules.restrict_to and not any(rules.restrict_to.values()):
        yield Finding((*path, "restrict_to"), "no hours at all", "some hours on some day, or nothing")
    days = [day for written in rules.restrict_to for day in parse_days(written)]
    if len(days) > len(set(days)):
        yield Finding((*path, "restrict_to"), "a day more than once", "each day once, with all of its hours")


def _check_override(path: Path, rules: OverrideSpec, rota: RotaSpec) -> Iterator[Finding]:
    zone = ZoneInfo(rota.time_zone)
    instants = []
    for field, written in (("from", rules.from_), ("to", rules.to)):
        try:
            instants.append(to_utc(written, zone))
        except InvalidValue as error:
            yield Finding((*path, field), quote_input(written.isoformat()), error.allowed)
    if len(instants) == 2 and instants[1] <= instants[0]:
        given = f"{quote_input(rules.to.isoformat())}, which is not after {rules.from_.isoformat()}"
        yield Finding((*path, "to"), given, "a time after from")


def _check_calendar(
    path: Path, rules: FeedSpec, rota: RotaSpec, folder: FilePath | None
) -> Iterator[Finding]:
    given = [field for field in _FIELDS_OF_SOURCE if getattr(rules, field) is not None]
    if len(given) != 1:
        yield Finding(
            path, list_names(given) if given else "no calendar", f"one of {list_names(_FIELDS_OF_SOURCE)}"
        )
    elif rules.file is not None:
        yield from _check_file(path, rules.file, rota, folder)
    elif rules.url is not None:
        try:
            address_of(rules)
        except FeedFault:
            yield Finding(
                path, "an address of another kind (not shown)", "an https address, or a file's name"
            )


def _check_file(path: Path, name: str, rota: RotaSpec, folder: FilePath | None) -> Iterator[Finding]:
    # slow to import, and most playbooks have no calendar
    from planning.on_call.ical import read_entries  # noqa: PLC0415

    now = datetime.now(UTC)
    try:
        read_entries(read_file(name, folder), now, now + LOOK_AHEAD, ZoneInfo(rota.time_zone))
    except FeedFault as fault:
        allowed = "an iCalendar file in the playbook's folder that can be read"
        given = "an address" if "://" in name else quote_input(name)
        yield Finding(path, f"{given}: {fault}", allowed)
