"""
Who may do what, and who checks whom: what a playbook leaves open, probably not as meant (ROLE-1, RESOLVE-5).

Warnings, as in ``playbook_warnings.py``.
"""

from collections.abc import Iterable, Iterator

from escalation.policy.move_name import Move
from planning.on_call.rota_spec import RotaSpec
from planning.playbook.effective_levels import levels_of
from planning.playbook.faults import UnplacedFault, list_names
from planning.playbook.schema import PersonSpec, Playbook, TeamSpec


def responsibility_warnings(playbook: Playbook) -> Iterator[UnplacedFault]:
    """Everything that is odd about permissions, and about who verifies."""
    yield from _permissions(playbook)
    yield from _verifiers(playbook)


def _permissions(playbook: Playbook) -> Iterator[UnplacedFault]:
    better = "the roles that may make each move; verify_resolution and close at least"
    if not playbook.permissions:
        given = "no permissions, so that everybody in the playbook may make every move"
        yield UnplacedFault(("permissions",), given, better, is_absence=True)
    elif Move.VERIFY_RESOLUTION not in playbook.permissions:
        given = "verify_resolution is not listed, so that everybody may verify their own resolution"
        yield UnplacedFault(("permissions",), given, better)


def _verifiers(playbook: Playbook) -> Iterator[UnplacedFault]:
    """Whoever solves a case as its contact would verify the own resolution."""
    field = "architects" if playbook.duties.architects else "escalation_managers"
    verifiers = _people(playbook, getattr(playbook.duties, field))
    held = _levels_of(playbook)
    for person in verifiers:
        if person in held:
            given = f"{person}, who verifies resolutions and is a contact of {list_names(held[person])}"
            yield UnplacedFault(("duties", field), given, "somebody who does not work on the case")


def _levels_of(playbook: Playbook) -> dict[str, list[str]]:
    """Each person to the levels that they can hold, in words."""
    held: dict[str, dict[str, None]] = {}
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            for rung in levels_of(playbook, issue_type, category):
                for person in _people(playbook, rung.rules.contacts):
                    held.setdefault(person, {})[f"level {rung.number} of {issue_type}"] = None
    return {person: list(levels) for person, levels in held.items()}


def _on_rota(rules: RotaSpec) -> Iterator[str]:
    """Who is named there; a calendar that can name everybody names nobody yet."""
    for rotation in rules.rotations:
        yield from rotation.people
    yield from (override.person for override in rules.overrides)
    yield from rules.calendar.people if rules.calendar else ()


def _people(playbook: Playbook, names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for id_ in playbook.ids_of(names):
        match playbook.named(id_):
            case PersonSpec():
                found[id_] = None
            case TeamSpec(members=members):
                found |= dict.fromkeys(members)
            case RotaSpec() as rota:
                found |= dict.fromkeys(_on_rota(rota))
    return tuple(found)
