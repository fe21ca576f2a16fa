"""Checks of the levels of each category, complete with all that they inherit (MATRIX-1 to MATRIX-5)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from escalation.kernel.refusals import quote_input
from escalation.policy.classification import Priority
from escalation.policy.plan import Unreached
from planning.playbook.effective_levels import (
    EffectiveLevel,
    entry_level_of,
    executive_level_of,
    levels_of,
    path_of_category,
)
from planning.playbook.faults import Finding, Path, list_names
from planning.playbook.level_spec import AcknowledgedBy, AskOrder, CategorySpec, IssueTypeSpec
from planning.playbook.schema import Playbook


def level_faults(playbook: Playbook) -> Iterator[Finding]:
    lasts: dict[tuple[str, str], int] = {}
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            levels = levels_of(playbook, issue_type, category)
            gap = tuple(_check_gap(playbook, issue_type, category, levels))
            yield from gap
            if not gap:
                lasts[issue_type, category] = len(levels)
                yield from chain.from_iterable(_check_level(level, len(levels)) for level in levels)
    if lasts:
        yield from _check_named_levels(playbook, lasts, "executive_level", executive_level_of)
        yield from _check_entry_levels(playbook, lasts)


def _check_gap(
    playbook: Playbook, issue_type: str, category: str, levels: tuple[EffectiveLevel, ...]
) -> Iterator[Finding]:
    """A category that falls through: it has no levels, or misses one between them."""
    path = path_of_category(issue_type, category)
    numbers = [level.number for level in levels]
    if not levels:
        yield Finding(path, "no levels", "levels here, at the issue type or at the playbook", is_absence=True)
    elif numbers != list(range(1, len(levels) + 1)):
        given, allowed = f"levels {list_names(map(str, numbers))}", "levels from 1 up, without a gap"
        kind = playbook.issue_types[issue_type]
        speaking = ((path, kind.categories[category]), (path[:2], kind), ((), playbook))
        nearest_levels = next((*at, "levels") for at, scope in speaking if scope.levels)
        yield Finding(nearest_levels, given, allowed, is_absence=True)


def _check_named_levels(
    playbook: Playbook,
    lasts: Mapping[tuple[str, str], int],
    field: str,
    level_of: Callable[[Playbook, IssueTypeSpec, CategorySpec], tuple[int | None, int]],
) -> Iterator[Finding]:
    """Check each level that is named, with the category that has the fewest levels of those it concerns."""
    found: set[Path] = set()
    # A level that the playbook names concerns every category without one of its own: the shortest one decides.
    for (issue_type, category), last in sorted(lasts.items(), key=lambda each: each[1]):
        kind = playbook.issue_types[issue_type]
        level, depth = level_of(playbook, kind, kind.categories[category])
        path = (*path_of_category(issue_type, category)[: 2 * depth], field)
        if level is not None and level > last and path not in found:
            found.add(path)
            yield Finding(path, quote_input(level), f"a level from 1 to {last}, as {category} has")


def _check_entry_levels(playbook: Playbook, lasts: Mapping[tuple[str, str], int]) -> Iterator[Finding]:
    yield from _check_named_levels(playbook, lasts, "entry_level", entry_level_of)
    (_, category), last = min(lasts.items(), key=lambda each: each[1])
    entries: dict[Path, int] = {
        **{("priorities", name): rules.entry_level for name, rules in playbook.priorities.items()},
        **{("tiers", name): rules.entry_level for name, rules in playbook.tiers.items()},
    }
    for path, level in entries.items():
        if level > last:
            yield Finding(
                (*path, "entry_level"), quote_input(level), f"a level from 1 to {last}, as {category} has"
            )
    yield from _check_lowest_entry(playbook)


def _check_lowest_entry(playbook: Playbook) -> Iterator[Finding]:
    """Escalations rise and never fall back, so what lies below every entry is never reached."""
    entries = {priority: written.entry_level for priority, written in playbook.priorities.items()}
    lowest = min(entries.values(), default=1)
    if lowest > 1 and len(entries) == len(Priority):
        unreachable = list_names(f"level {number}" for number in range(1, lowest))
        given = f"{lowest} or higher for every priority, so that nothing reaches {unreachable}"
        priority = min(entries, key=entries.__getitem__)
        yield Finding(("priorities", priority, "entry_level"), given, "1 for some priority")


def _check_level(level: EffectiveLevel, last: int) -> Iterator[Finding]:
    rules = level.spec
    if not rules.name:
        yield Finding(level.place("name"), f"level {level.number} without a name", "a name", is_absence=True)
    if not rules.contacts:
        given = f"level {level.number} without contacts"
        yield Finding(level.place("contacts"), given, "a person, a team, a rota or a role", is_absence=True)
    if rules.ask is AskOrder.IN_TURN and rules.acknowledge is AcknowledgedBy.ALL:
        given = "in_turn, where all must acknowledge"
        yield Finding(level.place("ask"), given, "at_once, or acknowledge: first")
    yield from _check_window(level, last)
    yield from _check_triggers(level, last)
    if rules.unreached is Unreached.FALLBACK and not rules.fallback:
        given = "fallback, with no fallback named"
        yield Finding(level.place("unreached"), given, "fallback: somebody", is_absence=True)


def _check_window(level: EffectiveLevel, last: int) -> Iterator[Finding]:
    window = level.spec.window
    if level.number == last and window is not None:
        given = f"a window for level {last}, the last"
        yield Finding(level.place("window"), given, "until resolution: there is no level to rise to")
    if level.number < last and window is None:
        given, allowed = (
            f"level {level.number} without a window",
            "a window, such as 15 - 30 min; only the last has none",
        )
        yield Finding(level.place("window"), given, allowed, is_absence="window" not in level.written_at)


def _check_triggers(level: EffectiveLevel, last: int) -> Iterator[Finding]:
    for name, trigger in level.spec.triggers.items():
        path = (*level.place("triggers"), name)
        to_level = level.number + 1 if trigger.to_level is None else trigger.to_level
        if level.number == last:
            yield Finding(path, f"a trigger of level {last}, the last", "none: there is no level to rise to")
        elif not level.number < to_level <= last:
            where = f"a level above its own: {level.number + 1} to {last}"
            yield Finding((*path, "to_level"), quote_input(to_level), where)
