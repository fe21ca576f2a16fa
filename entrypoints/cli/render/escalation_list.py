"""
Lists of escalations in a terminal: one line each where there is room, and a key that is always whole.

People copy keys. One that takes more than half of the width stands in a line of its own, which no terminal cuts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from client import EscalationListing, ToDo
from entrypoints.cli.render.escalation import COLOURS, format_rough_time_left
from escalation.case.lifecycle import State
from escalation.kernel.counted_nouns import number_of

_WIDE = 130
"""Columns of a terminal that has room for all that is known."""
_LEAST_OF_A_TEXT = 16
_MOST_OF_A_NAME = 20


def render_escalations(rows: Sequence["EscalationListing"], width: int) -> RenderableType:
    """Accounts and category are shown in a wide terminal; they are filters, and in JSON, in any."""
    is_wide = width >= _WIDE
    columns = ["state", "P", "level", "owner", "next due", *(["customers", "category"] * is_wide), "subject"]
    return _by_key("key", columns, [(row.key, _cells(row, is_wide=is_wide)) for row in rows], width)


def _cells(row: "EscalationListing", *, is_wide: bool) -> list[Text]:
    known = [
        Text(row.priority),
        Text(str(row.level)),
        Text(row.owner),
        Text(format_rough_time_left(row.next_due_at)),
    ]
    more = [Text(", ".join(row.customers)), Text(row.category)] if is_wide else []
    return [_state(row), *known, *more, Text(" ".join(row.subject.split()))]


def _state(row: "EscalationListing") -> Text:
    text = Text(row.state, style=COLOURS[row.state])
    text.append(" stalled" if row.is_stalled else "", style="bold red")
    text.append(" breached" if row.is_breached else "", style="red")
    return text.append(" undelivered" if row.undelivered else "", style="red")


def render_actions(todos: Iterable["ToDo"], now: datetime, width: int) -> RenderableType:
    columns = ["N", "due", "owner", "action"]
    return _by_key("escalation", columns, [(todo.id, _action(todo, now)) for todo in todos], width)


def _action(todo: "ToDo", now: datetime) -> list[Text]:
    is_overdue = todo.action.is_overdue(now)
    due_day = Text(f"{todo.action.due}{' overdue' if is_overdue else ''}", style="red" if is_overdue else "")
    return [Text(str(todo.action.number)), due_day, Text(todo.action.owner), Text(todo.action.what)]


def _by_key(
    name: str, columns: Sequence[str], rows: Sequence[tuple[str, list[Text]]], width: int
) -> RenderableType:
    """A table whose last column has what is left of *width*; a block for each, where that is too little."""
    widths = [max([cell_len(name), *(cell_len(key) for key, _ in rows)])]
    for place, column in enumerate(columns[:-1]):
        widths.append(_width_of(column, [cells[place] for _, cells in rows], is_wide=width >= _WIDE))
    is_one_line = columns[-1] == "subject"
    room = width - sum(widths) - len(widths)
    if room < _LEAST_OF_A_TEXT:
        return Group(*(_block(key, cells, width if is_one_line else None) for key, cells in rows))
    table = Table(box=box.SIMPLE, padding=0, pad_edge=False, show_edge=False)
    for column, wide in zip((name, *columns[:-1]), widths, strict=True):
        table.add_column(column, width=wide, overflow="ellipsis")
    table.add_column(columns[-1], max_width=room, overflow="ellipsis", no_wrap=is_one_line)
    for key, cells in rows:
        table.add_row(Text(key, style="bold"), *cells)
    return table


def _width_of(column: str, cells: Sequence[Text], *, is_wide: bool) -> int:
    """Wide enough for each word, so that none is cut but a long name."""
    is_wrapped = column in _WRAPPED and not is_wide
    words = [word for cell in cells for word in (cell.plain.split() if is_wrapped else [cell.plain])]
    most = 2 * _MOST_OF_A_NAME if is_wide else _MOST_OF_A_NAME
    return max(cell_len(column), min(most, max(map(cell_len, words), default=0)))


_WRAPPED = frozenset({"state", "due"})


def _block(key: str, cells: Sequence[Text], width: int | None) -> Group:
    rest = Text("  ").append_text(Text(" · ").join(cell for cell in cells if cell.plain))
    if width:
        rest.truncate(width, overflow="ellipsis")
    return Group(Text(key, style="bold", no_wrap=True, overflow="ignore"), rest)


def count_by_state(rows: Iterable["EscalationListing"]) -> str:
    """``3 escalations: 2 resolving, 1 closing; 1 breached``."""
    found = list(rows)
    states = [f"{sum(row.state is state for row in found)} {state}" for state in State]
    by_state = ", ".join(text for text in states if not text.startswith("0 "))
    breached = sum(row.is_breached for row in found)
    undelivered = sum(bool(row.undelivered) for row in found)
    late = f"; {breached} breached" if breached else ""
    missed = f"; {undelivered} with undelivered messages" if undelivered else ""
    stalled = [row.key for row in found if row.is_stalled]
    stuck = f"; {len(stalled)} stalled: {', '.join(stalled)} (see `escalate doctor`)" if stalled else ""
    total = number_of(len(found), "escalation")
    unread = "".join(f"\n{row.key}: {row.unreadable}" for row in found if row.unreadable)
    return f"{total}{f': {by_state}' if by_state else ''}{late}{missed}{stuck}{unread}"
