"""
Commands that start an escalation and look at it: ``start``, ``show``, ``list``, ``watch``.
"""

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.live import Live
from rich.text import Text

from entrypoints import choices, lists, showing
from entrypoints.asking import (
    YOU_IN_ENVIRONMENT,
    Category,
    Clocks,
    IssueType,
    Json,
    Key,
    answered,
    with_client,
)
from entrypoints.files import read_model
from entrypoints.given import named, refused, span
from entrypoints.start_faults import of_the_playbook
from entrypoints.words import from_options, told_of_options
from escalation.errors import did_you_mean, nearest, shown
from escalation.lifecycle import State
from escalation.plan import Priority, ReasonCode
from escalation.request import Channel, Degree, StartRequest
from planning.faults import listed

if TYPE_CHECKING:
    from client import EscalationClient

app = typer.Typer()

_PEOPLE = choices.completing(choices.people)
_PRIORITY = f"{choices.one_of('How bad it is for customers', Priority)} If omitted: from impact and urgency."


@app.command()
def start(
    file: Annotated[str | None, typer.Argument(metavar="[FILE|-]", help="A request in YAML or JSON.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="TENANT/TICKET")] = None,
    subject: Annotated[str | None, typer.Option("--subject")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    issue_type: IssueType = None,
    category: Category = None,
    priority: Annotated[
        str | None,
        typer.Option("--priority", metavar="P1..P4", help=_PRIORITY, autocompletion=choices.of(Priority)),
    ] = None,
    impact: Annotated[
        str | None,
        typer.Option(
            "--impact", help=choices.one_of("How bad it is", Degree), autocompletion=choices.of(Degree)
        ),
    ] = None,
    urgency: Annotated[
        str | None,
        typer.Option(
            "--urgency", help=choices.one_of("How urgent it is", Degree), autocompletion=choices.of(Degree)
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=choices.one_of("Why it starts", ReasonCode),
            autocompletion=choices.of(ReasonCode),
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel", help=choices.one_of("How it came in", Channel), autocompletion=choices.of(Channel)
        ),
    ] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option("--customer", metavar="ACCOUNT:NAME:EMAIL[:LANGUAGE]", help="Repeat for more."),
    ] = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", help="Affected service; repeat for more.")
    ] = None,
    record: Annotated[list[str] | None, typer.Option("--record", help="Linked incident or problem.")] = None,
    outage: Annotated[
        str | None,
        typer.Option("--outage", metavar="KEY", help="What it is a part of: joins it, or opens it."),
    ] = None,
    our_fault: Annotated[
        bool | None, typer.Option("--our-fault", help="Customers get an apology.", show_default=False)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="PERSON",
            help=f"Who submits it; else as the file says, else {YOU_IN_ENVIRONMENT}.",
            autocompletion=_PEOPLE,
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Start an escalation, from a file, standard input, or options; options go before what the file says."""
    given = {
        "key": key,
        "subject": subject,
        "description": description,
        "issue_type": issue_type,
        "category": category,
        "priority": priority,
        "impact": impact,
        "urgency": urgency,
        "reason": reason,
        "channel": channel,
        "customers": _customers(customer or []) or None,
        "services": service or None,
        "linked_records": record or None,
        "outage": outage,
        "our_fault": our_fault,
        "submitted_by": by,
    }
    options = {name: value for name, value in given.items() if value is not None}
    request = _request(file, options)
    with told_of_options(options):
        answer = with_client(lambda client: client.start(request))
    answered(answer, in_json)


def _request(file: str | None, options: dict[str, Any]) -> StartRequest:
    you = os.environ.get(YOU_IN_ENVIRONMENT)
    otherwise = {"submitted_by": you} if you else {}
    if file:
        return read_model(
            file, StartRequest, "the start", options=options, otherwise=otherwise, more=of_the_playbook
        )
    return from_options(StartRequest, "the start", {**otherwise, **options}, more=of_the_playbook)


def _customers(options: list[str]) -> list[dict[str, Any]]:
    accounts: dict[str, list[dict[str, str]]] = {}
    for option in options:
        account, name, email, language = (
            (*option.split(":"), "", "", "en")[:4] if option.count(":") < 3 else option.split(":", 3)
        )
        accounts.setdefault(account, []).append({"name": name, "email": email, "language": language or "en"})
    return [{"account": account, "contacts": contacts} for account, contacts in accounts.items()]


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
    return f"none has the {name} {shown(given)}; known: {listed(sorted(known))}{did_you_mean(nearest(given, known))}"


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
