"""On-call people and their shifts, in a terminal and as plain data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from entrypoints.cli.option_values import bad_option
from entrypoints.reason_text import say
from escalation.case.effects import OnCallResult
from escalation.kernel.refusals import nearest, quote_input
from planning.calendars.opening_hours import Interval
from planning.on_call.roster import OnCallRoster
from planning.playbook.faults import list_names
from planning.playbook.loader import Playbook


def find_rotas(playbook: "Playbook", rota: str | None) -> tuple[str, ...]:
    known = tuple(playbook.rotas)
    if not known:
        raise bad_option("FILE", "a playbook without rotas", "one with rotas")
    if rota is not None and rota not in known:
        raise bad_option("ROTA", quote_input(rota), list_names(known), nearest(rota, known))
    return known if rota is None else (rota,)


def on_call_as_data(
    now: OnCallResult, found: "OnCallRoster", gaps: Iterable["Interval"]
) -> Mapping[str, Any]:
    return {
        "rota": now.rota,
        "now": {"who": [person.id for person in now.people], "until": now.until, "why": now.why},
        "shifts": [period._asdict() for period in found.periods],
        "gaps": [{"start": start, "end": end} for start, end in gaps],
        "naming_nobody": [{"start": each.start, "end": each.end, "why": each.why} for each in found.strays],
        "note": found.note,
    }


def render_on_call(
    playbook: "Playbook",
    now: OnCallResult,
    found: "OnCallRoster",
    gaps: Iterable["Interval"],
    until: datetime,
    zone: ZoneInfo,
) -> RenderableType:
    """Return the shifts of one rota; one that lasts beyond *until* does not end there."""
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
    notes += [f"Note: {say(found.note)}."] if found.note else []
    return Group(_head(playbook, now, zone), table, *(Text(note, style="yellow") for note in notes), Text())


def _head(playbook: "Playbook", now: OnCallResult, zone: ZoneInfo) -> Text:
    head = Text(playbook.rotas[now.rota].name, style="bold")
    head.append(f"  {now.rota}, times of {zone.key}\n", style="not bold dim")
    head.append(
        ", ".join(person.name for person in now.people) or "nobody", "not bold" if now.people else "red"
    )
    until = f" until {_local(now.until, zone)}" if now.until else ""
    return head.append(f"{until}: {say(now.why)}", style="not bold")


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M}"
