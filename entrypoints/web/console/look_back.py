"""
Page that looks back on a period: the figures of the record, with their definitions, for those whom the reader may see.

The database is asked in a thread, because it waits. Must not know markup.
"""

import asyncio
from datetime import UTC, date, datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.console.local_days import days_between, read_day
from entrypoints.web.console.page_service import PageService
from entrypoints.web.console.reader import Reader
from escalation.measures.definitions import BY_NAME
from records.errors import RecordStoreFault
from records.period_report import make_report
from records.report import FIRST, NOT_KNOWN, By, Figure, Period, Report
from workers.record_setup import open_record_store

MOST_GROUPS = 40


class LookBackPages:
    """The page that looks back."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def look_back(self, request: Request) -> Response:
        reader, report, trouble = await self._service.reader(request), None, ""
        given = {name: request.query_params.get(name, "") for name in ("from", "to", "by")}
        by = By(given["by"]) if given["by"] in set(By) else None
        try:
            report = await asyncio.to_thread(self._report, _period(given, reader), by)
        except RecordStoreFault as fault:
            trouble = str(fault)
        return self._service.page(
            "look_back.html",
            reader,
            page="look_back",
            given=given,
            divisions=tuple(By),
            report=report,
            figures=[report.whole.figures[name] for name in FIRST] if report else [],
            columns=[BY_NAME[name] for name in _columns(report)] if report else [],
            groups=report.groups[:MOST_GROUPS] if report else [],
            period=_period_in_words(given, reader),
            label_of=partial(_label_of, reader, by),
            said=partial(_figure_in_words, reader),
            trouble=trouble,
        )

    def _report(self, period: Period, by: By | None) -> Report:
        with open_record_store(self._service.settings) as store:
            return make_report(store, period, datetime.now(UTC), by)


def _columns(report: Report) -> list[str]:
    return [name for name in FIRST if any(group.value(name) is not None for group in report.groups)]


def _period_in_words(given: dict[str, str], reader: Reader) -> str:
    """Return which escalations are looked at, by the days on which they were opened."""
    match read_day(given["from"]), read_day(given["to"]):
        case None, None:
            return reader.text("period.any_time")
        case date() as first, None:
            return reader.text("period.since", reader.day(first))
        case None, date() as last:
            return reader.text("period.until", reader.day(last))
        case first, last:
            days = [reader.day(day) for day in (first, last) if day]
            return reader.text("period.on_day" if first == last else "period.between", *days)


def _label_of(reader: Reader, by: By | None, label: str) -> str:
    """Return the name of a group, in words."""
    if label == NOT_KNOWN:
        return reader.text("period.not_known")
    match by:
        case By.REASON:
            return reader.label("EscalationReason", label)
        case By.CATEGORY:
            return reader.label("playbook", label)
        case By.TEAM:
            return reader.name(label)
        case By.LEVEL:
            return f"{reader.text('column.level')} {label}"
        case _:
            return label


def _figure_in_words(reader: Reader, figure: Figure) -> str:
    """Return the value as this reader writes numbers; a dash, where there is nothing to draw it from."""
    return "–" if figure.value is None else reader.formats.figure(figure.measure.unit, figure.value)


def _period(given: dict[str, str], reader: Reader) -> Period:
    return Period(*days_between(given["from"], given["to"], reader.zone), reader.caller.sight)
