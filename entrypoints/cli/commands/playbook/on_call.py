"""
The command that shows who is on call, now and in the coming days: ``escalate playbook on-call``.

Asks the playbook's calendars, and no server. Mounted under ``escalate playbook``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.cli import option_values
from entrypoints.cli.client_call import Json, PlaybookFile, configured_playbook
from entrypoints.cli.commands.playbook.simulate import Zone
from entrypoints.cli.render import escalation
from escalation.case.effects import OnCallFound
from escalation.kernel.refusals import nearest, quote_input

if TYPE_CHECKING:
    from planning.calendars.opening_hours import Interval
    from planning.on_call.roster import OnCallRoster
    from planning.playbook.loader import Playbook

app = typer.Typer()


@app.command("on-call")
def on_call(
    file: PlaybookFile = None,
    rota: Annotated[
        str | None, typer.Argument(metavar="[ROTA]", help="Its id; else all of them.", show_default=False)
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Who is on call then. Now, if not option_values."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How far ahead.")] = 14,
    tz: Zone = "UTC",
    in_json: Json = False,
) -> None:
    """Show who is on call, why, and the coming shifts; exit status 1 if there are times with nobody."""
    from planning.calendars.opening_hours import gaps_between
    from planning.on_call.roster import roster_of
    from planning.plan.on_call_answer import find_on_call
    from planning.playbook.loader import load_playbook

    typed, playbook, feeds = (
        option_values.OptionValues(),
        load_playbook(configured_playbook(file)),
        option_values.feeds(),
    )
    zone = typed.zone(tz)
    since = typed.instant(at, zone, "--at") or option_values.current_minute()
    with typed.rest():
        wanted = _wanted(playbook, rota)
    until = since + timedelta(days=days)
    has_gaps = False
    plain: list[Mapping[str, Any]] = []
    tables: list[RenderableType] = []
    for id_ in wanted:
        now = find_on_call(playbook, id_, since, feeds)
        found = roster_of(playbook, id_, since, until, feeds)
        gaps = gaps_between(((period.start, period.end) for period in found.periods), since, until)
        has_gaps |= bool(gaps)
        plain.append({**_as_plain(now, found, gaps), "shown_until": until})
        tables.append(_table(playbook, now, found, gaps, until, zone))
    if in_json:
        escalation.as_json(plain)
    else:
        escalation.out.print(Group(*tables))
    if has_gaps:
        raise typer.Exit(1)


def _wanted(playbook: "Playbook", rota: str | None) -> tuple[str, ...]:
    from planning.playbook.faults import list_names

    known = tuple(playbook.rotas)
    if not known:
        raise option_values.bad_option("FILE", "a playbook without rotas", "one with rotas")
    if rota is not None and rota not in known:
        raise option_values.bad_option("ROTA", quote_input(rota), list_names(known), nearest(rota, known))
    return known if rota is None else (rota,)


def _as_plain(now: OnCallFound, found: "OnCallRoster", gaps: Iterable["Interval"]) -> Mapping[str, Any]:
    return {
        "rota": now.schedule,
        "now": {"who": [person.id for person in now.people], "until": now.until, "why": now.why},
        "shifts": [period._asdict() for period in found.periods],
        "gaps": [{"start": start, "end": end} for start, end in gaps],
        "naming_nobody": [{"start": each.start, "end": each.end, "why": each.why} for each in found.strays],
        "note": found.note,
    }


def _table(
    playbook: "Playbook",
    now: OnCallFound,
    found: "OnCallRoster",
    gaps: Iterable["Interval"],
    until: datetime,
    zone: ZoneInfo,
) -> RenderableType:
    """What lasts beyond *until*, as far as was asked for, does not end there."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("from", "until", "on call", "why"):
        table.add_column(column, overflow="fold")
    rows = [
        (period.start, period.end, ", ".join(playbook.people[id_].name for id_ in period.who), period.why, "")
        for period in found.periods
    ]
    rows += [(start, end, "nobody", "", "red") for start, end in gaps]
    for start, end, who, why, style in sorted(rows):
        ends = _local(end, zone) if end < until else "goes on"
        table.add_row(_local(start, zone), ends, Text(who, style), Text(why), style=style)
    notes = [f"The {each.why} of {_local(each.start, zone)} names nobody." for each in found.strays]
    notes += [f"{found.note[0].upper()}{found.note[1:]}."] if found.note else []
    return Group(_head(playbook, now, zone), table, *(Text(note, style="yellow") for note in notes), Text())


def _head(playbook: "Playbook", now: OnCallFound, zone: ZoneInfo) -> Text:
    head = Text(playbook.rotas[now.schedule].name, style="bold")
    head.append(f"  {now.schedule}, times of {zone.key}\n", style="not bold dim")
    head.append(
        ", ".join(person.name for person in now.people) or "nobody", "not bold" if now.people else "red"
    )
    until = f" until {_local(now.until, zone)}" if now.until else ""
    return head.append(f"{until}: {now.why}", style="not bold")


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"
