"""
How an escalation looks in a terminal: tables and lines, for people; JSON, for scripts.

Texts from people are shown as text, never as markup. Asks nobody for anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.terminal import as_json, err, out, write, write_json
from entrypoints.words import typed
from escalation.lifecycle import State
from escalation.receipts import Undelivered
from escalation.story import Entry, brief
from escalation.view import ClockView, Receipted, View

__all__ = ["as_json", "err", "out", "write", "write_json"]

if TYPE_CHECKING:
    from client import Listed, ToDo

_MOST_UNDELIVERED = 5

_COLOURS = {
    State.STARTED: "cyan",
    State.COMMUNICATING: "cyan",
    State.RESOLVING: "yellow",
    State.VERIFYING: "magenta",
    State.CLOSING: "blue",
    State.CLOSED: "green",
    State.CANCELLED: "dim",
}


def receipt(answer: Receipted) -> None:
    head = Text(answer.key, style="bold")
    head.append(" is ").append(str(answer.state), style=_COLOURS[answer.state])
    head.append(f", level {answer.level}, owner {answer.owner}")
    if answer.is_repeat:
        head.append(" (was running already; nothing was done again)", style="dim")
    if answer.ticket:
        out.print(Text(f"{answer.ticket} joined {answer.key}"))
    out.print(head)
    for sentence in answer.happened:
        out.print(Text(f"  {sentence}"))


def listing(rows: Sequence["Listed"], width: int) -> RenderableType:
    """In *width* columns all gives way but the key, which people copy; one that takes more than half is folded."""
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    longest = max((cell_len(row.key) for row in rows), default=len("key"))
    table.add_column("key", overflow="fold", width=min(longest, width // 2))
    for column in ("state", "P", "level", "owner", "next due", "customers", "category"):
        table.add_column(column, overflow="ellipsis", no_wrap=column in {"P", "level"})
    for row in rows:
        table.add_row(
            Text(row.key, style="bold"),
            _state(row),
            row.priority,
            str(row.level),
            Text(row.owner),
            Text(away(row.next_due_at)),
            Text(", ".join(row.customers)),
            Text(row.category),
        )
    return table


def _state(row: "Listed") -> Text:
    text = Text(row.state, style=_COLOURS[row.state])
    text.append(" stalled" if row.is_stalled else "", style="bold red")
    text.append(" breached" if row.is_breached else "", style="red")
    return text.append(" undelivered" if row.undelivered else "", style="red")


def to_do(todos: Iterable["ToDo"], now: datetime) -> RenderableType:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("escalation", "N", "due", "owner", "action"):
        table.add_column(column, overflow="fold")
    for todo in todos:
        is_overdue = todo.action.is_overdue(now)
        due_day = Text(
            f"{todo.action.due}{' overdue' if is_overdue else ''}", style="red" if is_overdue else ""
        )
        table.add_row(
            Text(todo.id, style="bold"),
            str(todo.action.number),
            due_day,
            Text(todo.action.owner),
            Text(todo.action.what),
        )
    return table


def counts(rows: Iterable["Listed"]) -> str:
    """``3 escalations: 2 resolving, 1 closing; 1 breached``."""
    found = list(rows)
    states = [f"{sum(row.state is state for row in found)} {state}" for state in State]
    by_state = ", ".join(text for text in states if not text.startswith("0 "))
    breached = sum(row.is_breached for row in found)
    undelivered = sum(bool(row.undelivered) for row in found)
    total = f"{len(found)} {'escalation' if len(found) == 1 else 'escalations'}"
    late = f"; {breached} breached" if breached else ""
    missed = f"; {undelivered} with undelivered messages" if undelivered else ""
    stalled = [row.key for row in found if row.is_stalled]
    stuck = f"; {len(stalled)} stalled: {', '.join(stalled)} (see `escalate doctor`)" if stalled else ""
    return f"{total}{f': {by_state}' if by_state else ''}{late}{missed}{stuck}"


def whole(view: View, entries: Sequence[Entry], *, latest: int | None = None) -> RenderableType:
    """Everything about one escalation."""
    shown = entries[-latest:] if latest else entries
    return Group(_head(view), _facts(view), _clocks(view.clocks), story(shown))


def _head(view: View) -> Text:
    head = Text(view.key, style="bold")
    head.append(f"  {view.subject}\n")
    head.append(str(view.state), style=_COLOURS[view.state])
    head.append(f" · {view.priority} · level {view.level} of {view.levels}, {view.level_name}")
    if view.is_breached:
        head.append(" · breached", style="red")
    if view.is_undocumented:
        head.append(" · undocumented", style="yellow")
    return head


def _facts(view: View) -> Table:
    access = [f"{account}: {view.access[account]}" for account in view.customers if account in view.access]
    facts = {
        "owner": f"{view.owner_name} ({view.owner})" + ("" if view.acknowledged_by else ", not acknowledged"),
        "customers": ", ".join(view.customers),
        "access": ", ".join(access),
        "paused": (view.paused_because or "").replace("_", " "),
        "to do": "; ".join(_numbered(view)),
        "triggers": ", ".join(view.triggers),
        "plan": "; ".join(
            f"{'✓' if step.is_done else '·'} {step.what} ({step.owner})" for step in view.plan_steps
        ),
        "joined": ", ".join(view.tickets),
        "merged here": ", ".join(view.merged),
        "goes on as": view.merged_into or "",
        "to approve": "; ".join(f"{held.number} by {held.by}: {held.text}" for held in view.held_texts),
        "not delivered": "; ".join(map(_undelivered, view.undelivered[:_MOST_UNDELIVERED])) + _more(view),
        "resolution": _resolution(view),
        "task forces": "; ".join(f"{f.name} {f.state.words}, led by {f.lead}" for f in view.task_forces),
        "records": ", ".join(f"{record}: {_settled(why)}" for record, why in view.records.items()),
        "RCA": view.rca if view.rca != "none" else "",
        "causes": "; ".join(view.internal_rca.root_causes) if view.internal_rca else "",
        "customers read": view.customer_rca.summary if view.customer_rca else "",
        "missing": "; ".join(view.missing_to_close) if view.state is State.CLOSING else "",
        "survey": "; ".join(_answers(view)),
        "post-mortem": "; ".join(view.post_mortem.findings) if view.post_mortem else "",
        "actions": "; ".join(_actions(view)),
        "follows": view.predecessor or "",
        "playbook": view.playbook,
        "moves now": ", ".join(typed(move) for move in view.allowed_moves) or "none",
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in facts.items():
        if text:
            table.add_row(name, Text(text))
    return table


def _numbered(view: View) -> Iterator[str]:
    """The responses left, each with the number by which it can be ticked off."""
    for number, response in enumerate(view.responses, 1):
        if response in view.responses_left:
            yield f"{view.level}.{number} {response}"


def _undelivered(each: Undelivered) -> str:
    return f"{each.occasion.replace('_', ' ')} to {each.recipient}: {each.why}"


def _more(view: View) -> str:
    left = len(view.undelivered) - _MOST_UNDELIVERED
    return f"; and {left} more, see escalate messages {view.key}" if left > 0 else ""


def _answers(view: View) -> Iterator[str]:
    for contact, answer in view.survey.items():
        said = f" “{' '.join(answer.comment.split())}”" if answer.comment else ""
        yield f"{contact} {answer.score} of 5{said}"


def _actions(view: View) -> Iterator[str]:
    for action in view.actions:
        yield f"{'·' if action.is_open else '✓'} {action.number}. {action.what} ({action.owner}, due {action.due})"


def _resolution(view: View) -> str:
    if view.resolution is None:
        return ""
    by = f"verified by {view.resolution.verified_by}" if view.resolution.verified_by else "not verified"
    return f"{view.resolution.kind}, {by}: {view.resolution.done}"


def _settled(why: str | None) -> str:
    return "not settled" if why is None else f"stays open, {why}" if why else "closed"


def _clocks(clocks: Iterable[ClockView]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("clock", "due", "outcome"):
        table.add_column(column)
    for clock in clocks:
        style = {"breached": "red", "met": "green"}.get(clock.outcome or "", "")
        outcome = clock.outcome or ("held" if clock.is_held else "running")
        table.add_row(clock.name.words, _due(clock), Text(outcome, style=style))
    return table


def _due(clock: ClockView) -> Text:
    if clock.not_before:
        return Text.assemble("not before ", due(clock.not_before))
    return due(clock.due_at, is_over=bool(clock.outcome))


def story(entries: Iterable[Entry]) -> Group:
    return Group(*(line(entry) for entry in entries))


def line(entry: Entry) -> Text:
    text = Text(f"{entry.at.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    text.append(entry.text, style="")
    if entry.note:
        text.append(f"  “{' '.join(entry.note.split())}”", style="italic")
    return text


def due(at: datetime | None, *, is_over: bool = False, in_year: bool = False) -> Text:
    """A due time in the reader's own zone, and how far off it is while that matters; *in_year*: says even this year."""
    if at is None:
        return Text("")
    there = at.astimezone()
    year = "%Y " if in_year or there.year != datetime.now(UTC).astimezone().year else ""
    when = f"{there:%a %d %b {year}%H:%M}"
    return Text(when if is_over else f"{when}, {away(at)}")


def away(at: datetime | None) -> str:
    if at is None:
        return ""
    left = at - datetime.now(UTC)
    return f"in {brief(left)}" if left.total_seconds() > 0 else f"{brief(-left)} ago"
