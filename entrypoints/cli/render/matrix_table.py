"""
The matrix in a terminal: one table for each category, and one of the priorities.

Categories of an issue type that have the same levels share a table. Words are those of ``planning.playbook.matrix``.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planning.playbook.matrix import CategoryTable, LevelRow, PriorityRow


def matrix(tables: Iterable[CategoryTable]) -> RenderableType:
    together: dict[object, list[CategoryTable]] = {}
    for table in tables:
        together.setdefault((table.issue_type, table.levels, table.terms, table.executive_level), []).append(
            table
        )
    return Group(*(part for same in together.values() for part in _one(same)))


def _one(same: Sequence[CategoryTable]) -> Iterator[RenderableType]:
    first = same[0]
    yield Text(f"\n{first.issue_type_name}", style="bold").append(
        f"  {first.issue_type}", style="not bold dim"
    )
    for table in same:
        begins = f"  begins at level {table.entry_level}" if table.entry_level > 1 else ""
        yield Text(f"  {table.name}").append(f"  {table.category}{begins}", style="dim")
    if first.terms:
        yield Text(f"  At each level: {', '.join(first.terms)}.")
    shown = Table(box=box.ROUNDED, show_lines=True, expand=False)
    shown.add_column("", justify="right", no_wrap=True)
    shown.add_column("contact", min_width=14, overflow="fold")
    shown.add_column("window", min_width=8, max_width=14)
    shown.add_column("responses", ratio=2, overflow="fold")
    shown.add_column("triggers to rise", ratio=3, overflow="fold")
    for level in first.levels:
        shown.add_row(
            str(level.number),
            _contact(level, is_executive=level.number == first.executive_level),
            Text(level.window),
            Text("\n".join(f"· {response}" for response in level.responses)),
            _triggers(level),
        )
    yield shown


def _contact(level: LevelRow, *, is_executive: bool) -> Text:
    text = Text(level.name, style="bold").append(f"\n{', '.join(level.contacts)}", style="not bold")
    for term in level.terms:
        text.append(f"\n{term}", style="not bold dim")
    if is_executive:
        text.append("\nexecutive threats go here", style="not bold dim")
    return text


def _triggers(level: LevelRow) -> Text:
    lines = []
    for trigger in level.triggers:
        line = Text(trigger.says).append(f"  {trigger.name}", style="dim")
        if trigger.to_level != level.number + 1:
            line.append(f" → level {trigger.to_level}", style="bold")
        lines.append(line)
    return Text("\n").join(lines)


def render_priorities(rows: Sequence[PriorityRow]) -> RenderableType:
    table = Table(box=box.ROUNDED, title="Priorities", title_justify="left", title_style="bold")
    table.add_column("")
    for row in rows:
        table.add_column(row.priority)
    table.add_row(
        "counts", *("every minute" if row.basis == "24x7" else f"open hours, {row.calendar}" for row in rows)
    )
    table.add_row("begins at level", *(str(row.entry_level) for row in rows))
    table.add_row("windows", *(f"{row.window_percent} %" for row in rows))
    table.add_row("RCA", *("required" if row.rca_required else "on request" for row in rows))
    for clock in rows[0].targets:
        table.add_row(clock.words, *(row.targets[clock] for row in rows))
    table.add_row("notified at the start", *(Text("\n".join(row.stakeholders)) for row in rows))
    return table
