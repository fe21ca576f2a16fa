"""Schedules of the review pack, as they are typed and shown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from entrypoints.cli.render.escalation import format_due
from entrypoints.terminal import as_json, out
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.timeline_entry import minute
from escalation.measures.report_schedule import ReportSchedule, ScheduledReport
from planning.plan.report_readers import read_schedule
from planning.playbook.loader import load_playbook
from runtime.settings import Settings

_TYPED = {"rhythm": "RHYTHM", "time_zone": "--tz"}
"""Words that are typed for a field, where that is not the option of its name."""


def read_schedule_options(written: dict[str, Any]) -> ReportSchedule:
    playbook = load_playbook(Settings.load().playbook)
    try:
        return read_schedule(written, playbook)
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
