"""Warnings of levels, and of who verifies what the owners of levels have done (RESOLVE-5)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from escalation.policy.plan import Unreached
from planning.calendars.open_hours import business_day_of
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.effective_levels import EffectiveLevel, levels_of
from planning.playbook.faults import Finding, list_names
from planning.playbook.people_spec import PersonSpec, TeamSpec
from planning.playbook.schema import Playbook


def level_warnings(playbook: Playbook) -> Iterator[Finding]:
    """Yield the warnings of all categories, and of who verifies."""
    day = business_day_of(playbook.calendars[playbook.calendar])
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            levels = levels_of(playbook, issue_type, category)
            yield from _check_windows(levels, day)
            for level in levels:
                yield from _check_triggers(level)
                yield from _check_fallback(level)
                yield from _check_ack_within(level, day)
                yield from _check_lone_fallback(playbook, level)
    yield from _check_verifiers(playbook)


def _check_windows(levels: tuple[EffectiveLevel, ...], day: timedelta) -> Iterator[Finding]:
    """Warn of windows that do not grow from level to level (MATRIX-2)."""
    for level in levels:
        window = level.spec.window
        if window and window.minimum.worth(day) == window.maximum.worth(day):
            given = (
                f"level {level.number} is reminded at the moment that it rises, at {window.maximum.written}"
            )
            yield Finding(level.place("window"), given, "a minimum below the maximum")
    for lower, upper in pairwise(levels):
        below, above = lower.spec.window, upper.spec.window
        if below and above and above.maximum.worth(day) <= below.maximum.worth(day):
            given = (
                f"level {upper.number} has at most {above.maximum.written}, "
                f"not more than level {lower.number} with {below.maximum.written}"
            )
            yield Finding(upper.place("window"), given, "a window that grows from level to level")


def _check_triggers(level: EffectiveLevel) -> Iterator[Finding]:
    for name, trigger in level.spec.triggers.items():
        if trigger.to_level == level.number + 1:
            path = (*level.place("triggers"), name, "to_level")
            given = f"a trigger to level {trigger.to_level}, where it goes anyway"
            yield Finding(path, given, "to_level left out, which means the next level")


def _check_fallback(level: EffectiveLevel) -> Iterator[Finding]:
    if level.spec.fallback and level.spec.unreached is not Unreached.FALLBACK:
        given = (
            f"a fallback that is never asked: an unreached level {level.number} is on {level.spec.unreached}"
        )
        yield Finding(level.place("fallback"), given, "unreached: fallback")


def _check_lone_fallback(playbook: Playbook, level: EffectiveLevel) -> Iterator[Finding]:
    """Warn of a fallback who is the only contact already (MATRIX-5)."""
    fallback = level.spec.fallback
    if fallback and playbook.ids_of((fallback,)) == playbook.ids_of(level.spec.contacts):
        given = f"{fallback}, who is the only contact of level {level.number} already"
        yield Finding(level.place("fallback"), given, "somebody else")


def _check_ack_within(level: EffectiveLevel, day: timedelta) -> Iterator[Finding]:
    """Warn of an acknowledgement that is due after the level was raised: it is never missed."""
    within, window = level.spec.ack_within, level.spec.window
    if not within or not window or within.basis is not window.maximum.basis:
        return
    if within.worth(day) > window.maximum.worth(day):
        given = f"{within.written}, after level {level.number} has risen at {window.maximum.written}"
        yield Finding(level.place("ack_within"), given, "less than the maximum of its window")


def _check_verifiers(playbook: Playbook) -> Iterator[Finding]:
    """Warn of verifiers who may own a case: they would verify their own resolution."""
    field = "architects" if playbook.duties.architects else "escalation_managers"
    verifiers = _people_named(playbook, getattr(playbook.duties, field))
    owned = _levels_by_person(playbook)
    for person in verifiers:
        if person in owned:
            given = f"{person}, who verifies resolutions and is a contact of {list_names(owned[person])}"
            yield Finding(("duties", field), given, "somebody who does not work on the case")


def _levels_by_person(playbook: Playbook) -> dict[str, list[str]]:
    """Return the levels that each person can own, in words."""
    owned: dict[str, dict[str, None]] = {}
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            for level in levels_of(playbook, issue_type, category):
                for person in _people_named(playbook, level.spec.contacts):
                    owned.setdefault(person, {})[f"level {level.number} of {issue_type}"] = None
    return {person: list(levels) for person, levels in owned.items()}


def _people_named(playbook: Playbook, names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for id_ in playbook.ids_of(names):
        match playbook.contact_spec(id_):
            case PersonSpec():
                found[id_] = None
            case TeamSpec(members=members):
                found |= dict.fromkeys(members)
            case RotaSpec() as rota:
                found |= dict.fromkeys(rota.named_people)
    return tuple(found)
