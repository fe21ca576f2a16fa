"""
``escalate report schedule``: the review pack of each week or quarter, made and mailed by itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from entrypoints.cli import choices, option_values
from entrypoints.cli.client_call import Json, call_client
from entrypoints.cli.render import escalation
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.timeline_entry import minute
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport

_TYPED = {"rhythm": "RHYTHM", "time_zone": "--tz"}
"""What is typed for a field, where that is not an option of its name."""

app = typer.Typer(
    no_args_is_help=True, help="Mail the review pack of each week or quarter that has just ended."
)

Which = Annotated[
    str,
    typer.Argument(
        metavar="RHYTHM",
        help=choices.list_choices("How often", Rhythm),
        show_default=False,
        autocompletion=choices.complete_enum(Rhythm),
    ),
]


@app.command("set")
def set_(
    rhythm: Which,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="WHO",
            help="A person, team or role of the playbook, or an e-mail address; repeat for more.",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="On the first day after the period.")
    ] = "07:00",
    tz: Annotated[
        str, typer.Option("--tz", metavar="ZONE", help="The time zone of the days and of the time.")
    ] = "UTC",
    language: Annotated[
        str, typer.Option("--language", help="Of plain addresses; all others have their own.")
    ] = "en",
    now: Annotated[bool, typer.Option("--now", help="Send the last one at once, too.")] = False,
    in_json: Json = False,
) -> None:
    """Schedule the report, or change how: each is about the whole week or quarter before it."""
    written = {"rhythm": rhythm, "at": at, "time_zone": tz, "to": to or [], "language": language}
    wanted = _read(written)
    _tell([call_client(lambda client: client.schedule_report(wanted, now=now))], in_json)


@app.command("list")
def list_(in_json: Json = False) -> None:
    """List what is scheduled, and when it is mailed next."""
    _tell(call_client(lambda client: client.scheduled_reports()), in_json)


@app.command()
def remove(rhythm: Which) -> None:
    """Mail no more of these; one that is under way still arrives."""
    which = option_values.parse_choice(Rhythm, rhythm, "RHYTHM")
    call_client(lambda client: client.unschedule_report(which))
    escalation.out.print(f"the {which} report is not scheduled any more")


def _read(written: dict[str, Any]) -> ReportSchedule:
    from planning.plan.report_readers import read_schedule
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    playbook = load_playbook(Settings.load().playbook)
    try:
        return read_schedule(written, playbook)
    except BadRequest as refused:
        raise BadRequest.because("the schedule", map(_as_typed, refused.faults)) from None


def _as_typed(fault: Fault) -> Fault:
    field = fault.where.partition(".")[0]
    return fault.changed(where=_TYPED.get(field, f"--{field}"))


def _tell(schedules: Sequence[ScheduledReport], in_json: bool) -> None:
    if in_json:
        escalation.as_json(schedules)
        return
    table = Table("report", "at", "to", "last", "next", box=None, pad_edge=False)
    for each in schedules:
        wanted = each.wanted
        coming = Text("paused", style="yellow") if each.is_paused else escalation.format_due(each.next_at)
        at = f"{wanted.at} {wanted.time_zone}"
        table.add_row(wanted.rhythm, at, Text(", ".join(wanted.to)), _when(each.last_at), coming)
    escalation.out.print(table if schedules else "no report is scheduled")


def _when(at: datetime | None) -> str:
    return minute(at) if at else "–"
