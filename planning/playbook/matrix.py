"""
Matrix as people look at it: for each category its levels, in words (MATRIX-1).

Everything inherited is filled in; ids and roles have become names. Knows no terminal, page or picture.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, nearest, quote_input
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import Unreached
from escalation.policy.spans import WindowSpan
from planning.playbook.effective_levels import EffectiveLevel, entry_level_of, executive_level_of, levels_of
from planning.playbook.level_spec import AcknowledgedBy, TriggerSpec
from planning.playbook.schema import Playbook, TargetSpec
from planning.playbook.value_types import TARGET_CLOCKS, UNTIL_RESOLUTION

_ONE_AMOUNT = re.compile(r"(?P<amount>[\d.]+) ?(?P<unit>[a-z ]+)")


class TriggerRow(NamedTuple):
    name: str
    says: str
    to_level: int


class LevelRow(NamedTuple):
    number: int
    name: str
    contacts: tuple[str, ...]
    """Names of people, teams and rotas, in the order in which they are asked."""
    window: str
    longest: str
    """The window's maximum; empty for the last level."""
    responses: tuple[str, ...]
    triggers: tuple[TriggerRow, ...]
    managers: tuple[str, ...]
    unreached: str
    terms: tuple[str, ...]
    """Terms of this level alone, in words: whose acknowledgement, how soon, whose open hours."""


class CategoryTable(NamedTuple):
    issue_type: str
    issue_type_name: str
    category: str
    name: str
    entry_level: int
    executive_level: int
    terms: tuple[str, ...]
    """Terms of each of its levels, in words."""
    levels: tuple[LevelRow, ...]


class PriorityRow(NamedTuple):
    priority: str
    basis: str
    calendar: str
    entry_level: int
    window_percent: int
    rca_required: bool
    stakeholders: tuple[str, ...]
    targets: dict[ClockName, str]
    """Span of each clock, as written."""


def category_tables_of(
    playbook: Playbook, issue_type: str | None = None, category: str | None = None
) -> tuple[CategoryTable, ...]:
    """
    Return the categories in the order of the file; only those of *issue_type* or with the id *category*, if given.

    Raises:
        BadRequest: If the playbook has no such issue type or category.
    """
    every = tuple(_make_tables(playbook))
    _require_known("--issue-type", issue_type, playbook.issue_types)
    here = [table for table in every if issue_type in {None, table.issue_type}]
    _require_known("--category", category, (table.category for table in here))
    return tuple(table for table in here if category in {None, table.category})


def _require_known(option: str, given: str | None, known: Iterable[str]) -> None:
    names = list(known)
    if given is not None and given not in names:
        fault = Fault(
            where=option, given=quote_input(given), allowed=", ".join(names), suggestion=nearest(given, names)
        )
        raise BadRequest.because(reason("of.selection"), (fault,))


def priority_rows_of(playbook: Playbook) -> tuple[PriorityRow, ...]:
    return tuple(
        PriorityRow(
            priority=priority,
            basis=rules.basis,
            calendar=rules.calendar or playbook.calendar,
            entry_level=rules.entry_level,
            window_percent=rules.window_percent,
            rca_required=rules.rca_required,
            stakeholders=_names_of(playbook, rules.stakeholders),
            targets=_format_targets({**playbook.targets, **rules.targets}),
        )
        for priority, rules in sorted(playbook.priorities.items())
    )


def _format_targets(held: Mapping[ClockName, TargetSpec]) -> dict[ClockName, str]:
    return {clock: held[clock].within.written if clock in held else "none" for clock in TARGET_CLOCKS}


def _make_tables(playbook: Playbook) -> Iterator[CategoryTable]:
    for issue_type, kind in playbook.issue_types.items():
        for category, rules in kind.categories.items():
            levels = tuple(levels_of(playbook, issue_type, category))
            named, _ = executive_level_of(playbook, kind, rules)
            executive = named or len(levels)
            rows = tuple(_make_row(playbook, level, executive) for level in levels)
            shared = tuple(term for term in rows[0].terms if all(term in row.terms for row in rows))
            entry, _ = entry_level_of(playbook, kind, rules)
            yield CategoryTable(
                issue_type=issue_type,
                issue_type_name=kind.name,
                category=category,
                name=rules.name,
                entry_level=entry or 1,
                executive_level=executive,
                terms=shared,
                levels=tuple(
                    row._replace(terms=tuple(term for term in row.terms if term not in shared))
                    for row in rows
                ),
            )


def _make_row(playbook: Playbook, level: EffectiveLevel, executive: int) -> LevelRow:
    rules = level.spec
    return LevelRow(
        number=level.number,
        name=rules.name or "",
        contacts=_names_of(playbook, rules.contacts),
        window=_format_window(rules.window),
        longest=rules.window.maximum.written if rules.window else "",
        responses=rules.responses,
        triggers=tuple(
            _make_trigger(name, trigger, level.number, executive) for name, trigger in rules.triggers.items()
        ),
        managers=_names_of(playbook, rules.managers),
        unreached=_describe_unreached(playbook, level),
        terms=tuple(_describe_terms(playbook, level)),
    )


def _describe_terms(playbook: Playbook, level: EffectiveLevel) -> Iterator[str]:
    rules = level.spec
    if len(playbook.ids_of(rules.contacts)) > 1:
        if rules.acknowledge is AcknowledgedBy.ALL:
            yield "all are asked, and each must acknowledge"
        else:
            yield "all are asked at once" if rules.asks_all else "asked in turn"
    if rules.ack_within:
        yield f"to acknowledge within {rules.ack_within.written}"
    if rules.ack_expires:
        yield f"an acknowledgement is void after {rules.ack_expires.written} of silence"
    if rules.calendar:
        yield f"open hours: {rules.calendar}"
    if rules.unreached is not Unreached.STAY:
        yield f"nobody acknowledges: {_describe_unreached(playbook, level)}"


def _make_trigger(name: str, trigger: TriggerSpec, level: int, executive: int) -> TriggerRow:
    """Return a trigger with its target; an executive threat goes at least to the executive level (KIND-5)."""
    least = executive if trigger.reason is EscalationReason.EXECUTIVE_THREAT else 0
    return TriggerRow(name, trigger.says, max(trigger.to_level or level + 1, least, level + 1))


def _format_window(window: WindowSpan | None) -> str:
    """Write a window as short as people do: ``15 – 30 min``."""
    if window is None:
        return UNTIL_RESOLUTION
    first, last = window.minimum.written, window.maximum.written
    lower, upper = _ONE_AMOUNT.fullmatch(first), _ONE_AMOUNT.fullmatch(last)
    if lower and upper and lower["unit"].removesuffix("s") == upper["unit"].removesuffix("s"):
        first = lower["amount"]
    return f"{first} – {last}"


def _describe_unreached(playbook: Playbook, level: EffectiveLevel) -> str:
    match level.spec.unreached:
        case Unreached.SKIP:
            return "skip to the next level"
        case Unreached.FALLBACK:
            return f"ask {', '.join(_names_of(playbook, (level.spec.fallback or '',)))}"
        case Unreached.STAY:
            return "stay, and keep asking"


def _names_of(playbook: Playbook, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(playbook.contact_spec(id_).name for id_ in playbook.ids_of(names))


def matrix_as_data(row: Any) -> Any:
    """Named tuples as JSON objects, all the way down."""
    if hasattr(row, "_asdict"):
        return {name: matrix_as_data(value) for name, value in row._asdict().items()}
    return [matrix_as_data(each) for each in row] if isinstance(row, tuple) else row
