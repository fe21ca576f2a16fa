"""
Forecasts in a terminal: simulated runs, gaps in coverage, changes of a playbook.

For people; scripts ask for JSON. Texts from files are shown as text, never as markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from escalation.kernel.counted_nouns import number_of
from escalation.kernel.timeline_entry import brief
from planning.calendars.instants import format_after_start
from planning.forecast.coverage import Gap, SharedGaps, share_gaps
from planning.forecast.forecast import Forecast, ForecastEntry, ForecastLevel
from planning.forecast.playbook_diff import Change
from planning.forecast.time_changes import TimeChange

_MOST_GAPS = 5
_STYLES = {
    "opened": "bold",
    "level_raised": "bold yellow",
    "clock_breached": "red",
    "clock_chased": "red",
    "move_refused": "magenta",
}


def format_local(at: datetime, zone: ZoneInfo) -> str:
    """``Fri 20 Nov 16:30``, with seconds where there are any."""
    there = at.astimezone(zone)
    return f"{there:%a %d %b %H:%M:%S}" if there.second else f"{there:%a %d %b %H:%M}"


def render_forecast(
    forecast: Forecast, zone: ZoneInfo, title: str, *, brief_only: bool = False
) -> RenderableType:
    """The levels in short, and then everything that would happen (in brief: without the messages)."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    shown: datetime | None = None
    entries = [entry for entry in forecast.entries if not (brief_only and entry.is_message)]
    for entry in entries:
        when = Text(format_local(entry.at, zone) if entry.at != shown else "", style="dim")
        after = "" if entry.at == shown else format_after_start(entry.at - forecast.starts_at)
        table.add_row(when, Text(after, style="dim"), _line(entry))
        shown = entry.at
    head = Text(f"{title}\n", style="bold").append(f"times of {zone.key}\n", style="dim")
    messages = Text(_messages(forecast), style="dim")
    parts: list[RenderableType] = [head, _levels(forecast.levels, forecast.starts_at, zone), messages, table]
    if forecast.is_cut_off:
        parts.append(Text("More would happen than is shown: --until ends it earlier.", style="red"))
    return Group(*parts)


def _messages(forecast: Forecast) -> str:
    """Return how many messages there are, and how many of them nobody wrote: what a customer has to bear."""
    in_all = sum(len(entry.to) for entry in forecast.entries if entry.is_message)
    said = f"{number_of(in_all, 'message')}, {forecast.customer_messages:,} of them to customers"
    if not forecast.holding_updates:
        return f"{said}\n"
    more = "" if forecast.last.may_hold_the_line else ", and no more until somebody writes to customers"
    return f"{said}; holding updates by itself: {forecast.holding_updates:,}{more}\n"


def _line(entry: ForecastEntry) -> Text:
    if not entry.is_message:
        return Text(f"● {entry.text}", style=_STYLES.get(entry.kind, ""))
    why = "" if entry.for_customers else f": {entry.text}"
    style = "green" if entry.for_customers else "blue"
    line = Text("  → ", style="dim").append(", ".join(entry.names), style=style)
    return line.append(f"  {entry.kind.replace('_', ' ')}{why}", style="dim")


def _levels(levels: Iterable[ForecastLevel], starts_at: datetime, zone: ZoneInfo) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("level", "name", "with", "reached", "after", "held for"):
        table.add_column(column)
    for level in levels:
        table.add_row(
            str(level.level),
            Text(level.name),
            Text(level.owner),
            format_local(level.at, zone),
            format_after_start(level.at - starts_at),
            brief(level.until - level.at) if level.until else "the end",
        )
    return table


def render_gaps(found: Iterable[Gap], zone: ZoneInfo, *, shows_all: bool = False) -> RenderableType:
    """The gaps by level, shown once for the categories that have them alike; of many, the first."""
    most = None if shows_all else _MOST_GAPS
    return Group(*(line for level in share_gaps(found) for line in _of_level(level, zone, most)))


def _of_level(level: SharedGaps, zone: ZoneInfo, most: int | None) -> Iterator[Text]:
    count = len(level.stretches)
    hours = level.total / timedelta(hours=1)
    head = Text(f"level {level.level} {level.name}", style="bold")
    head.append(f": nobody of {', '.join(level.contacts)}", style="not bold red")
    yield head.append(f"  {number_of(count, 'gap')}, {hours:,.1f} h in all", style="not bold dim")
    yield Text(f"  {', '.join(level.categories)}", style="cyan")
    for start, end in level.stretches[:most]:
        yield Text(f"  {_with_year(start, zone)} - {_with_year(end, zone)}")
    if most is not None and count > most:
        yield Text(f"  and {count - most:,} more; --all shows each", style="dim")


def _with_year(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"


def render_difference(
    changes: Iterable[Change], moved: Sequence[TimeChange], zone: ZoneInfo
) -> RenderableType:
    """Return the changes in words, and then in times."""
    parts: list[RenderableType] = []
    part = ""
    for change in changes:
        if change.part != part:
            parts.append(Text(("\n" if parts else "") + change.part, style="bold"))
            part = change.part
        whom = Text(f"  {', '.join(change.concerns)}: " if change.concerns else "  ", style="cyan")
        parts.append(whom.append(change.what, style="default"))
    for times in moved:
        parts += ["", _moved(times, zone)]
    return Group(*parts) if parts else Text("Nothing changes.")


def _moved(times: TimeChange, zone: ZoneInfo) -> RenderableType:
    head = Text(f"{times.priority}", style="bold").append(f"  {', '.join(times.categories)}", style="cyan")
    lines = [head.append(", if nobody answers", style="dim")]
    for rise in times.rises:
        now = format_local(rise.new_at, zone) if rise.new_at else "not at all"
        before = format_local(rise.old_at, zone) if rise.old_at else "not at all"
        lines.append(Text(f"  level {rise.level} reached {now} instead of {before}"))
    if times.old_messages != times.new_messages:
        lines.append(Text(f"  {number_of(times.new_messages, 'message')} instead of {times.old_messages:,}"))
    return Group(*lines)
