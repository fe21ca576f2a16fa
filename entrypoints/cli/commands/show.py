"""
Commands that look at escalations: ``show``, ``list``, ``watch``.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.live import Live
from rich.text import Text

from entrypoints.cli import choices
from entrypoints.cli.client_call import Category, Clocks, Json, Key, call_client
from entrypoints.cli.option_values import bad_option, parse_choice, parse_duration
from entrypoints.cli.render import escalation, escalation_list
from escalation.case.lifecycle import State
from escalation.kernel.refusals import did_you_mean, nearest, quote_input
from escalation.kernel.values import to_json, to_plain
from escalation.policy.classification import Priority
from planning.playbook.faults import list_names

if TYPE_CHECKING:
    from client import EscalationClient

app = typer.Typer()

_PEOPLE = choices.complete_from(choices.people)


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

    view, entries, drawn = call_client(ask)
    if in_json:
        shown = entries[-latest:] if latest else entries
        escalation.as_json({**to_plain(view), "timeline": shown, **({"diagram": drawn} if drawn else {})})
    elif drawn:
        escalation.write(drawn)
    else:
        if key not in {view.key, view.id}:
            escalation.out.print(Text(f"{key} joined {view.key}"))
        escalation.out.print(escalation.render_escalation(view, entries, latest=latest, clocks=clocks))


@app.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            help=choices.list_choices("Only in this state", State),
            autocompletion=choices.complete_enum(State),
        ),
    ] = None,
    priority: Annotated[
        str | None,
        typer.Option(
            "--priority",
            metavar="P1..P4",
            help=choices.list_choices("Only of this priority", Priority),
            autocompletion=choices.complete_enum(Priority),
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
            autocompletion=choices.complete_from(choices.people),
        ),
    ] = None,
    breached: Annotated[bool | None, typer.Option("--breached/--not-breached")] = None,
    ended: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000)] = 1000,
    in_json: Json = False,
) -> None:
    """List escalations, newest first, and count them by state."""

    filters: dict[str, Any] = {
        "state": parse_choice(State, state, "--state") if state else None,
        "priority": parse_choice(Priority, priority, "--priority") if priority else None,
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

    found, unheard_of = call_client(ask)
    rows = found[:limit]
    if in_json:
        escalation.as_json([row._asdict() for row in rows])
        return
    if rows:
        escalation.out.print(escalation_list.render_escalations(rows, escalation.out.width))
    more = f"; there are more, see --limit {limit}" if len(found) > limit else ""
    escalation.out.print(f"{escalation_list.count_by_state(rows)}{more}", *unheard_of, sep="\n", markup=False)


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
    return f"none has the {name} {quote_input(given)}; known: {list_names(sorted(known))}{near}"


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
                    escalation.write_json(to_json(entry))
            return
        if not escalation.out.is_terminal:
            async for _, new in client.watch(key, every=pause):
                escalation.out.print(escalation.story(new, clocks=clocks))
            return
        with Live(console=escalation.out, auto_refresh=False, vertical_overflow="visible") as live:
            async for view, new in client.watch(key, every=pause):
                entries += new
                live.update(
                    escalation.render_escalation(view, entries, latest=20, clocks=clocks), refresh=True
                )

    call_client(follow)


def _pause(every: str) -> float:
    """Seconds between looks, from a fifth of one to an hour."""
    seconds = parse_duration(every, "--every", bare="s").elapsed.total_seconds()
    if not 0.2 <= seconds <= 3600:
        raise bad_option("--every", quote_input(every), "a span from 0.2 s to 1 h")
    return seconds
