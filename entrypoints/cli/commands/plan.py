"""
The action plan: ``escalate plan KEY`` writes a new version, ``escalate plan show KEY`` reads them (COMM-10).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text
from typer.core import TyperGroup

from entrypoints.cli.client_call import By, Json, Key, Why, call_client, make_move
from entrypoints.cli.option_values import OptionValues, bad_option, parse_time
from entrypoints.cli.render import escalation
from entrypoints.files import read_model
from escalation.case import commands as c
from escalation.case.events import Step
from escalation.case.state import ActionPlan
from escalation.kernel.refusals import quote_input
from escalation.kernel.values import Input, to_plain

_WRITE = "write"
_READ_NO_FURTHER = {"owner": "-", "what": "-"}
"""Stands in for a step that is refused already, so that the others keep their numbers."""


class _WritesUnlessTold(TyperGroup):
    """``escalate plan KEY`` is ``escalate plan write KEY``: no key is a word without a slash."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_named = bool(args) and (args[0] in self.commands or args[0] in {"-h", "--help"})
        found: list[str] = super().parse_args(ctx, args if is_named or not args else [_WRITE, *args])
        return found


app = typer.Typer(
    cls=_WritesUnlessTold,
    no_args_is_help=True,
    help="The action plan: write a new version, or show one. `escalate plan KEY` writes.",
)


class _Steps(Input):
    steps: tuple[Step, ...]


@app.command(_WRITE)
def write(
    key: Key,
    by: By,
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--step",
            metavar="'OWNER: WHAT; due TIME'",
            help="A step, such as 'ben: Call the customer; due 2030-01-31T12:00'. The due time may be a day alone, "
            "which ends it, or be left out. Repeat for more steps.",
        ),
    ] = None,
    tz: Annotated[
        str, typer.Option("--tz", metavar="ZONE", help="Whose time the due times of --step are.")
    ] = "UTC",
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            metavar="FILE|-",
            help="Instead: YAML or JSON with a list `steps`, each with `owner`, `what`, and if you like `due_at`, "
            "such as 2030-01-31T12:00+07:00, and `is_done`.",
        ),
    ] = None,
    why: Why = "",
    in_json: Json = False,
) -> None:
    """Write a new version of the action plan: all of its steps. Each version is kept."""
    options = OptionValues()
    there = options.zone(tz)
    if file and step:
        options.refuse("--file, --step", "both", "one of them")
    steps: Any = [options.read(_READ_NO_FURTHER, _step, *each, there) for each in enumerate(step or (), 1)]
    if file and not step:
        steps = read_model(file, _Steps, "the plan").steps
    make_move(key, c.RevisePlan, in_json, options.faults, by=by, steps=steps, why=why)


_DUE = re.compile(r";\s*due\s+(?P<due>[^;]+)$", re.IGNORECASE)
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_END_OF_A_DAY = "T23:59"


def _step(number: int, text: str, there: ZoneInfo) -> dict[str, Any]:
    """``ben: Call the customer; due 2030-01-31``"""
    said = _DUE.search(text)
    owner, _, what = (part.strip() for part in text[: said.start() if said else None].partition(":"))
    if not (owner and what):
        allowed = "OWNER: WHAT, such as 'ben: Call the customer; due 2030-01-31T12:00'"
        raise bad_option(f"--step {number}", quote_input(text), allowed)
    return {
        "owner": owner,
        "what": what,
        "due_at": _due(number, said["due"].strip(), there) if said else None,
    }


def _due(number: int, text: str, there: ZoneInfo) -> datetime | None:
    day_ends = _END_OF_A_DAY if _A_DAY.fullmatch(text) else ""
    return parse_time(text + day_ends, there, f"--step {number}, due")


@app.command()
def show(
    key: Key,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="Else the latest.", show_default=False)
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="What changed since the version before.")] = False,
    in_json: Json = False,
) -> None:
    """Show a version of the action plan: its steps, who wrote it, and why."""
    plans = call_client(lambda client: client.action_plans(key))
    plan = _the_one(plans, version)
    before = next((each for each in plans if each.version == plan.version - 1), None)
    changes = list(differences(before, plan)) if diff else []
    if in_json:
        escalation.as_json({**to_plain(plan), **({"changes": changes} if diff else {})})
        return
    escalation.out.print(_head(plan))
    for line in changes if diff else map(_worded, plan.steps):
        escalation.out.print(Text(f"  {line}", style=_STYLES.get(line[0], "") if diff else ""))


_STYLES = {"+": "green", "-": "red", "~": "yellow"}


def _the_one(plans: Sequence[ActionPlan], version: int | None) -> ActionPlan:
    """
    Raises:
        BadRequest: If there is no such version.
    """
    known = ", ".join(str(plan.version) for plan in plans) or "none: there is no plan yet"
    wanted = version if version is not None else (plans[-1].version if plans else 0)
    found = next((plan for plan in plans if plan.version == wanted), None)
    if found is None:
        raise bad_option("--version", "nothing" if version is None else str(version), known)
    return found


def _head(plan: ActionPlan) -> Text:
    head = Text(f"version {plan.version}", style="bold")
    head.append(f", {plan.by}, {plan.at.astimezone():%a %d %b %H:%M}", style="")
    return head.append(f": {' '.join(plan.why.split())}" if plan.why else "", style="italic")


def _worded(step: Step) -> str:
    due = f", due {escalation.format_time(step.due_at)}" if step.due_at else ""
    return f"{'✓' if step.is_done else '·'} {' '.join(step.what.split())} ({step.owner}{due})"


def differences(before: ActionPlan | None, after: ActionPlan) -> Iterator[str]:
    """``+`` a new step, ``~`` one that changed, with how it was, ``-`` one that is gone; a line each."""
    old = {step.what: step for step in before.steps} if before else {}
    for step in after.steps:
        was = old.pop(step.what, None)
        if was is None:
            yield f"+ {_worded(step)}"
        elif was != step:
            yield f"~ {_worded(step)}, was: {_worded(was)}"
    yield from (f"- {_worded(step)}" for step in old.values())
