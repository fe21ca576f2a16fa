"""
An escalation in a terminal: tables and lines.

Texts from people are shown as text, never as markup. Asks nobody for anything.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.cli.command_names import command_for
from entrypoints.reason_text import say
from escalation.case.action_plan import Step
from escalation.case.events import CLOCKWORK
from escalation.case.lifecycle import State
from escalation.case.request import Evidence
from escalation.case.view import MoveResult, View
from escalation.kernel.clock_view import ClockView
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.reasons import Term, sentences, term
from escalation.kernel.timeline_entry import TimelineEntry, brief

_MOST_UNDELIVERED = 5

COLOURS = {
    State.STARTED: "cyan",
    State.COMMUNICATING: "cyan",
    State.RESOLVING: "yellow",
    State.VERIFYING: "magenta",
    State.CLOSING: "blue",
    State.CLOSED: "green",
    State.CANCELLED: "dim",
}


def render_move_result(answer: MoveResult) -> Group:
    head = Text(answer.key, style="bold")
    head.append(" is ").append(str(answer.state), style=COLOURS[answer.state])
    head.append(f", level {answer.level}, owner {answer.owner}")
    if answer.is_repeat:
        head.append(" (was running already; nothing was done again)", style="dim")
    joined = [Text(f"{answer.case_key} joined {answer.key}")] if answer.case_key else []
    return Group(*joined, head, *(Text(f"  {say(what)}") for what in answer.happened))


def render_escalation(
    view: View, entries: Iterable[TimelineEntry], *, latest: int | None = None, clocks: bool = False
) -> RenderableType:
    """Everything about one escalation."""
    return Group(
        _head(view),
        _facts(view),
        render_clocks(view.clocks),
        render_timeline(entries, latest=latest, clocks=clocks),
    )


def _head(view: View) -> Text:
    head = Text(view.key, style="bold")
    head.append(f"  {view.subject}\n")
    head.append(str(view.state), style=COLOURS[view.state])
    head.append(f" · {view.priority} · level {view.level} of {view.levels}, {view.level_name}")
    if view.is_breached:
        head.append(" · breached", style="red")
    if view.is_undocumented:
        head.append(" · evidence is missing", style="yellow")
    return head


def _facts(view: View) -> Table:
    access = [f"{account}: {view.access[account]}" for account in view.customers if account in view.access]
    facts = {
        "impact": "; ".join(_impacts(view)),
        "owner": f"{view.owner_name} ({view.owner})" + ("" if view.acknowledged_by else ", not acknowledged"),
        "customers": ", ".join(view.customers),
        "estimate": _estimate(view),
        "asked": "; ".join(
            f"{each.number}. {each.account}, by {format_time(each.due_at)}: {' '.join(each.text.split())}"
            for each in view.questions
        ),
        "evidence": "; ".join(map(_evidence, view.evidence)),
        "access": ", ".join(access),
        "paused": (view.paused_because or "").replace("_", " "),
        "to do": "; ".join(_numbered(view)),
        "triggers": ", ".join(view.triggers),
        "plan": "; ".join(
            f"{'✓' if step.is_done else '·'} {step.what} ({step.owner}{_until(step)})"
            for step in view.plan_steps
        ),
        "joined": ", ".join(view.joined_keys),
        "merged here": ", ".join(view.merged),
        "goes on as": view.merged_into or "",
        "to approve": "; ".join(f"{held.number} by {held.by}: {held.text}" for held in view.pending_texts),
        "not delivered": _undelivered(view) + _more(view),
        "resolution": _resolution(view),
        "task forces": "; ".join(f"{f.name} {say(term(f.state))}, led by {f.lead}" for f in view.task_forces),
        "records": ", ".join(f"{record}: {_settled(why)}" for record, why in view.records.items()),
        "RCA": view.rca if view.rca != "none" else "",
        "causes": "; ".join(view.internal_rca.root_causes) if view.internal_rca else "",
        "customers read": view.customer_rca.summary if view.customer_rca else "",
        "missing": say(sentences(view.missing_to_close)) if view.state is State.CLOSING else "",
        "survey": "; ".join(_answers(view)),
        "post-mortem": "; ".join(view.post_mortem.findings) if view.post_mortem else "",
        "actions": "; ".join(_actions(view)),
        "follows": view.predecessor or "",
        "playbook": view.playbook,
        "moves now": ", ".join(command_for(move) for move in view.allowed_moves) or "none",
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in facts.items():
        if text:
            table.add_row(name, Text(text))
    return table


def _until(step: Step) -> str:
    return f", due {format_time(step.due_at)}" if step.due_at else ""


def _numbered(view: View) -> Iterator[str]:
    """The responses left, each with the number by which it can be ticked off."""
    for number, response in enumerate(view.responses, 1):
        if response in view.responses_left:
            yield f"{view.level}.{number} {response}"


def _impacts(view: View) -> Iterator[str]:
    for account, impact in view.impacts.items():
        words = " ".join(impact.split())
        yield f"{account}: {words}" if len(view.customers) > 1 else words


def _estimate(view: View) -> str:
    if view.estimate is None:
        return ""
    return f"solved by {format_time(view.estimate.solved_by)}, certainty {view.estimate.sure}"


def _evidence(piece: Evidence) -> str:
    said = {
        "": f"{piece.kind.replace('_', ' ')}: {' '.join(piece.what.split())}",
        "by ": piece.who,
        "on ": f"{piece.on:%d %b %Y}" if piece.on else "",
        "at ": format_time(piece.at) if piece.at else "",
        "outcome: ": piece.outcome or "",
        "see ": piece.link,
    }
    return ", ".join(f"{word}{text}" for word, text in said.items() if text)


def _undelivered(view: View) -> str:
    return "; ".join(
        f"{each.occasion.replace('_', ' ')} to {view.contacts.get(each.recipient, each.recipient)}: {say(each.why)}"
        for each in view.undelivered[:_MOST_UNDELIVERED]
    )


def _more(view: View) -> str:
    left = len(view.undelivered) - _MOST_UNDELIVERED
    return f"; and {left} more, see escalate messages {view.key}" if left > 0 else ""


def _answers(view: View) -> Iterator[str]:
    for contact, answer in view.survey.items():
        said = f" “{' '.join(answer.comment.split())}”" if answer.comment else ""
        yield f"{view.contacts.get(contact, contact)} {answer.score} of 5{said}"


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


def render_clocks(clocks: Iterable[ClockView]) -> Table:
    """A row for each clock: when it is due, and its outcome."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("clock", "due", "outcome"):
        table.add_column(column)
    for clock in clocks:
        style = {"breached": "red", "met": "green"}.get(clock.outcome or "", "")
        outcome = clock.outcome or ("held" if clock.is_held else "running")
        table.add_row(say(Term("ClockName", clock.name)), _due(clock), Text(outcome, style=style))
    return table


def _due(clock: ClockView) -> Text:
    if clock.not_before:
        return Text.assemble("not before ", format_due(clock.not_before))
    return format_due(clock.due_at, is_over=bool(clock.outcome))


def render_timeline(
    entries: Iterable[TimelineEntry],
    *,
    latest: int | None = None,
    clocks: bool = False,
    clockwork: Collection[str] = CLOCKWORK,
) -> Group:
    """
    Return the timeline, each line with who did it, and by which door, where that is known. Lines of *clockwork*, which
    only keep time, are counted, not shown, unless *clocks* are asked for.
    """
    every = tuple(entries)
    listed = [entry for entry in every if clocks or entry.kind not in clockwork]
    shown = listed[-latest:] if latest else listed
    actors, doors = _padded(map(_actor, shown)), _padded(map(_door, shown))
    folded = len(every) - len(listed)
    more = [Text(f"{number_of(folded, 'line')} of clocks not shown; --clocks shows them", style="dim")]
    return Group(*map(_line, shown, actors, doors), *(more if folded else ()))


def _line(entry: TimelineEntry, actor: str, door: str) -> Text:
    text = Text(f"{entry.at.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    text.append(actor, style="cyan").append(door, style="dim")
    text.append(entry.say_without_actor(say), style="")
    for words in filter(None, (entry.told, say(entry.note))):
        text.append(f"  “{' '.join(words.split())}”", style="italic")
    return text


def _actor(entry: TimelineEntry) -> str:
    return entry.by_name or entry.by


def _door(entry: TimelineEntry) -> str:
    return say(Term("DoorName", entry.door.name)) if entry.door else ""


def _padded(words: Iterable[str]) -> list[str]:
    """Return a column of *words*, with the space to the next one; of none, there is no column."""
    column = tuple(words)
    width = max(map(cell_len, column), default=0)
    return [f"{word}{' ' * (width - cell_len(word) + 2)}" if width else "" for word in column]


def format_time(at: datetime) -> str:
    """In the reader's own zone, with its name: ``2030-01-31 12:00 WIB``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}"


def format_due(at: datetime | None, *, is_over: bool = False, in_year: bool = False) -> Text:
    """A due time in the reader's own zone, and how far off it is while that matters; *in_year*: says even this year."""
    if at is None:
        return Text("")
    there = at.astimezone()
    year = "%Y " if in_year or there.year != datetime.now(UTC).astimezone().year else ""
    when = f"{there:%a %d %b {year}%H:%M}"
    return Text(when if is_over else f"{when}, {format_time_left(at)}")


def format_time_left(at: datetime | None, words: Callable[[timedelta], str] = brief) -> str:
    if at is None:
        return ""
    left = at - datetime.now(UTC)
    return f"in {words(left)}" if left.total_seconds() > 0 else f"{words(-left)} ago"


def format_rough_time_left(at: datetime | None) -> str:
    """``in 12 h``: in the largest unit alone, for lists."""
    return format_time_left(at, lambda span: " ".join(brief(span).split()[:2]))
