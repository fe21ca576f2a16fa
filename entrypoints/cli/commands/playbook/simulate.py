"""
Commands that look ahead with a playbook, and back: ``simulate``, ``coverage``, ``diff``, ``backtest``.

They run the pure rules here and now; no server is asked. Mounted under ``escalate playbook``.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.progress import Progress, TimeElapsedColumn

from entrypoints.cli import choices, option_values
from entrypoints.cli.client_call import Category, IssueType, Json, PlaybookFile, configured_playbook
from entrypoints.cli.command_names import name_options
from entrypoints.cli.render import escalation
from entrypoints.files import read_model
from escalation.case.request import StartRequest
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import quote_input
from escalation.policy.classification import EscalationReason, Priority

if TYPE_CHECKING:
    from planning.forecast.coverage import Gap
    from planning.forecast.forecast import Forecast
    from planning.playbook.loader import Playbook

app = typer.Typer()

Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="Time zone of the times you give and see.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it starts: 2026-11-20T16:30. Now, if not given."),
]


@app.command()
def simulate(
    file: PlaybookFile = None,
    category: Category = None,
    priority: Annotated[
        str,
        typer.Option(
            "--priority",
            metavar="P1..P4",
            help=choices.list_choices("Its priority", Priority),
            autocompletion=choices.complete_enum(Priority),
        ),
    ] = "P3",
    at: At = None,
    tz: Zone = "UTC",
    issue_type: IssueType = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=choices.list_choices("Why it starts", EscalationReason),
            autocompletion=choices.complete_enum(EscalationReason),
        ),
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
    from entrypoints.cli.render.forecast import render_forecast
    from planning.forecast.forecast import make_forecast as foresee
    from planning.forecast.scenario import read_scenario
    from planning.playbook.loader import load_playbook

    typed, playbook = option_values.OptionValues(), load_playbook(configured_playbook(file))
    zone = typed.zone(tz)
    starts_at = typed.instant(at, zone, "--at") or option_values.current_minute()
    ends_at = typed.instant(until, zone, "--until")
    with typed.rest():
        case = (
            read_model(request, StartRequest, "the request")
            if request
            else _case(typed, playbook, category, priority, issue_type, reason)
        )
    if ends_at and ends_at <= starts_at:
        raise option_values.bad_option(
            "--until",
            quote_input(until),
            f"a time after the start, {starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        )
    moves = (
        read_scenario(option_values.read_bytes(script, "--script"), script, starts_at, zone) if script else ()
    )
    forecast = foresee(playbook, case, starts_at, moves, ends_at)
    does = "a script of moves" if script else "nobody answers"
    title = f"{playbook.name} {playbook.version} · {case.category} · {forecast.priority} · {does}"
    _draw(forecast, zone, title, svg, html)
    if in_json:
        escalation.as_json(forecast.entries)
    elif not (svg or html):
        escalation.out.print(render_forecast(forecast, zone, title, brief_only=in_brief))


@app.command()
def coverage(
    file: PlaybookFile = None,
    at: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When it begins. Now, if not option_values.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How far ahead.")] = 365,
    tz: Zone = "UTC",
    tell_all: Annotated[
        bool, typer.Option("--all", help="Every gap, rather than the first five of a level.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Look for times in which a level has nobody to tell, over the coming year; exit status 1 if there are any."""
    from entrypoints.cli.render.forecast import render_gaps as table_of
    from planning.forecast.coverage import covered_times_by_rota
    from planning.forecast.coverage import find_gaps as covered
    from planning.forecast.sample_request import categories_of
    from planning.playbook.loader import load_playbook

    typed = option_values.OptionValues()
    zone = typed.zone(tz)
    since = typed.instant(at, zone, "--from") or option_values.current_minute()
    typed.require()
    playbook = load_playbook(configured_playbook(file))
    every = tuple(categories_of(playbook))
    with progress(in_json) as bar:
        task = bar.add_task("coverage", total=len(every))
        gaps: list[Gap] = []
        for _, category, found in covered(
            playbook,
            since,
            since + timedelta(days=days),
            covered_times_by_rota(playbook, option_values.feeds()),
        ):
            gaps += found
            bar.update(task, advance=1, description=category)
    if in_json:
        escalation.as_json(gaps)
    elif gaps:
        escalation.out.print(table_of(gaps, zone, are_all_told=tell_all))
    else:
        escalation.out.print(
            f"Somebody is there to tell, at every level of {number_of(len(every), 'category', 'categories')}, "
            f"for {number_of(days, 'day')}."
        )
    if gaps:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A playbook, in YAML.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The changed one.", show_default=False)],
    at: At = None,
    tz: Zone = "UTC",
    in_json: Json = False,
) -> None:
    """Say what changes from one playbook to another, for whom: in words, and as times if nobody answers."""
    from entrypoints.cli.render.forecast import render_difference
    from planning.forecast.playbook_diff import find_changes
    from planning.forecast.time_changes import find_time_changes
    from planning.playbook.loader import load_playbook

    typed = option_values.OptionValues()
    zone = typed.zone(tz)
    starts_at = typed.instant(at, zone, "--at") or option_values.current_minute()
    typed.require()
    before, after = load_playbook(old), load_playbook(new)
    changed = find_changes(before, after)
    with progress(in_json) as bar:
        bar.add_task("looking ahead", total=None)
        moved = find_time_changes(before, after, starts_at)
    if in_json:
        escalation.as_json({"starts_at": starts_at, "changes": changed, "times": moved})
    else:
        names = f"{before.name} {before.version} → {after.name} {after.version}"
        when = f"times of {zone.key}, for a case that starts {starts_at.astimezone(zone):%a %d %b %Y %H:%M}"
        escalation.out.print(f"{names}\n{when}", markup=False, style="dim")
        escalation.out.print(render_difference(changed, moved, zone))


@app.command()
def backtest(
    log: Annotated[str, typer.Argument(metavar="LOG.csv", help="A helpdesk's export.", show_default=False)],
    by: Annotated[
        str,
        typer.Option(
            "--map", metavar="MAP.yaml", help="What its columns are: see playbooks/maps.", show_default=False
        ),
    ],
    playbook: Annotated[
        Path | None, typer.Option("--playbook", metavar="FILE", help="Else the one of the settings.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="A second playbook, to compare.")
    ] = None,
    tz: Zone = "UTC",
    in_json: Json = False,
) -> None:
    """Replay a helpdesk's past through a playbook, or two: rises, breaches, messages, people's load by hour."""
    from entrypoints.cli.render.backtest import backtest_as_data, render_backtest
    from planning.forecast.backtest import check_map
    from planning.forecast.backtest import run_backtest as replay
    from planning.forecast.export_map import read_map
    from planning.forecast.helpdesk_log import read_log
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    typed = option_values.OptionValues()
    zone = typed.zone(tz)
    with typed.rest():
        export_map = read_map(option_values.read_bytes(by, "--map"), by)
    playbooks = [load_playbook(playbook or Settings.load().playbook)]
    playbooks += [load_playbook(against)] if against else []
    for each in playbooks:
        check_map(export_map, each)
    read = read_log(option_values.read_bytes(log, "LOG.csv"), log, export_map)
    with progress(in_json) as bar:
        results = []
        for each in playbooks:
            task = bar.add_task(escape(f"{each.name} {each.version}"), total=len(read.incidents))
            results.append(replay(each, read, export_map, zone, partial(bar.advance, task)))
    escalation.as_json(backtest_as_data(read, results)) if in_json else escalation.out.print(
        render_backtest(read, results)
    )


def progress(in_json: bool) -> Progress:
    """On standard error, and only for people."""
    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn())
    return Progress(
        *columns, console=escalation.err, transient=True, disable=in_json or not escalation.err.is_terminal
    )


def _case(
    typed: option_values.OptionValues,
    playbook: "Playbook",
    category: str | None,
    priority: str,
    issue_type: str | None,
    reason: str,
) -> StartRequest:
    from planning.forecast.sample_request import categories_of, make_request
    from planning.playbook.faults import list_names

    wanted = typed.read(Priority.P3, option_values.parse_choice, Priority, priority, "--priority")
    because = typed.read(
        EscalationReason.OTHER, option_values.parse_choice, EscalationReason, reason, "--reason"
    )
    if category is None:
        known = dict.fromkeys(name for _, name in categories_of(playbook))
        raise option_values.bad_option("--category", "nothing", list_names(known))
    with name_options():
        return make_request(playbook, category, wanted, issue_type, because)


def _draw(forecast: "Forecast", zone: ZoneInfo, title: str, svg: Path | None, html: Path | None) -> None:
    from planning.forecast.forecast_chart import draw_forecast
    from planning.forecast.forecast_page import make_forecast_page

    if svg:
        option_values.write_file(svg, draw_forecast(forecast, zone, title), "--svg")
    if html:
        option_values.write_file(html, make_forecast_page(forecast, zone, title), "--html")
