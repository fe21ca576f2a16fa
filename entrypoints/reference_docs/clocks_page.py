"""The page of clocks, ``docs/reference/clocks.md``: written from the clock tables of our processes."""

from collections.abc import Iterable, Mapping
from typing import Any

from escalation.case.clock_row import CalendarOf, CaseClock
from escalation.case.clock_table import CLOCKS
from escalation.kernel.clock_loop import ClockRow
from escalation.kernel.clock_name import ClockName
from escalation.sponsorship.clock_table import CLOCKS as OF_SPONSORSHIPS
from escalation.task_force.clock_table import CLOCKS as OF_TASK_FORCES

_INTRODUCTION = """\
# Clocks

A *promise* is breached at its due time: managers and whoever must act are alerted at once, and again until it ends. An
*agreed time* just comes. Events are named as in the timeline with `--json`. A new start ends the clock that runs. A
calendar counts only where the target, or else the priority, counts open hours.
"""


def clocks_page() -> str:
    cases = "\n".join(_section(name, row.promise, _columns_of_case(row)) for name, row in CLOCKS.items())
    forces, sponsorships = _plain(OF_TASK_FORCES, "its deployment"), _plain(OF_SPONSORSHIPS, "its terms")
    return (
        f"{_INTRODUCTION}\n## Of an escalation\n\n{cases}\n## Of a task force\n\n{forces}"
        f"\n## Of a sponsorship\n\n{sponsorships}"
    )


def _plain(table: Mapping[ClockName, ClockRow[Any, Any]], source: str) -> str:
    return "\n".join(
        _section(name, row.promise, (*_begin_and_end(row), ("target from", source)))
        for name, row in table.items()
    )


def _section(name: ClockName, promise: str, columns: Iterable[tuple[str, str]]) -> str:
    rows = "\n".join(f"| {column} | {text} |" for column, text in columns if text)
    return f"### `{name}`\n\n{promise}\n\n| | |\n| --- | --- |\n{rows}\n"


def _columns_of_case(row: CaseClock) -> tuple[tuple[str, str], ...]:
    every_minute = row.calendar is CalendarOf.NOBODY
    alerted = row.is_alerted and not row.is_agreed
    return (
        *_begin_and_end(row),
        ("held by", _kinds(row.held_by)),
        ("target from", row.target.words),
        ("calendar of", "every minute counts" if every_minute else row.calendar.value),
        ("must act", row.chased.words),
        ("alerted too", _alerted(row) if alerted else ""),
        ("then", row.then.words),
    )


def _alerted(row: CaseClock) -> str:
    managers = "the managers of the level"
    return f"{managers}, and of each next one with every chaser" if row.alerts_above else managers


def _begin_and_end(row: ClockRow[Any, Any]) -> tuple[tuple[str, str], ...]:
    return (
        ("kind", "agreed time" if row.is_agreed else "promise"),
        ("starts with", _kinds(row.starts)),
        ("ends with", _kinds(row.ends)),
    )


def _kinds(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"`{kind}`" for kind in kinds)
