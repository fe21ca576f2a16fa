"""
A move before it is made, and what happens if nobody acts: in a terminal.

For people; scripts ask for JSON. Texts for customers are shown as text, never as markup.
"""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from entrypoints.cli.render.escalation import COLOURS, format_due, render_clocks
from entrypoints.reason_text import say
from escalation.case.lifecycle import State
from escalation.kernel.reasons import term
from escalation.move_preview import Consequence, MovePreview, Notified, SampleMessage
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.task_force.lifecycle import TaskForceState

_MOST_SHOWN = 12
"""Names in one cell."""


def render_preview(about: str, preview: MovePreview) -> RenderableType:
    """The state after it, what happens, the clocks, and each message in words."""
    then = preview.consequence
    head = Text(about, style="bold").append(" would be ")
    head.append(str(then.state), style=COLOURS[then.state] if isinstance(then.state, State) else "")
    head.append(_holder(then))
    head.append("; nothing has changed", style="dim")
    happens = [Text(f"  {say(what)}") for what in then.happened]
    nobody = Text("nobody would be notified", style="dim")
    told = [Text("→ ", style="dim").append_text(line) for line in _notified(then.notified)] or [nobody]
    return Group(head, *happens, render_clocks(preview.clocks), *told, *map(_message, preview.messages))


def _holder(then: Consequence) -> str:
    match then.state:
        case TaskForceState():
            return f", led by {then.owner}"
        case SponsorshipState():
            return f", sponsor {then.owner}" if then.owner else ""
        case _:
            return f", level {then.level}, owner {then.owner}"


def render_outlook(steps: Sequence[Consequence]) -> RenderableType:
    """Each instant at which something happens: what, at which level and with which owner, and who is notified."""
    if not steps:
        return Text("nothing happens by itself until somebody acts")
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    held = ""
    for step in steps:
        holds = f"level {step.level}, {step.owner_name}"
        lines = [Text(f"● {say(what)}") for what in step.happened]
        lines += [Text(f"  {holds}", style="bold yellow")] if holds != held else []
        lines += [Text("  → ", style="dim").append_text(line) for line in _notified(step.notified)]
        table.add_row(format_due(step.at), Text("\n").join(lines))
        held = holds
    return table


def _notified(people: Iterable[Notified]) -> list[Text]:
    """A line for each occasion: who is notified of it, customers apart."""
    by_occasion: dict[tuple[str, bool], dict[str, None]] = {}
    for each in people:
        by_occasion.setdefault((say(term(each.occasion)), each.for_customers), {})[each.name] = None
    return [
        Text(f"{_names([*names])}: ", style="green" if for_customers else "blue").append(
            occasion, style="dim"
        )
        for (occasion, for_customers), names in by_occasion.items()
    ]


def _names(names: Sequence[str]) -> str:
    left = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {left} more" if left > 0 else "")


def _message(sample: SampleMessage) -> Panel:
    audience = "customer" if sample.for_customers else "internal"
    about = f"{say(term(sample.occasion))} to {sample.name}, {audience}, {sample.language}"
    return Panel(
        Text(sample.text.rstrip()), title=Text(sample.subject), subtitle=Text(about), box=box.ROUNDED
    )
