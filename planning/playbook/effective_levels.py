"""
What the levels of a category are, once everything is inherited (MATRIX-1).

Playbook, issue type and category can each speak of levels. The nearer one wins, field by field; in one place a
numbered level wins over ``each_level``. Every field remembers where it was written, so that a fault can be shown there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planning.playbook.faults import Path
from planning.playbook.level_spec import CategorySpec, IssueTypeSpec, LevelSpec, ScopeSpec
from planning.playbook.schema import Playbook


@dataclass(frozen=True)
class EffectiveLevel:
    """One level of a category, complete."""

    number: int
    rules: LevelSpec
    written_at: Mapping[str, Path]
    """Field to the place that it comes from."""
    path: Path
    """Where the level is spoken of, nearest to the category."""

    def place(self, field: str) -> Path:
        return self.written_at.get(field, self.path)


def path_of_category(issue_type: str, category: str) -> Path:
    return ("issue_types", issue_type, "categories", category)


def levels_of(playbook: Playbook, issue_type: str, category: str) -> tuple[EffectiveLevel, ...]:
    """The levels of a category in order; their numbers may have gaps, which is a fault for others to find."""
    kind = playbook.issue_types[issue_type]
    here = kind.categories[category]
    scopes: tuple[tuple[Path, ScopeSpec], ...] = (
        ((), playbook),
        (("issue_types", issue_type), kind),
        (path_of_category(issue_type, category), here),
    )
    numbers = sorted({number for _, scope in scopes for number in scope.levels})
    return tuple(_rung(number, scopes) for number in numbers)


def executive_level_of(
    playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec
) -> tuple[int | None, int]:
    """The level that an executive threat goes to (KIND-5), and which of the three scopes says so."""
    return _said_nearest("executive_level", playbook, kind, category)


def entry_level_of(playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec) -> tuple[int | None, int]:
    """The level that escalations begin at (START-1), and which of the three scopes says so."""
    return _said_nearest("entry_level", playbook, kind, category)


def _said_nearest(
    field: str, playbook: Playbook, kind: IssueTypeSpec, category: CategorySpec
) -> tuple[int | None, int]:
    for depth, scope in ((2, category), (1, kind), (0, playbook)):
        level: int | None = getattr(scope, field)
        if level is not None:
            return level, depth
    return None, 0


def _rung(number: int, scopes: tuple[tuple[Path, ScopeSpec], ...]) -> EffectiveLevel:
    fields: dict[str, object] = {}
    written_at: dict[str, Path] = {}
    path: Path = ()
    for at, rules in _said_of(number, scopes):
        if at[-2:] == ("levels", number):
            path = at
        for field in rules.model_fields_set:
            fields[field] = getattr(rules, field)
            written_at[field] = (*at, field)
    return EffectiveLevel(number, LevelSpec.model_construct(**fields), written_at, path)  # type: ignore[arg-type]


def _said_of(number: int, scopes: tuple[tuple[Path, ScopeSpec], ...]) -> Iterator[tuple[Path, LevelSpec]]:
    for at, scope in scopes:
        yield (*at, "each_level"), scope.each_level
        if number in scope.levels:
            yield (*at, "levels", number), scope.levels[number]
