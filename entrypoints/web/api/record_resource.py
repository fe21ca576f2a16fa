"""
Records and reports: what is kept past retention, the figures of a period, and the reports that are mailed.

The database is asked in a thread of its own, because it waits.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.open_escalations import record_open_escalations
from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath, Visit
from entrypoints.web.api.problems import LOOKING, MOVING
from entrypoints.web.api.query_values import read_zone
from entrypoints.web.refusal_audit import entry_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault, UnknownEscalation, quote_input
from escalation.kernel.values import Input, InputDay, Name
from escalation.measures.report_schedule import Rhythm, ScheduledReport
from identity.actor import DoorName
from planning.calendars.report_periods import midnight_of
from planning.plan.report_readers import read_schedule
from records.audit_log import AuditKind
from records.data_export import read_escalations
from records.period_report import make_report
from records.report import By, Period, Report
from records.report_data import report_as_data
from workers.record_setup import open_record_store

router = APIRouter(tags=["records"], responses=LOOKING)


@router.get(ONE + "/record", response_model=list[dict[str, Any]])
async def show_record(request: Request, visit: CurrentVisit, key: KeyInPath) -> Response:
    """Show what is on record of one key, every escalation that it had. The audit log has who read it."""
    found = await asyncio.to_thread(_read_record, visit, key)
    if not found:
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record")
    visit.service.audit.note(entry_of(request, AuditKind.EXPORTED, DoorName.API))
    return visit.answer(found)


def _read_record(visit: Visit, key: str) -> list[Any]:
    with open_record_store(visit.service.settings) as store:
        return list(read_escalations(store, Period(sight=visit.caller.sight), key))


class _ReportAsked(NamedTuple):
    period: Period
    by: By | None
    zone: ZoneInfo


async def _report_asked(
    visit: CurrentVisit,
    since: Annotated[
        InputDay | None, Query(alias="from", description="The first day; if omitted, of the record.")
    ] = None,
    until: Annotated[
        InputDay | None, Query(alias="to", description="The last day; if omitted, today.")
    ] = None,
    by: Annotated[By | None, Query(description="Divide the figures by this.")] = None,
    time_zone: Annotated[Name, Query(description="The zone of the days.", examples=["Asia/Jakarta"])] = "UTC",
) -> _ReportAsked:
    """
    Raises:
        BadRequest: If there is no such zone, or the period ends before it begins.
    """
    zone = read_zone(time_zone)
    if since and until and until < since:
        fault = Fault(where="to", given=str(until), allowed=f"a day not before {since}")
        raise BadRequest.because(reason("of.report"), (fault,))
    after = _midnight(until, zone, timedelta(days=1))
    return _ReportAsked(Period(_midnight(since, zone), after, visit.caller.sight), by, zone)


ReportAsked = Annotated[_ReportAsked, Depends(_report_asked)]


@router.get("/report", response_model=dict[str, Any])
async def show_report(request: Request, visit: CurrentVisit, asked: ReportAsked) -> Response:
    """
    Look back on a period: each figure with its definition. Open escalations count as far as they are on record, and
    those that the caller may look at alone.
    """
    with open_record_store(visit.service.settings) as store:
        found = await asyncio.to_thread(make_report, store, asked.period, datetime.now(UTC), asked.by)
    visit.service.audit.note(entry_of(request, AuditKind.EXPORTED, DoorName.API))
    return visit.answer(report_as_data(found, asked.zone))


@router.get("/report/figures", response_model=Report)
async def show_figures(
    request: Request,
    visit: CurrentVisit,
    asked: ReportAsked,
    as_recorded: Annotated[
        bool, Query(description="Do not ask open escalations what they have not put on record yet.")
    ] = False,
) -> Response:
    """Show all that a report of a period is drawn from, for a program that draws it itself."""
    with open_record_store(visit.service.settings) as store:
        record = None if as_recorded else await record_open_escalations(visit.client, store)
        found = await asyncio.to_thread(make_report, store, asked.period, datetime.now(UTC), asked.by, record)
    visit.service.audit.note(entry_of(request, AuditKind.EXPORTED, DoorName.API))
    return visit.answer(found)


def _midnight(day: date | None, zone: ZoneInfo, later: timedelta = timedelta()) -> datetime | None:
    return midnight_of(day + later, zone) if day else None


@router.get("/report-schedules", response_model=tuple[ScheduledReport, ...])
async def list_report_schedules(visit: CurrentVisit) -> Response:
    """List the reports that are mailed regularly."""
    return visit.answer(await visit.client.scheduled_reports())


class ScheduleBody(Input):
    """Time and readers of a report that is mailed."""

    at: Annotated[str, Field(description="When it leaves on the first day after the period.")] = "07:00"
    time_zone: Annotated[Name, Field(description="The time zone of the days and of the time.")] = "UTC"
    to: Annotated[
        tuple[Name, ...],
        Field(
            description="People, teams and roles of the playbook, and e-mail addresses.", examples=[["elena"]]
        ),
    ]
    language: Annotated[str, Field(description="Of plain addresses; all others have their own.")] = "en"
    now: Annotated[bool, Field(description="Send the last one at once, too.")] = False


Whichever = Annotated[Rhythm, Path(description="Which report.")]


@router.post("/report-schedules/{rhythm}", response_model=ScheduledReport, responses=MOVING)
async def schedule_report(visit: CurrentVisit, rhythm: Whichever, said: ScheduleBody) -> Response:
    """Mail a report regularly, or change how. It is about all escalations, so only who looks at all may do this."""
    visit.require_unlimited_sight()
    written = {**said.model_dump(mode="json", exclude={"now"}), "rhythm": rhythm}
    own = await asyncio.to_thread(visit.service.playbook.require)
    return visit.answer(await visit.client.schedule_report(read_schedule(written, own), now=said.now))


@router.post(
    "/report-schedules/{rhythm}/remove", response_model=tuple[ScheduledReport, ...], responses=MOVING
)
async def unschedule_report(visit: CurrentVisit, rhythm: Whichever) -> Response:
    """Mail no more of these, and show what is still scheduled; one that is under way still arrives."""
    visit.require_unlimited_sight()
    await visit.client.unschedule_report(rhythm)
    return visit.answer(await visit.client.scheduled_reports())
