"""
Commands that look ahead with a playbook, and back: ``simulate``, ``coverage``, ``diff``, ``backtest``.

They run the pure rules here and now; no server is asked. Mounted under ``escalate playbook``.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from entrypoints import given, showing
from entrypoints.asking import Json
from entrypoints.files import read_model
from escalation.plan import Priority
from escalation.request import ReasonCode, StartRequest

if TYPE_CHECKING:
    from planning.playbook import Playbook
    from planning.simulate import Forecast

app = typer.Typer()

PlaybookFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The playbook, in YAML.", show_default=False)
]
Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="Time zone of the times you give and see.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it starts: 2026-11-20T16:30. Now, if not given."),
]


@app.command()
def simulate(
    file: PlaybookFile,
    category: Annotated[str | None, typer.Option("--category", show_default=False)] = None,
    priority: Annotated[str, typer.Option("--priority", metavar="P1..P4")] = "P3",
    at: At = None,
    tz: Zone = "UTC",
    issue_type: Annotated[
        str | None, typer.Option("--issue-type", help="Needed if several have the category.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="A reason code, such as executive_threat.")
    ] = "dissatisfied_customer",
    request: Annotated[
        str | None,
        typer.Option("--request", metavar="FILE", help="Take this start request, rather than the options."),
    ] = None,
    script: Annotated[
        str | None,
        typer.Option("--script", metavar="MOVES.yaml", help="What people do. Else nobody answers."),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Go on until then, chases and all.")
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="OUT", help="Draw it as SVG.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Draw it as a page.")] = None,
    in_brief: Annotated[bool, typer.Option("--brief", help="Leave the messages out.")] = False,
    in_json: Json = False,
) -> None:
    """Show what would happen to a case, when, and who would be told: every reminder, rise, breach and message."""
    from entrypoints.forecasts import timeline
    from planning.playbook import load_playbook
    from planning.script import read_script
    from planning.simulate import simulate as foresee

    zone = given.zone(tz)
    starts_at = given.instant(at, zone, "--at") or given.this_minute()
    ends_at = given.instant(until, zone, "--until")
    playbook = load_playbook(file)
    case = (
        read_model(request, StartRequest, "the request")
        if request
        else _case(playbook, category, priority, issue_type, reason)
    )
    moves = read_script(given.bytes_of(script, "--script"), script, starts_at, zone) if script else ()
    forecast = foresee(playbook, case, starts_at, moves, ends_at)
    does = "a script of moves" if script else "nobody answers"
    title = f"{playbook.name} {playbook.version} · {case.category} · {forecast.priority} · {does}"
    _draw(forecast, zone, title, svg, html)
    if in_json:
        showing.as_json(forecast.entries)
    elif not (svg or html):
        showing.out.print(timeline(forecast, zone, title, brief_only=in_brief))


def _case(
    playbook: "Playbook", category: str | None, priority: str, issue_type: str | None, reason: str
) -> StartRequest:
    from planning.cases import a_case, categories
    from planning.faults import listed

    if category is None:
        known = dict.fromkeys(name for _, name in categories(playbook))
        raise given.refused("--category", "nothing", listed(known))
    wanted = given.named(Priority, priority, "--priority")
    return a_case(playbook, category, wanted, issue_type, given.named(ReasonCode, reason, "--reason"))


def _draw(forecast: "Forecast", zone: ZoneInfo, title: str, svg: Path | None, html: Path | None) -> None:
    from planning.drawing import drawing
    from planning.drawn_page import page

    if svg:
        given.write(svg, drawing(forecast, zone, title), "--svg")
    if html:
        given.write(html, page(forecast, zone, title), "--html")
