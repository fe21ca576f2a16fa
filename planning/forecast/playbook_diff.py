"""
Differences of two playbooks, in words, with whom they concern.

Compares what is in force, not what is written: levels and targets complete with all that they inherit, for each
category and priority. A change that is the same for several stands there once. Compares fields by name, so that a new
field of a playbook is covered, too. The times that follow are in ``time_changes.py``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from pydantic import BaseModel

from escalation.policy.spans import Span, WindowSpan
from planning.forecast.sample_request import categories_of
from planning.playbook.effective_levels import entry_level_of, executive_level_of, levels_of
from planning.playbook.faults import list_names
from planning.playbook.schema import Playbook, TargetSpec

_ELSEWHERE = {
    "entry_level",
    "executive_level",
    "each_level",
    "levels",
    "issue_types",
    "priorities",
    "targets",
    "remind_at",
    "name",
    "version",
}
"""Fields that are compared in another way, or are no rule at all."""


@dataclass(frozen=True, slots=True)
class Change:
    part: str
    """Of the playbook: ``levels``, ``priority_rows_of``, ``people`` …"""
    concerns: tuple[str, ...]
    """Categories, priorities, people, moves."""
    what: str


def find_changes(old: Playbook, new: Playbook) -> tuple[Change, ...]:
    """Return every difference once, in the order of the playbook."""
    found = [*_compare_fields(old, new), *_compare_priorities(old, new), *_compare_categories(old, new)]
    return tuple(_merge_changes(found, new))


def _compare_fields(old: Playbook, new: Playbook) -> Iterator[Change]:
    for field in type(new).model_fields:
        if field in _ELSEWHERE:
            continue
        before, after = getattr(old, field), getattr(new, field)
        part = in_plain_words(field)
        if isinstance(after, Mapping):
            for name, what in _compare_entries(before, after):
                yield Change(part, (in_plain_words(str(name)),), what)
        elif isinstance(after, BaseModel):
            for inner in type(after).model_fields:
                for what in _differences_of("", getattr(before, inner), getattr(after, inner)):
                    yield Change(part, (in_plain_words(inner),), what)
        else:
            for what in _differences_of("", before, after):
                yield Change(part, (), what)


def _compare_entries(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[tuple[Any, str]]:
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield name, f"no longer there (was: {format_value(before[name])})"
        elif name not in before:
            yield name, f"new: {format_value(after[name])}"
        else:
            for what in _differences_of("", before[name], after[name]):
                yield name, what


def _compare_priorities(old: Playbook, new: Playbook) -> Iterator[Change]:
    for priority in new.priorities:
        before, after = old.priorities[priority], new.priorities[priority]
        for field in type(after).model_fields:
            if field == "targets":
                was, is_now = _targets_of(old, before.targets), _targets_of(new, after.targets)
            else:
                was, is_now = getattr(before, field), getattr(after, field)
            for what in _differences_of(in_plain_words(field) if field != "targets" else "", was, is_now):
                yield Change("priorities", (priority.value,), what)


def _targets_of(playbook: Playbook, own: Mapping[Any, TargetSpec]) -> dict[str, TargetSpec]:
    """Return the targets complete, with their reminders."""
    held = {**playbook.targets, **own}
    return {
        clock.words: rules
        if rules.remind_at is not None
        else rules.model_copy(update={"remind_at": playbook.remind_at})
        for clock, rules in held.items()
    }


def _compare_categories(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = tuple(categories_of(old)), tuple(categories_of(new))
    for issue_type, category in dict.fromkeys((*before, *after)):
        label = (f"{issue_type}/{category}",)
        if (issue_type, category) not in after:
            yield Change("categories", label, "no longer there")
        elif (issue_type, category) not in before:
            yield Change("categories", label, f"new: {_name_levels(new, issue_type, category)}")
        else:
            for what in _compare_category(old, new, issue_type, category):
                yield Change("levels", label, what)


def _name_levels(playbook: Playbook, issue_type: str, category: str) -> str:
    return list_names(
        f"{level.number}. {level.spec.name or level.number}"
        for level in levels_of(playbook, issue_type, category)
    )


def _compare_category(old: Playbook, new: Playbook, issue_type: str, category: str) -> Iterator[str]:
    kinds = old.issue_types[issue_type], new.issue_types[issue_type]
    rules = kinds[0].categories[category], kinds[1].categories[category]
    yield from _differences_of("name", rules[0].name, rules[1].name)
    entries = (entry_level_of(old, kinds[0], rules[0])[0], entry_level_of(new, kinds[1], rules[1])[0])
    yield from _differences_of("entry level", *entries)
    threats = (executive_level_of(old, kinds[0], rules[0])[0], executive_level_of(new, kinds[1], rules[1])[0])
    yield from _differences_of("executive level", *threats)
    before = {level.number: level.spec for level in levels_of(old, issue_type, category)}
    after = {level.number: level.spec for level in levels_of(new, issue_type, category)}
    for number in sorted({*before, *after}):
        if number not in after:
            yield f"level {number} is no longer there (was: {before[number].name})"
        elif number not in before:
            yield f"level {number} is new: {format_value(after[number])}"
        else:
            yield from (
                f"level {number} ({after[number].name}): {what}"
                for what in _differences_of("", before[number], after[number], _FIELD_WORDS)
            )


_FIELD_WORDS = {
    "unreached": "when nobody acknowledges",
    "ask": "contacts are asked",
    "acknowledge": "acknowledged by",
    "ack_within": "to acknowledge within",
    "ack_expires": "an acknowledgement is void after",
}


def _differences_of(what: str, old: Any, new: Any, named: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the differences of two values of one field, in words; *what* is the field."""
    if format_value(old) == format_value(new):
        return
    if isinstance(new, TargetSpec) and isinstance(old, TargetSpec):
        yield from _differences_of(what, old.within, new.within)
        yield from _differences_of(f"{what} reminders, percent".strip(), old.remind_at, new.remind_at)
    elif isinstance(new, BaseModel) and type(old) is type(new):
        for field in type(new).model_fields:
            inner = (named or {}).get(field, in_plain_words(field))
            yield from _differences_of(f"{what} {inner}".strip(), getattr(old, field), getattr(new, field))
    elif isinstance(new, Mapping) and isinstance(old, Mapping):
        for name, said in _compare_entries(old, new):
            yield f"{what} {in_plain_words(str(name))}: {said}".strip()
    elif _is_list(new) and _is_list(old) and (old or new):
        yield f"{what}{': ' if what else ''}{_compare_lists(old, new)}"
    else:
        yield f"{what} {format_value(new)} instead of {format_value(old)}".strip()


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple)


def _compare_lists(old: tuple[Any, ...], new: tuple[Any, ...]) -> str:
    was, is_now = [format_value(item) for item in old], [format_value(item) for item in new]
    joined = [item for item in is_now if item not in was]
    left = [item for item in was if item not in is_now]
    if not joined and not left:
        return f"in another order: {list_names(is_now)}"
    said = [f"{list_names(joined)} joins"] if joined else []
    said += [f"{list_names(left)} leaves"] if left else []
    return "; ".join(said)


def format_value(value: Any) -> str:
    """Return a value as a manager would say it."""
    match value:
        case None | ():
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case Span():
            return value.written
        case WindowSpan():
            return f"{value.minimum.written} to {value.maximum.written}"
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return ", ".join(map(format_value, value))
        case Mapping():
            return "; ".join(
                f"{in_plain_words(str(name))} {format_value(inner)}" for name, inner in value.items()
            )
        case BaseModel():
            return ", ".join(
                f"{in_plain_words(field)} {format_value(inner)}"
                for field in type(value).model_fields
                if field in value.model_fields_set and (inner := getattr(value, field))
            )
        case _:
            return " ".join(str(value).split())


def in_plain_words(code: str) -> str:
    return code.replace("_", " ")


def _merge_changes(found: Iterable[Change], new: Playbook) -> Iterator[Change]:
    """Join the same change for several; "every category" stands for all of an issue type."""
    concerned: dict[tuple[str, str], list[str]] = {}
    for change in found:
        concerned.setdefault((change.part, change.what), []).extend(change.concerns)
    for (part, what), whom in concerned.items():
        yield Change(
            part, shorten_labels(whom, new) if part == "levels" else tuple(dict.fromkeys(whom)), what
        )


def shorten_labels(labels: Iterable[str], playbook: Playbook) -> tuple[str, ...]:
    """Return labels of categories; "every category" stands for all of an issue type."""
    left = list(dict.fromkeys(labels))
    for issue_type, kind in playbook.issue_types.items():
        every = [f"{issue_type}/{category}" for category in kind.categories]
        if len(every) > 1 and set(every) <= set(left):
            place = left.index(every[0])
            left = [label for label in left if label not in every]
            left.insert(place, f"every category of {in_plain_words(issue_type)}")
    return tuple(left)
