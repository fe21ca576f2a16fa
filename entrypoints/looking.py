"""
Commands that look at escalations: ``show``, ``list``, ``watch``.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.live import Live
from rich.text import Text

from entrypoints import choices, lists, showing
from entrypoints.asking import (
    Category,
    Clocks,
    Json,
    Key,
    with_client,
)
from entrypoints.given import named, refused, span
from escalation.errors import did_you_mean, nearest, shown
from escalation.lifecycle import State
from escalation.plan import Priority
from planning.playbook.faults import list_names

if TYPE_CHECKING:
    from client import EscalationClient

app = typer.Typer()

_PEOPLE = choices.completing(choices.people)


@app.command()
def show(
    key: Key,
    latest: Annotated[
        int | None, typer.Option("--latest", help="Only the latest entries of the timeline.", min=1)
    ] = None,
    clocks: Clocks = False,
    diagram: Annotated[
        bool, typer.Option("--diagram", help="The lifecycle as Mermaid, its state marked.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Show one escalation: state, clocks, allowed moves, timeline. JSON has every line of the timeline."""

    async def ask(client: "EscalationClient") -> tuple[Any, Any, str]:
        drawn = await client.diagram(key) if diagram else ""
        return await client.view(key), await client.timeline(key), drawn

    view, entries, drawn = with_client(ask)
    if in_json:
        shown = entries[-latest:] if latest else entries
        showing.as_json(
            {**view.model_dump(mode="json"), "timeline": shown, **({"diagram": drawn} if drawn else {})}
        )
    elif drawn:
        showing.write(drawn)
    else:
        if key not in {view.key, view.id}:
            showing.out.print(Text(f"{key} joined {view.key}"))
        showing.out.print(showing.whole(view, entries, latest=latest, clocks=clocks))


@app.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            "--state", help=choices.one_of("Only in this state", State), autocompletion=choices.of(State)
        ),
    ] = None,
    priority: Annotated[
        str | None,
        typer.Option(
            "--priority",
            metavar="P1..P4",
            help=choices.one_of("Only of this priority", Priority),
            autocompletion=choices.of(Priority),
        ),
    ] = None,
    level: Annotated[int | None, typer.Option("--level", help="Only at this level.")] = None,
    category: Category = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ACCOUNT")] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner",
            metavar="PERSON",
            help="Only with this owner.",
            autocompletion=choices.completing(choices.people),
        ),
    ] = None,
    breached: Annotated[bool | None, typer.Option("--breached/--not-breached")] = None,
    ended: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000)] = 1000,
    in_json: Json = False,
) -> None:
    """List escalations, newest first, and count them by state."""

    filters: dict[str, Any] = {
        "state": named(State, state, "--state") if state else None,
        "priority": named(Priority, priority, "--priority") if priority else None,
        "level": level,
        "category": category,
        "customer": customer,
        "owner": owner,
        "breached": breached,
        "ended": ended,
    }

    async def ask(client: "EscalationClient") -> tuple[list[Any], list[str]]:
        found = [row async for row in client.list(**filters, limit=limit + 1)]
        return found, [] if found or in_json else await _unheard_of(client, filters, limit)

    found, unheard_of = with_client(ask)
    rows = found[:limit]
    if in_json:
        showing.as_json([row._asdict() for row in rows])
        return
    if rows:
        showing.out.print(lists.listing(rows, showing.out.width))
    more = f"; there are more, see --limit {limit}" if len(found) > limit else ""
    showing.out.print(f"{lists.counts(rows)}{more}", *unheard_of, sep="\n", markup=False)


async def _unheard_of(client: "EscalationClient", filters: Mapping[str, Any], limit: int) -> list[str]:
    """Why nothing was found, if a name is the reason: no escalation has it, and which ones they do have."""
    names = {name: filters[name] for name in ("owner", "customer", "category") if filters[name]}
    rows = [row async for row in client.list(ended=filters["ended"], limit=limit)] if names else []
    has = {
        "owner": {row.owner for row in rows},
        "customer": {account for row in rows for account in row.customers},
        "category": {row.category for row in rows},
    }
    return [_nobody_has(name, given, has[name]) for name, given in names.items() if given not in has[name]]


def _nobody_has(name: str, given: str, known: Collection[str]) -> str:
    near = did_you_mean(nearest(given, known))
    return f"none has the {name} {shown(given)}; known: {list_names(sorted(known))}{near}"


@app.command()
def watch(
    key: Key,
    every: Annotated[
        str,
        typer.Option(
            "--every", metavar="SPAN", help="Time between looks: 2s, 5m; a number alone is seconds."
        ),
    ] = "1s",
    clocks: Clocks = False,
    in_json: Json = False,
) -> None:
    """Follow one escalation live, until it ends or Ctrl-C; with --json one object for each thing that happens."""

    pause = _pause(every)

    async def follow(client: "EscalationClient") -> None:
        entries: list[Any] = []
        if in_json:
            async for _, new in client.watch(key, every=pause):
                for entry in new:
                    showing.write_json(entry.model_dump_json())
            return
        if not showing.out.is_terminal:
            async for _, new in client.watch(key, every=pause):
                showing.out.print(showing.story(new, clocks=clocks))
            return
        with Live(console=showing.out, auto_refresh=False, vertical_overflow="visible") as live:
            async for view, new in client.watch(key, every=pause):
                entries += new
                live.update(showing.whole(view, entries, latest=20, clocks=clocks), refresh=True)

    with_client(follow)


def _pause(every: str) -> float:
    """Seconds between looks, from a fifth of one to an hour."""
    seconds = span(every, "--every", bare="s").elapsed.total_seconds()
    if not 0.2 <= seconds <= 3600:
        raise refused("--every", shown(every), "a span from 0.2 s to 1 h")
    return seconds
