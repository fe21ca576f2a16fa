"""Levels of a category, complete with all that they inherit (MATRIX-1)."""

# Playbook, issue type and category can each describe levels. The nearer scope wins, field by field; within one scope a
# numbered level wins over ``each_level``. Example:
#
#     playbook            levels: {2: {window: 1 - 2 h, contacts: ana}}
#     issue type          each_level: {calendar: office}
#     category            levels: {2: {contacts: ben}}
#     level 2 of it       window: 1 - 2 h, calendar: office, contacts: ben
#
# Every field keeps the path where it is written, so that a fault can show it.

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planning.playbook.faults import Path
from planning.playbook.level_spec import CategorySpec, IssueTypeSpec, LevelSpec, ScopeSpec
from planning.playbook.schema import Playbook


@dataclass(frozen=True)
class EffectiveLevel:
    """A level of a category, complete."""

    number: int
    spec: LevelSpec
    written_at: Mapping[str, Path]
    """Path of each field."""
    path: Path
    """Path of the level in the nearest scope that describes it."""

    def place(self, field: str) -> Path:
        return self.written_at.get(field, self.path)


def path_of_category(issue_type: str, category: str) -> Path:
    return ("issue_types", issue_type, "categories", category)


def levels_of(playbook: Playbook, issue_type: str, category: str) -> tuple[EffectiveLevel, ...]:
    """Return the levels of a category in order; ``level_checks.py`` finds gaps between their numbers."""
    kind = playbook.issue_types[issue_type]
    here = kind.categories[category]
    scopes: tuple[tuple[Path, ScopeSpec], ...] = (
        ((), playbook),
        (("issue_types", issue_type), kind),
        (path_of_category(issue_type, category), here),
    )
    numbers = sorted({number for _, scope in scopes for number in scope.levels})
    return tuple(_effective_level(number, scopes) for number in numbers)


def executive_level_of(
    playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec
) -> tuple[int | None, int]:
    """Return the level of executive threats (KIND-5), and which of the three scopes says so."""
    return _nearest_value("executive_level", playbook, kind, category)


def entry_level_of(playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec) -> tuple[int | None, int]:
    """Return the level at which escalations begin (START-1), and which of the three scopes says so."""
    return _nearest_value("entry_level", playbook, kind, category)


def _nearest_value(
    field: str, playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec
) -> tuple[int | None, int]:
    for depth, scope in ((2, category), (1, kind), (0, playbook)):
        level: int | None = getattr(scope, field)
        if level is not None:
            return level, depth
    return None, 0


def _effective_level(number: int, scopes: tuple[tuple[Path, ScopeSpec], ...]) -> EffectiveLevel:
    fields: dict[str, object] = {}
    written_at: dict[str, Path] = {}
    path: Path = ()
    for at, rules in _descriptions_of(number, scopes):
        if at[-2:] == ("levels", number):
            path = at
        for field in rules.model_fields_set:
            fields[field] = getattr(rules, field)
            written_at[field] = (*at, field)
    return EffectiveLevel(number, LevelSpec.model_construct(**fields), written_at, path)  # type: ignore[arg-type]


def _descriptions_of(
    number: int, scopes: tuple[tuple[Path, ScopeSpec], ...]
) -> Iterator[tuple[Path, LevelSpec]]:
    for at, scope in scopes:
        yield (*at, "each_level"), scope.each_level
        if number in scope.levels:
            yield (*at, "levels", number), scope.levels[number]
