"""
``escalate rebase``: running escalations go on by the playbook of today, and what that changes is shown first.

The plan is compiled here for the preview and by the worker for the rebase; both must have the same playbook.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.text import Text

from entrypoints.cli.choices import categories, complete_from, issue_types
from entrypoints.cli.client_call import By, Json, Why, call_client
from entrypoints.cli.command_names import name_options
from entrypoints.cli.render import escalation
from escalation.case.rebase import MovedClock, RebasePreview
from escalation.case.view import MoveResult
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from client import EscalationClient
    from planning.playbook.schema import Playbook

app = typer.Typer()

_AT_ONCE = 8


@frozen
class Outcome:
    """What became of the rebase of one escalation."""

    key: str
    refused: str = ""


@frozen
class Outlook(Outcome):
    """What it would change, or why there cannot be one."""

    rebasing: RebasePreview | None = None

    @property
    def is_change(self) -> bool:
        return self.rebasing is not None and self.rebasing.is_change


@app.command()
def rebase(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", show_default=False)] = None,
    by: By = "",
    why: Why = "",
    all_: Annotated[bool, typer.Option("--all", help="Every open escalation.")] = False,
    category: Annotated[
        str | None,
        typer.Option(
            "--category",
            metavar="ID",
            help="Go on in another category.",
            show_default=False,
            autocompletion=complete_from(categories),
        ),
    ] = None,
    issue_type: Annotated[
        str | None,
        typer.Option(
            "--issue-type",
            metavar="ID",
            help="Of that category.",
            show_default=False,
            autocompletion=complete_from(issue_types),
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    playbook: Annotated[
        Path | None,
        typer.Option(
            "--playbook", help="The worker's playbook; else the configured one.", show_default=False
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Go on by the playbook of today: shows the due times that move, then asks."""
    _require(key, all_, category, by, why, dry_run)
    wanted = _Wanted(_playbook(playbook), issue_type, category)
    with name_options(("category", "issue_type")):
        outlooks = call_client(lambda client: _foreseen(client, key, wanted))
    changes = [outlook for outlook in outlooks if outlook.is_change]
    if not in_json:
        escalation.out.print(_shown(outlooks))
    is_agreed = not dry_run and bool(changes) and (yes or _agrees(len(changes), in_json))
    done = call_client(lambda client: _rebased(client, changes, by, why, wanted)) if is_agreed else []
    if key and done and done[0].refused and not in_json:
        raise MoveNotAllowed(done[0].refused)
    if in_json:
        escalation.as_json({"would_change": outlooks, "rebased": done})
    for outcome in () if in_json else done:
        escalation.out.print(Text(f"{outcome.key}: {outcome.refused or 'rebased'}"))
    refused = [outcome for outcome in (*outlooks, *done) if outcome.refused]
    if refused:
        raise typer.Exit(1)


class _Wanted(NamedTuple):
    playbook: "Playbook"
    issue_type: str | None
    category: str | None


def _require(key: str | None, all_: bool, category: str | None, by: str, why: str, dry_run: bool) -> None:
    faults = []
    if (key is None) is not all_:
        faults.append(Fault(where="KEY", given="both" if key else "neither", allowed="a key, or else --all"))
    if all_ and category:
        faults.append(Fault(where="--category", given="with --all", allowed="one escalation, by its key"))
    if not dry_run:
        missing = {"--as": (by, "who you are"), "--why": (why, "the reason, for the record")}
        faults += [
            Fault(where=option, given="nothing", allowed=allowed)
            for option, (given, allowed) in missing.items()
            if not given
        ]
    if faults:
        raise BadRequest.because("the rebase", faults)


def _playbook(file: Path | None) -> "Playbook":
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    return load_playbook(file or Settings.load().playbook)


def _agrees(many: int, in_json: bool) -> bool:
    if in_json or not sys.stdin.isatty():
        fault = Fault(where="--yes", given="nothing, and nobody to ask", allowed="--yes, or --dry-run")
        raise BadRequest.because("the rebase", (fault,))
    return typer.confirm(f"Rebase {number_of(many, 'escalation')}?")


async def _foreseen(client: "EscalationClient", key: str | None, wanted: _Wanted) -> list[Outlook]:
    if key:
        return [Outlook(key=key, rebasing=await _outlook(client, key, wanted))]
    from client import ask_each

    keys = [row.key async for row in client.list()]
    return [
        Outlook(key=each, rebasing=would)
        if isinstance(would, RebasePreview)
        else Outlook(key=each, refused=_in_one_line(would))
        async for each, would in ask_each(keys, lambda each: _outlook(client, each, wanted), at_once=_AT_ONCE)
    ]


async def _outlook(client: "EscalationClient", key: str, wanted: _Wanted) -> RebasePreview:
    from planning.plan.compiler import recompile_plan

    basis = await client.rebase_basis(key)
    given = {"issue_type": wanted.issue_type, "category": wanted.category}
    request = basis.request.changed(**{name: value for name, value in given.items() if value})
    plan = recompile_plan(wanted.playbook, request, basis.opened_at, datetime.now(UTC))
    sponsors = await client.sponsors(customer.account for customer in request.customers)
    return await client.foresee_rebase(key, plan.sponsored_by(sponsors))


async def _rebased(
    client: "EscalationClient", changes: Sequence[Outlook], by: str, why: str, wanted: _Wanted
) -> list[Outcome]:
    """One that is refused by now, because it was closed meanwhile, does not hold up the others."""
    from client import ask_each

    async def one(key: str) -> MoveResult:
        return await client.rebase(
            key,
            by=by,
            why=why,
            sha256=wanted.playbook.sha256,
            issue_type=wanted.issue_type,
            category=wanted.category,
        )

    keys = [change.key for change in changes]
    return [
        Outcome(key=key, refused=_in_one_line(answer) if isinstance(answer, Exception) else "")
        async for key, answer in ask_each(keys, one, at_once=1)
    ]


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _shown(outlooks: Sequence[Outlook]) -> Text:
    return Text("\n").join(line for outlook in outlooks for line in _lines(outlook))


def _lines(outlook: Outlook) -> Iterator[Text]:
    would = outlook.rebasing
    if would is None:
        yield Text(f"{outlook.key}  cannot be rebased: {outlook.refused}")
    elif not outlook.is_change:
        yield Text(f"{outlook.key}  goes by {would.after} already")
    else:
        yield Text(f"{outlook.key}  {would.before} → {would.after}", style="bold")
        yield from (Text(f"  {line}") for line in _changes(would))


def _changes(would: RebasePreview) -> Iterator[str]:
    if would.level_after != would.level:
        yield f"level {would.level_after} instead of {would.level}"
    if would.owner_after != would.owner:
        yield f"{would.owner_after} is asked instead of {would.owner}"
    for sponsor in would.sponsors:
        yield f"{sponsor} is told of it as a sponsor"
    for name in would.breached:
        yield f"{name.words} is breached at once"
    for moved in would.moved:
        before = escalation.format_due(moved.due_before, is_over=True).plain or "–"
        after = escalation.format_due(moved.due_after, is_over=True).plain or _not_due(moved)
        yield f"{moved.clock.words}: {before} → {after}"


def _not_due(moved: MovedClock) -> str:
    if moved.not_before:
        return f"not before {escalation.format_due(moved.not_before, is_over=True)}"
    return "ends" if moved.ends else "held"
