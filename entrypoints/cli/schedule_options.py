"""Schedules of the review pack, as they are typed and shown."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from entrypoints.cli.option_values import parse_choice
from entrypoints.cli.render.escalation import format_due
from entrypoints.terminal import as_json, out
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.timeline_entry import minute
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport
from planning.plan.report_readers import read_schedule
from planning.playbook.loader import load_playbook
from runtime.settings import Settings

_TYPED = {"rhythm": "RHYTHM", "time_zone": "--tz"}
"""Words that are typed for a field, where that is not the option of its name."""


def read_schedule_options(written: dict[str, Any]) -> ReportSchedule:
    """Return the schedule that was *written*; who its readers are, a service says by its own playbook."""
    settings = Settings.load()
    if settings.url is not None:
        rhythm = parse_choice(Rhythm, written["rhythm"], "RHYTHM")
        # All else is read and checked there.
        return ReportSchedule(**{**written, "rhythm": rhythm, "to": tuple(written["to"])})
    with name_schedule_options():
        return read_schedule(written, load_playbook(settings.playbook))


@contextmanager
def name_schedule_options() -> Iterator[None]:
    """Name the options in what is refused within."""
    try:
        yield
    except BadRequest as refused:
        raise BadRequest.because(reason("of.schedule"), map(_as_typed, refused.faults)) from None


def _as_typed(fault: Fault) -> Fault:
    field = fault.where.partition(".")[0]
    return replace(fault, where=_TYPED.get(field, f"--{field}"))


def print_schedules(schedules: Sequence[ScheduledReport], in_json: bool) -> None:
    if in_json:
        as_json(schedules)
        return
    table = Table("report", "at", "to", "last", "next", box=None, pad_edge=False)
    for each in schedules:
        wanted = each.wanted
        coming = Text("paused", style="yellow") if each.is_paused else format_due(each.next_at)
        at = f"{wanted.at} {wanted.time_zone}"
        table.add_row(wanted.rhythm, at, Text(", ".join(wanted.to)), _when(each.last_at), coming)
    out.print(table if schedules else "no report is scheduled")


def _when(at: datetime | None) -> str:
    return minute(at) if at else "–"
