"""`escalate playbook simulate`: what would happen to a case, by the pure rules; no server is asked."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.move_declarations import values_of
from entrypoints.cli.options import (
    Category,
    IssueType,
    Json,
    PlaybookFile,
    StartsAt,
    TimeZone,
    choice,
    option,
    priority,
)


def simulate(
    file: PlaybookFile = None,
    category: Category = None,
    of_priority: Annotated[str, priority("Its priority")] = "P3",
    at: StartsAt = None,
    tz: TimeZone = "UTC",
    issue_type: IssueType = None,
    reason: Annotated[
        str, choice("--reason", "Why it starts", values_of("reason"), metavar="CODE")
    ] = "dissatisfied_customer",
    request: Annotated[
        str | None, option("--request", "Take this start request, rather than the options.", "FILE")
    ] = None,
    script: Annotated[
        str | None, option("--script", "What people do. If omitted: nobody answers.", "MOVES.yaml")
    ] = None,
    until: Annotated[str | None, option("--until", "Go on until then, chases and all.", "TIME")] = None,
    svg: Annotated[Path | None, option("--svg", "Draw it as SVG.", "OUT")] = None,
    html: Annotated[Path | None, option("--html", "Draw it as a page.", "OUT")] = None,
    in_brief: Annotated[bool, option("--brief", "Leave the messages out.")] = False,
    in_json: Json = False,
) -> None:
    """Show what would happen to a case and when: each reminder, raise, breach and message, and who receives it."""
    from entrypoints.cli import option_values as values
    from entrypoints.cli.forecast_options import draw_forecast_files, make_sample_request
    from entrypoints.cli.render.forecast import render_forecast
    from entrypoints.files import read_model
    from entrypoints.terminal import as_json, out
    from escalation.case.request import StartRequest
    from escalation.kernel.refusals import quote_input
    from planning.forecast.forecast import make_forecast
    from planning.forecast.scenario import read_scenario
    from planning.playbook.loader import load_playbook

    options, playbook = values.OptionValues(), load_playbook(configured_playbook(file))
    zone = options.zone(tz)
    starts_at = options.instant(at, zone, "--at") or values.current_minute()
    ends_at = options.instant(until, zone, "--until")
    with options.rest():
        case = (
            read_model(request, StartRequest, "the request")
            if request
            else make_sample_request(options, playbook, category, of_priority, issue_type, reason)
        )
    if ends_at and ends_at <= starts_at:
        start = f"{starts_at.astimezone(zone):%Y-%m-%dT%H:%M}"
        raise values.bad_option("--until", quote_input(until), f"a time after the start, {start}")
    moves = read_scenario(values.read_bytes(script, "--script"), script, starts_at, zone) if script else ()
    forecast = make_forecast(playbook, case, starts_at, moves, ends_at)
    does = "a script of moves" if script else "nobody answers"
    title = f"{playbook.name} {playbook.version} · {case.category} · {forecast.priority} · {does}"
    draw_forecast_files(forecast, zone, title, svg, html)
    if in_json:
        as_json(forecast.entries)
    elif not (svg or html):
        out.print(render_forecast(forecast, zone, title, brief_only=in_brief))
