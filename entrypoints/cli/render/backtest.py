"""Backtests in a terminal: figures by priority, people's load by hour, and the rows that were left out."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.reason_text import say
from entrypoints.terminal import out
from escalation.kernel.counted_nouns import number_of
from planning.forecast.backtest import Backtest, Figures, Load
from planning.forecast.helpdesk_log import Log, RowFault
from records.store import ImportResult

_BARS = " ▁▂▃▄▅▆▇█"
_MOST_FAULTS = 20
_MOST_PEOPLE = 15
_CLOCKS = ("first_notification", "acknowledge", "level_window", "next_update", "resolution")


def render_backtest(log: Log, results: Sequence[Backtest]) -> RenderableType:
    return Group(render_log_summary(log), _figures(results), *(_load(result) for result in results))


def render_log_summary(log: Log) -> RenderableType:
    """Return the number of rows that were read, and every row that was left out, with its reason."""
    return Group(_read(log), _faults(log.source, log.faults)) if log.faults else _read(log)


def backtest_as_data(log: Log, results: Sequence[Backtest]) -> dict[str, Any]:
    """For scripts."""
    return {
        "file": log.source,
        "incidents": len(log.incidents),
        "rows": log.rows,
        "out_of_order": log.out_of_order,
        "time_zone": log.time_zone or None,
        "faults": [fault._asdict() for fault in log.faults],
        "playbooks": [_result_as_data(result) for result in results],
    }


def _result_as_data(result: Backtest) -> dict[str, Any]:
    return {
        "playbook": result.playbook,
        "load_time_zone": result.time_zone,
        "by_priority": {priority.value: figures for priority, figures in result.by_priority.items()},
        "load": {
            who: {"messages": load.messages, "by_hour": load.hours, "busiest": _busiest(load)}
            for who, load in _by_messages(result)
        },
    }


def _busiest(load: Load) -> dict[str, Any]:
    [(hour, messages)] = load.busiest.most_common(1)
    return {"hour": hour.isoformat(), "messages": messages}


def _by_messages(result: Backtest) -> list[tuple[str, Load]]:
    return sorted(result.load.items(), key=lambda item: -item[1].messages)


def _read(log: Log) -> Text:
    text = Text(f"{number_of(len(log.incidents), 'incident')}, {number_of(log.rows, 'row')}", style="bold")
    if log.out_of_order:
        text.append(f", {log.out_of_order} out of order", style="yellow")
    text.append(f", {number_of(len(log.faults), 'row')} left out", style="red" if log.faults else "dim")
    text.append("" if log.encoding.startswith("utf-8") else f", read as {log.encoding}", style="yellow")
    return text.append(f"; {_times_of(log)}", style="dim")


def _times_of(log: Log) -> str:
    """Say whose local times those without an offset were taken for (CLOCK-5)."""
    return f"times read as those of {log.time_zone}" if log.time_zone else "times read by their own offsets"


def _faults(source: str, faults: Sequence[RowFault]) -> RenderableType:
    title = Text(f"Left out of {source}; the other rows count", style="bold")
    table = Table(box=box.SIMPLE, pad_edge=False, title=title, title_justify="left")
    for column in ("line", "column", "given", "allowed"):
        table.add_column(column, overflow="fold")
    for fault in faults[:_MOST_FAULTS]:
        table.add_row(str(fault.row), Text(fault.column), Text(fault.given), Text(say(fault.allowed)))
    more = len(faults) - _MOST_FAULTS
    return Group(table, Text(f"… and {more} more; --json lists them all", style="dim")) if more > 0 else table


def _figures(results: Sequence[Backtest]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for priority in results[0].by_priority:
        table.add_column(priority.value, justify="right")
    for heading, *cells in _rows(results):
        style = "bold" if not any(cells) else ""
        table.add_row(Text(heading, style=style), *cells)
    return table


def _rows(results: Sequence[Backtest]) -> Iterator[tuple[str, ...]]:
    """A row for each figure; of two playbooks both, ``before → after``."""
    columns = [[result.by_priority[priority] for result in results] for priority in results[0].by_priority]

    def row(heading: str, figure: Any) -> tuple[str, ...]:
        return (heading, *(_both([figure(figures) for figures in column]) for column in columns))

    for heading in ("incidents", "reassigned", "reopened", "unfinished"):
        yield row(heading, lambda figures, name=heading: getattr(figures, name))
    yield ("rises to level", *("" for _ in columns))
    levels = sorted({level for column in columns for figures in column for level in figures.rises})
    for level in levels:
        yield row(f"  {level}", lambda figures, level=level: figures.rises[level])
    yield ("breaches", *("" for _ in columns))
    for clock in _CLOCKS:
        yield row(f"  {clock.replace('_', ' ')}", lambda figures, clock=clock: figures.breached[clock])
    yield ("messages", *("" for _ in columns))
    occasions = sorted({name for column in columns for figures in column for name in figures.messages})
    for occasion in occasions:
        yield row(f"  {occasion.replace('_', ' ')}", lambda figures, name=occasion: figures.messages[name])
    yield row("  all", _all_messages)
    refusals = sorted({name for column in columns for figures in column for name in figures.refused})
    if refusals:
        yield ("moves refused", *("" for _ in columns))
    for name in refusals:
        yield row(f"  {name}", lambda figures, name=name: figures.refused[name])


def _all_messages(figures: Figures) -> int:
    return sum(figures.messages.values())


def _both(values: Sequence[int]) -> str:
    said = [f"{value:,}" for value in values]
    return said[0] if len(set(said)) == 1 else " → ".join(said)


def _title(result: Backtest) -> str:
    return f"Messages by hour of {result.time_zone}: {result.playbook}"


def _load(result: Backtest) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=_title(result))
    for column in ("who", "messages", "0  3  6  9  12 15 18 21", "busiest hour", ""):
        table.add_column(column, no_wrap=True, justify="right" if column in {"messages", ""} else "left")
    for who, load in _by_messages(result)[:_MOST_PEOPLE]:
        [(hour, messages)] = load.busiest.most_common(1)
        bars = "".join(_bar(count, max(load.hours)) for count in load.hours)
        table.add_row(Text(who), f"{load.messages:,}", bars, f"{hour:%Y-%m-%d %H:00}", f"{messages:,}")
    return table


def _bar(count: int, most: int) -> str:
    return _BARS[-(-count * (len(_BARS) - 1) // most)] if most else " "


def import_as_data(log: Log, done: ImportResult) -> dict[str, Any]:
    return {
        "added": done.added,
        "replaced": done.replaced,
        "unchanged": done.unchanged,
        "file": log.source,
        "rows": log.rows,
        "out_of_order": log.out_of_order,
        "faults": [fault._asdict() for fault in log.faults],
        "encoding": log.encoding,
        "time_zone": log.time_zone or None,
        "left_out": log.emptied,
        "absent_columns": log.absent,
    }


def print_import(log: Log, done: ImportResult, where: str) -> None:
    out.print(render_log_summary(log))
    for column in log.absent:
        out.print(f"no column {column}: what it would say stays unknown", style="yellow", markup=False)
    if log.emptied:
        out.print(f"left out whole: {', '.join(log.emptied)}", style="red", markup=False, overflow="fold")
    out.print(
        f"{done.added:,} added, {done.replaced:,} replaced, {done.unchanged:,} unchanged in {where}",
        markup=False,
    )
