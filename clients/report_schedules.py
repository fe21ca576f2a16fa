"""
Reports by schedule: the server keeps them, no worker is asked.
"""

from temporalio.client import ScheduleAlreadyRunningError, ScheduleUpdate
from temporalio.service import RPCError, RPCStatusCode

from clients.transport import Transport
from escalation.kernel.refusals import MoveNotAllowed
from escalation.measures.report_schedule import ReportSchedule, Rhythm, ScheduledReport, report_id
from workflows.report_schedule import read_back, schedule_of


class ReportSchedules(Transport):
    """Set, list and remove them."""

    async def schedule_report(self, wanted: ReportSchedule, *, now: bool = False) -> ScheduledReport:
        """
        Mail a report by schedule, from now on as *wanted*; *now*: and at once. One that is paused stays so.
        """
        handle = self._client.get_schedule_handle(wanted.id)
        try:
            try:
                await self._client.create_schedule(wanted.id, schedule_of(wanted))
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
            raise self._no_server(error) from error

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
            await self._client.get_schedule_handle(report_id(rhythm)).delete()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise MoveNotAllowed(f"no {rhythm} report is scheduled") from None
            raise self._no_server(error) from error

    async def _scheduled(self, rhythm: Rhythm) -> ScheduledReport | None:
        try:
            return await read_back(await self._client.get_schedule_handle(report_id(rhythm)).describe())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise self._no_server(error) from error
