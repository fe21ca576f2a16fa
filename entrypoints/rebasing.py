"""
``escalate rebase``: running escalations go on by the playbook of today, and what that changes is shown first.

The plan is compiled here for the preview and by the worker for the rebase; both must have the same playbook.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from entrypoints import showing
from entrypoints.asking import By, Json, Why, with_client
from escalation.base import Frozen
from escalation.errors import BadRequest, EscalationError, Fault
from escalation.rebasing import MovedClock, Rebasing

if TYPE_CHECKING:
    from client import EscalationClient
    from planning.schema import Playbook

app = typer.Typer()

_AT_ONCE = 8


class Outlook(Frozen):
    """What a rebase of one escalation would change, or why there cannot be one."""

    key: str
    rebasing: Rebasing | None = None
    refused: str = ""

    @property
    def is_change(self) -> bool:
        return self.rebasing is not None and self.rebasing.before != self.rebasing.after


@app.command()
def rebase(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", show_default=False)] = None,
    by: By = "",
    why: Why = "",
    all_: Annotated[bool, typer.Option("--all", help="Every open escalation.")] = False,
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
    _require(key, all_, by, why, dry_run)
    known = _playbook(playbook)
    outlooks = with_client(lambda client: _foreseen(client, key, known))
    changes = [outlook for outlook in outlooks if outlook.is_change]
    if not in_json:
        showing.out.print(_shown(outlooks))
    is_agreed = not dry_run and bool(changes) and (yes or _agrees(len(changes), in_json))
    done = with_client(lambda client: _rebased(client, changes, by, why, known)) if is_agreed else ()
    if in_json:
        showing.as_json({"would_change": outlooks, "rebased": done})
    elif done:
        showing.out.print(Text(f"rebased: {', '.join(done)}"))
    refused = [outlook for outlook in outlooks if outlook.refused]
    if refused:
        raise typer.Exit(1)


def _require(key: str | None, all_: bool, by: str, why: str, dry_run: bool) -> None:
    faults = []
    if (key is None) is not all_:
        faults.append(Fault(where="KEY", given="both" if key else "neither", allowed="a key, or else --all"))
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
    from planning.playbook import load_playbook
    from runtime.settings import Settings

    return load_playbook(file or Settings.load().playbook)


def _agrees(many: int, in_json: bool) -> bool:
    if in_json or not sys.stdin.isatty():
        fault = Fault(where="--yes", given="nothing, and nobody to ask", allowed="--yes, or --dry-run")
        raise BadRequest.because("the rebase", (fault,))
    return typer.confirm(f"Rebase {many} escalation{'s' if many > 1 else ''}?")


async def _foreseen(client: "EscalationClient", key: str | None, playbook: "Playbook") -> list[Outlook]:
    keys = [key] if key else [row.key async for row in client.list()]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(each: str) -> Outlook:
        async with gate:
            return await _outlook(client, each, playbook)

    if key:
        return [await _outlook(client, key, playbook, raises=True)]
    return list(await asyncio.gather(*map(one, keys)))


async def _outlook(
    client: "EscalationClient", key: str, playbook: "Playbook", *, raises: bool = False
) -> Outlook:
    from planning.compile import recompile_plan

    try:
        basis = await client.rebase_basis(key)
        plan = recompile_plan(playbook, basis.request, basis.opened_at, datetime.now(UTC))
        return Outlook(key=key, rebasing=await client.foresee_rebase(key, plan))
    except EscalationError as refused:
        if raises:
            raise
        return Outlook(key=key, refused=" ".join(refused.message.split()))


async def _rebased(
    client: "EscalationClient", changes: Sequence[Outlook], by: str, why: str, playbook: "Playbook"
) -> tuple[str, ...]:
    for change in changes:
        await client.rebase(change.key, by=by, why=why, sha256=playbook.sha256)
    return tuple(change.key for change in changes)


def _shown(outlooks: Sequence[Outlook]) -> Table:
    table = Table("key", "clock", "due before", "due after", "and at once", box=None, pad_edge=False)
    for outlook in outlooks:
        for cells in _rows(outlook):
            table.add_row(*map(Text, cells))
    return table


def _rows(outlook: Outlook) -> list[tuple[str, ...]]:
    would = outlook.rebasing
    if would is None:
        return [(outlook.key, "cannot be rebased", "", "", outlook.refused)]
    if not outlook.is_change:
        return [(outlook.key, f"goes by {would.after} already", "", "", "")]
    at_once = [f"{name.words} breached" for name in would.breached]
    if would.level_after != would.level:
        at_once.append(f"level {would.level_after} instead of {would.level}")
    first = (outlook.key, f"{would.before} → {would.after}", "", "", ", ".join(at_once))
    return [first, *(_row(moved) for moved in would.moved)]


def _row(moved: MovedClock) -> tuple[str, ...]:
    before, after = (
        showing.due(at, is_over=True).plain or "held" for at in (moved.due_before, moved.due_after)
    )
    return "", moved.clock.words, before, after, ""
