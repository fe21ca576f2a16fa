"""
Reports by schedule: the server keeps them as Temporal Schedules, and no worker is asked.

Owns when one runs, what becomes of missed runs, and of one that is due while another is under way. It must not know
periods, readers or packs. To pause one or to see its runs there is Temporal's own Web UI.
"""

from datetime import timedelta

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.service import RPCError, RPCStatusCode

from clients.client_part import ClientPart
from escalation import contract
from escalation.kernel.refusals import MoveNotAllowed
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport, report_id
from workflows import web_ui

MADE_UP_FOR = timedelta(days=92)
"""Runs that were missed while no server ran: a quarter's, or a quarter full of weeks."""
_MONDAY = [ScheduleRange(1)]
_FIRST_MONTHS = [ScheduleRange(1, 12, 3)]


class ReportSchedules(ClientPart):
    """Set, list and remove them."""

    async def schedule_report(self, wanted: ReportSchedule, *, now: bool = False) -> ScheduledReport:
        """Mail a report by schedule, from now on as *wanted*; *now*: and at once. One that is paused stays so."""
        handle = self._temporal.client.get_schedule_handle(wanted.id)
        try:
            try:
                await self._temporal.client.create_schedule(wanted.id, schedule_of(wanted))
            except ScheduleAlreadyRunningError:
                await handle.update(
                    lambda before: ScheduleUpdate(
                        schedule_of(wanted, is_paused=before.description.schedule.state.paused)
                    )
                )
            if now:
                await handle.trigger()
            return await read_back(await handle.describe())
        except RPCError as error:
            raise self._temporal.no_server(error) from error

    async def scheduled_reports(self) -> tuple[ScheduledReport, ...]:
        """In the order of the rhythms; there is at most one of each."""
        found = [await self._scheduled(rhythm) for rhythm in Rhythm]
        return tuple(each for each in found if each)

    async def unschedule_report(self, rhythm: Rhythm) -> None:
        """
        Mail no more of these; what is under way ends in order.

        Raises:
            MoveNotAllowed: If there is no such schedule.
        """
        try:
            await self._temporal.client.get_schedule_handle(report_id(rhythm)).delete()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise MoveNotAllowed(f"no {rhythm} report is scheduled") from None
            raise self._temporal.no_server(error) from error

    async def _scheduled(self, rhythm: Rhythm) -> ScheduledReport | None:
        try:
            return await read_back(
                await self._temporal.client.get_schedule_handle(report_id(rhythm)).describe()
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise self._temporal.no_server(error) from error


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
