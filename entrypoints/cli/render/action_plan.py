"""The action plan in a terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from entrypoints.cli.render import escalation
from escalation.case.action_plan import ActionPlan, Step

_STYLES = {"+": "green", "-": "red", "~": "yellow"}


def render_plan(plan: ActionPlan, changes: Sequence[str] | None) -> Text:
    """Return its steps, or else its *changes*, if there are any to be shown."""
    styles = _STYLES if changes is not None else {}
    lines = changes if changes is not None else list(map(_format_step, plan.steps))
    steps = (Text(f"  {line}", style=styles.get(line[0], "")) for line in lines)
    return Text("\n").join((_head(plan), *steps))


def _head(plan: ActionPlan) -> Text:
    head = Text(f"version {plan.version}", style="bold")
    head.append(f", {plan.by}, {plan.at.astimezone():%a %d %b %H:%M}", style="")
    return head.append(f": {' '.join(plan.why.split())}" if plan.why else "", style="italic")


def _format_step(step: Step) -> str:
    due = f", due {escalation.format_time(step.due_at)}" if step.due_at else ""
    return f"{'✓' if step.is_done else '·'} {' '.join(step.what.split())} ({step.owner}{due})"


def differences(before: ActionPlan | None, after: ActionPlan) -> Iterator[str]:
    """``+`` a new step, ``~`` one that changed, with how it was, ``-`` one that is gone; a line each."""
    old = {step.what: step for step in before.steps} if before else {}
    for step in after.steps:
        was = old.pop(step.what, None)
        if was is None:
            yield f"+ {_format_step(step)}"
        elif was != step:
            yield f"~ {_format_step(step)}, was: {_format_step(was)}"
    yield from (f"- {_format_step(step)}" for step in old.values())
