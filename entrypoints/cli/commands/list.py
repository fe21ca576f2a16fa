"""`escalate list`: escalations by what they have in common."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.move_declarations import values_of
from entrypoints.cli.options import Category, Json, choice, option, person, priority

if TYPE_CHECKING:
    from client import EscalationClient


def list_(
    state: Annotated[str | None, choice("--state", "Only in this state", values_of("state"))] = None,
    of_priority: Annotated[str | None, priority("Only of this priority")] = None,
    level: Annotated[int | None, option("--level", "Only at this level.")] = None,
    category: Category = None,
    customer: Annotated[str | None, option("--customer", "Only of this account.", "ACCOUNT")] = None,
    owner: Annotated[str | None, person("--owner", "Only with this owner.")] = None,
    waits_for: Annotated[
        str | None, person("--waits-for", "Only those that wait for a move of this person")
    ] = None,
    breached: Annotated[
        bool | None, option("--breached/--not-breached", "Only with, or without, a missed target.")
    ] = None,
    ended: Annotated[bool, option("--all", "List those that have ended, too.")] = False,
    limit: Annotated[int, option("--limit", "List at most so many.", min=1, max=1_000_000)] = 1000,
    in_json: Json = False,
) -> None:
    """List escalations, newest first, and count them by state."""
    from entrypoints.cli.option_values import parse_choice
    from entrypoints.cli.render.escalation_list import count_by_state, render_escalations
    from entrypoints.terminal import as_json, out
    from escalation.case.lifecycle import State
    from escalation.policy.classification import Priority

    filters: dict[str, Any] = {
        "state": parse_choice(State, state, "--state") if state else None,
        "priority": parse_choice(Priority, of_priority, "--priority") if of_priority else None,
        "level": level,
        "category": category,
        "customer": customer,
        "owner": owner,
        "waits_for": waits_for,
        "breached": breached,
        "ended": ended,
    }

    async def ask(client: "EscalationClient") -> tuple[list[Any], list[str]]:
        found = [row async for row in client.list(**filters, limit=limit + 1)]
        return found, [] if found or in_json else await _describe_unknown(client, filters, limit)

    found, unknown = call_client(ask)
    rows = found[:limit]
    if in_json:
        as_json(rows)
        return
    if rows:
        out.print(render_escalations(rows, out.width))
    more = f"; there are more, see --limit {limit}" if len(found) > limit else ""
    out.print(f"{count_by_state(rows)}{more}", *unknown, sep="\n", markup=False)


async def _describe_unknown(client: "EscalationClient", filters: Mapping[str, Any], limit: int) -> list[str]:
    """Return why nothing was found, if a name is the reason: no escalation has it, and which ones they do have."""
    names = {name: filters[name] for name in ("owner", "customer", "category") if filters[name]}
    rows = [row async for row in client.list(ended=filters["ended"], limit=limit)] if names else []
    has = {
        "owner": {row.owner for row in rows},
        "customer": {account for row in rows for account in row.customers},
        "category": {row.category for row in rows},
    }
    return [_nobody_has(name, given, has[name]) for name, given in names.items() if given not in has[name]]


def _nobody_has(name: str, given: str, known: Collection[str]) -> str:
    from escalation.kernel.refusals import nearest, quote_input
    from messages.speaker import did_you_mean
    from planning.playbook.faults import list_names

    meant = did_you_mean(nearest(given, known))
    return f"none has the {name} {quote_input(given)}; known: {list_names(sorted(known))}{meant}"
