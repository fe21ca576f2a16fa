"""
The Temporal Schedule of a report: when it runs, what it starts, and what it reads back as.

Owns the terms: which times, what becomes of missed ones, and of one that is due while another is under way. It must
not know periods, readers or packs. To pause it, to see its runs or to make up for one, there is Temporal's own Web UI.
"""

from datetime import timedelta

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)

from escalation import contract
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport
from workflows import web_ui

MADE_UP_FOR = timedelta(days=92)
"""Runs that were missed while no server ran: a quarter's, or a quarter full of weeks."""
_MONDAY = [ScheduleRange(1)]
_FIRST_MONTHS = [ScheduleRange(1, 12, 3)]


def schedule_of(wanted: ReportSchedule, *, is_paused: bool = False) -> Schedule:
    readers = ", ".join(wanted.to)
    return Schedule(
        action=ScheduleActionStartWorkflow(
            contract.REPORT_WORKFLOW,
            wanted,
            id=wanted.id,
            task_queue=contract.ESCALATION_QUEUE,
            static_summary=web_ui.summary(f"{wanted.rhythm} review pack to {web_ui.escaped(readers)}"),
        ),
        spec=ScheduleSpec(calendars=[_times(wanted)], time_zone_name=wanted.time_zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=MADE_UP_FOR),
        state=ScheduleState(
            note=f"The {wanted.rhythm} review pack, at {wanted.at} {wanted.time_zone}, to {readers}",
            paused=is_paused,
        ),
    )


async def read_back(found: ScheduleDescription) -> ScheduledReport:
    action = found.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    (wanted,) = await found.data_converter.decode(action.args, [ReportSchedule])
    recent, coming = found.info.recent_actions, found.info.next_action_times
    return ScheduledReport(
        wanted=wanted,
        next_at=coming[0] if coming else None,
        last_at=recent[-1].scheduled_at if recent else None,
        is_paused=found.schedule.state.paused,
    )


def _times(wanted: ReportSchedule) -> ScheduleCalendarSpec:
    hour, minute = ([ScheduleRange(int(part))] for part in wanted.at.split(":"))
    match wanted.rhythm:
        case Rhythm.WEEKLY:
            return ScheduleCalendarSpec(hour=hour, minute=minute, day_of_week=_MONDAY)
        case Rhythm.QUARTERLY:
            return ScheduleCalendarSpec(
                hour=hour, minute=minute, day_of_month=[ScheduleRange(1)], month=_FIRST_MONTHS
            )
