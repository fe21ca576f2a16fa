"""
Pages of the playbook: the matrix, a simulation, who is on call, where nobody is, and what a changed file would change.

Whatever takes long is done in a thread, so that nobody else waits. Must not know markup.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from client import ask_each
from entrypoints.rebase_outlook import preview_rebase
from entrypoints.web.console.form_faults import place_faults
from entrypoints.web.console.form_state import FormState
from entrypoints.web.console.local_instants import read_local
from entrypoints.web.console.on_call_week import heat_of, week_of
from entrypoints.web.console.page_reads import names_in
from entrypoints.web.console.page_service import PageService, key_in
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.record_form import Known, RecordForm
from entrypoints.web.console.start_form import categories_in
from entrypoints.web.security_headers import CONSOLE
from escalation.case.moves.rebase import Rebase, RebasePreview
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, EscalationError, faults_of
from escalation.policy.classification import Priority
from escalation.policy.plan import PlaybookRef
from planning.forecast.coverage import covered_times_by_rota, find_gaps
from planning.forecast.forecast import Forecast, make_forecast
from planning.forecast.forecast_chart import draw_forecast
from planning.forecast.sample_request import make_request
from planning.on_call.feeds import Feeds
from planning.playbook.schema import Playbook
from runtime.errors import RuntimeFault
from runtime.network import Network
from runtime.signed_links import case_path

FIRST_ENTRIES, MOST_ENTRIES = 40, 200
"""Lines of a simulation that a page shows at once, and those that anybody reads."""
MOST_CHANGES = 15
"""Open escalations that are asked what a rebase would change; those due first."""
_AT_ONCE = 8
_REBASE = RecordForm(Rebase, frozenset({"by", "plan"}))
_COVERAGE_KEPT = timedelta(minutes=1)
"""Time for which a week's coverage is shown again; the calendars of others are read once in it."""


class PlaybookPages:
    """The pages of the playbook."""

    def __init__(self, service: PageService) -> None:
        self._service = service
        self._coverage: tuple[tuple[object, ...], datetime, object] | None = None
        """The latest that was computed: of what, until when it is shown, and what was found."""

    async def matrix(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        return self._service.page(
            "playbook.html",
            reader,
            page="playbook",
            part="matrix",
            matrix=self._service.playbook.matrix(),
        )

    async def simulate(self, request: Request) -> Response:
        """Show what would happen to a case if nobody acts; the case is in the address."""
        reader, playbook = await self._service.reader(request), self._playbook()
        forecast, fault = None, ""
        if "category" in request.query_params:
            try:
                forecast = await asyncio.to_thread(_simulate, playbook, request.query_params, reader.zone)
            except BadRequest as refused:
                fault = reader.say(refused.refusal.reason)
        return self._service.page(
            "simulate.html",
            reader,
            status=422 if fault else 200,
            page="playbook",
            part="simulate",
            categories=categories_in(playbook),
            priorities=tuple(Priority),
            given={name: request.query_params.get(name, "") for name in ("category", "priority", "at")},
            forecast=forecast,
            first=FIRST_ENTRIES,
            most=MOST_ENTRIES,
            fault=fault,
            picture=f"/playbook/simulation.svg?{request.url.query}",
        )

    async def picture(self, request: Request) -> Response:
        """Draw a simulation."""
        reader, playbook = await self._service.reader(request), self._playbook()
        zone = reader.zone if isinstance(reader.zone, ZoneInfo) else ZoneInfo("UTC")

        def draw() -> str:
            return draw_forecast(_simulate(playbook, request.query_params, zone), zone, playbook.name)

        return Response(await asyncio.to_thread(draw), media_type="image/svg+xml", headers=CONSOLE)

    async def on_call(self, request: Request) -> Response:
        """Show who is on call, a week at a time."""
        reader, playbook = await self._service.reader(request), self._playbook()
        monday = _monday(request, reader)
        week = await asyncio.to_thread(week_of, playbook, monday, reader.zone, self._feeds())
        return self._service.page(
            "on_call.html", reader, page="playbook", part="on_call", **_of_week(monday), rotas=week
        )

    async def coverage(self, request: Request) -> Response:
        """Show in which hours of a week a level has nobody to notify."""
        reader, playbook = await self._service.reader(request), self._playbook()
        monday = _monday(request, reader)
        since = datetime.combine(monday, datetime.min.time(), reader.zone).astimezone(UTC)

        def look() -> object:
            rotas = covered_times_by_rota(playbook, self._feeds())
            found = find_gaps(playbook, since, since + timedelta(days=7), rotas)
            return heat_of([gap for _, _, gaps in found for gap in gaps], monday, reader.zone)

        asked = (playbook.sha256, monday, str(reader.zone))
        kept = self._coverage
        if kept is None or kept[0] != asked or kept[1] < reader.now:
            kept = self._coverage = (asked, reader.now + _COVERAGE_KEPT, await asyncio.to_thread(look))
        return self._service.page(
            "coverage.html", reader, page="playbook", part="coverage", **_of_week(monday), heat=kept[2]
        )

    async def changes(self, request: Request) -> Response:
        """Show what the playbook of today would change for the open escalations."""
        reader, playbook = await self._service.reader(request), self._playbook()
        rows = await self._service.open.rows(reader.caller.sight)
        subjects = {row.key: row.subject for row in rows[:MOST_CHANGES]}
        today = PlaybookRef(name=playbook.name, version=playbook.version, sha256=playbook.sha256)

        async def change(key: str) -> RebasePreview | None:
            if (await reader.client.view(key)).playbook == str(today):
                return None  # asked first, because a new plan for each takes seconds
            return await preview_rebase(reader.client, key, playbook)

        found = {key: answer async for key, answer in ask_each(list(subjects), change, at_once=_AT_ONCE)}
        changed = [each for each in found.values() if isinstance(each, RebasePreview) and each.is_change]
        return self._service.page(
            "changes.html",
            reader,
            page="playbook",
            part="changes",
            subjects=subjects,
            changed=changed,
            refused=[key for key, each in found.items() if isinstance(each, Exception)],
            more=max(0, len(rows) - MOST_CHANGES),
        )

    async def rebase(self, request: Request) -> Response:
        """Show what a rebase of one escalation would change; once the form is sent, rebase it."""
        reader, playbook, key = await self._service.reader(request), self._playbook(), key_in(request)
        given = FormState()
        if request.method == "POST":
            given = FormState.sent(await self._service.fields(request))
            person = reader.require_person()
            try:
                why = given.fields.get("why", "")
                await reader.client.rebase(key, by=person, why=why, sha256=playbook.sha256)
            except ValidationError as error:
                given = given.refused(BadRequest.because(reason("of.rebase"), faults_of(error)))
            except EscalationError as error:
                given = given.refused(error)
            else:
                return RedirectResponse(f"{case_path(key)}?done=rebase", 303)
        now = await reader.client.state(key)
        preview = None
        try:
            preview = await preview_rebase(reader.client, key, playbook)
        except EscalationError as error:
            given = given.refused(error)
        placed = place_faults(_REBASE.fields(Known({}, {}, {}), given.fields), given.faults, reader)
        return self._service.page(
            "rebase.html",
            reader.knowing(names_in(now)),
            status=given.status,
            page="all",
            here=case_path(key),
            key=now.key,
            about=now.request.subject,
            path=request.url.path,
            preview=preview,
            fields=placed.fields,
            faults=placed.lines,
            obstacle=given.obstacle(now),
        )

    def _playbook(self) -> Playbook:
        found = self._service.playbook.current()
        if found is None:
            raise RuntimeFault("the playbook cannot be read; `escalate playbook check` says why")
        return found

    def _feeds(self) -> Feeds:
        return Feeds(Network(self._service.settings.private_networks).transport)


def _simulate(playbook: Playbook, given: Mapping[str, str], zone: tzinfo) -> Forecast:
    kind, _, category = given.get("category", "").partition("/")
    if given.get("priority", "P3") not in set(Priority):
        raise HTTPException(400)
    starts_at = datetime.now(UTC)
    with suppress(ValueError):  # what is no instant is now
        starts_at = datetime.fromisoformat(read_local(given.get("at", ""), zone)).astimezone(UTC)
    request = make_request(playbook, category, Priority(given.get("priority", "P3")), kind)
    return make_forecast(playbook, request, starts_at)


def _monday(request: Request, reader: Reader) -> date:
    """Return the Monday of the week that the address asks for, else of this one."""
    day = reader.now.astimezone(reader.zone).date()
    with suppress(ValueError):
        day = date.fromisoformat(request.query_params.get("week", ""))
    if not date(1990, 1, 1) < day < date(2100, 1, 1):
        raise HTTPException(400)
    return day - timedelta(days=day.weekday())


def _of_week(monday: date) -> dict[str, Any]:
    days = [monday + timedelta(days=number) for number in range(7)]
    return {"days": days, "before": monday - timedelta(days=7), "after": monday + timedelta(days=7)}
