"""`escalate playbook on-call`: who is on call, by the playbook's calendars; no server is asked."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Json, PlaybookFile, TimeZone, argument, option


def on_call(
    file: PlaybookFile = None,
    rota: Annotated[str | None, argument("[ROTA]", "Its id. If omitted: all of them.")] = None,
    at: Annotated[str | None, option("--at", "Who is on call then. If omitted: now.", "TIME")] = None,
    days: Annotated[int, option("--days", "How many days to look ahead.", min=1, max=366)] = 14,
    tz: TimeZone = "UTC",
    in_json: Json = False,
) -> None:
    """Show who is on call, why, and the coming shifts; exit status 1 if there are times with nobody."""
    from rich.console import Group

    from entrypoints.cli.option_values import OptionValues, current_minute, open_feeds
    from entrypoints.cli.render.on_call import find_rotas, on_call_as_data, render_on_call
    from entrypoints.terminal import as_json, out
    from planning.calendars.opening_hours import gaps_between
    from planning.on_call.roster import roster_of
    from planning.plan.on_call_answer import find_on_call
    from planning.playbook.loader import load_playbook

    options, playbook, feeds = OptionValues(), load_playbook(configured_playbook(file)), open_feeds()
    zone = options.zone(tz)
    since = options.instant(at, zone, "--at") or current_minute()
    with options.rest():
        wanted = find_rotas(playbook, rota)
    until = since + timedelta(days=days)
    has_gaps = False
    plain: list[Any] = []
    tables: list[Any] = []
    for id_ in wanted:
        now = find_on_call(playbook, id_, since, feeds)
        found = roster_of(playbook, id_, since, until, feeds)
        gaps = gaps_between(((period.start, period.end) for period in found.periods), since, until)
        has_gaps |= bool(gaps)
        plain.append({**on_call_as_data(now, found, gaps), "shown_until": until})
        tables.append(render_on_call(playbook, now, found, gaps, until, zone))
    as_json(plain) if in_json else out.print(Group(*tables))
    if has_gaps:
        raise typer.Exit(1)
