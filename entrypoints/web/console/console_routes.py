"""
The console: which address shows which page; and the pages of lists, and the choices of a browser.

Must not know markup or rules.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from entrypoints.web.console.audit_page import AuditPage
from entrypoints.web.console.case_pages import CasePages
from entrypoints.web.console.list_rows import (
    MOST_ENDED,
    ListFilter,
    count_by_priority,
    count_by_state,
    latest_by_key,
)
from entrypoints.web.console.look_back import LookBackPages
from entrypoints.web.console.move_pages import MovePages
from entrypoints.web.console.page_service import PageService
from entrypoints.web.console.playbook_pages import PlaybookPages
from entrypoints.web.console.reader import LANGUAGE_COOKIE
from entrypoints.web.console.settings_page import SettingsPage
from entrypoints.web.console.sponsorship_pages import LIST, SponsorshipPages
from entrypoints.web.console.start_pages import StartPages
from entrypoints.web.console.task_force_pages import TaskForcePages
from entrypoints.web.console.wanted_rows import wanted_of
from entrypoints.web.security_headers import CONSOLE
from entrypoints.web.service_parts import ServiceParts
from identity.caller import AS_COOKIE

ROWS = 100
"""Rows of the list on one page."""
_STATIC = Path(__file__).parent / "static"
_CASE = "/case/{tenant}/{ticket}"
_FORCE = _CASE + "/task-force/{name}"


class ListPages:
    """Pages that list escalations, and what a browser remembers."""

    def __init__(self, service: PageService) -> None:
        self._service = service

    async def for_me(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        if reader.person is None or "who" in request.query_params:
            return self._service.page(
                "who.html", reader, page="for_me", people=self._service.playbook.people()
            )
        managers = self._service.playbook.sponsorship_managers()
        found = await wanted_of(reader, reader.person, managers)
        return self._service.page("for_me.html", reader, page="for_me", found=found)

    async def all(self, request: Request) -> Response:
        reader = await self._service.reader(request)
        given = {name: request.query_params.get(name, "")[:200] for name in ListFilter._fields}
        wanted, sight, lists = ListFilter(**given), reader.caller.sight, self._service
        still_open, ended = await asyncio.gather(lists.open.rows(sight), lists.ended.rows(sight))
        everything = (*still_open, *ended)
        rows = everything if wanted.covers_ended else still_open
        matching = list(await lists.open.search(sight, wanted))
        if wanted.covers_ended:
            matching += await lists.ended.search(sight, wanted)
        return self._service.page(
            "rows.html" if request.headers.get("hx-request") else "all.html",
            reader,
            page="all",
            filter=wanted,
            address=_address("/all", given),
            rows=matching[:ROWS],
            more=max(0, len(matching) - ROWS),
            latest=latest_by_key(everything),
            is_cut=wanted.covers_ended and lists.ended.is_cut,
            most_ended=MOST_ENDED,
            states=count_by_state(everything),
            priorities=count_by_priority(still_open),
            owners=sorted({row.owner for row in rows}),
            breached=sum(row.is_breached for row in still_open),
            total=len(matching),
            has_open=bool(still_open),
        )

    async def live(self, request: Request) -> Response:
        """Say each time that the list, or one escalation of it, has changed."""
        reader = await self._service.reader(request)
        return self._service.live.of_list(request, reader)

    # Choices of a browser.

    async def choose_person(self, request: Request) -> Response:
        """In open mode: remember who somebody says they are."""
        given = await self._service.fields(request)
        answer = RedirectResponse(_local(given.get("next", "/")), 303)
        _remember(answer, AS_COOKIE, given.get("person", ""))
        return answer

    async def choose_language(self, request: Request) -> Response:
        given = await self._service.fields(request)
        answer = RedirectResponse(_local(given.get("next", "/")), 303)
        if given.get("language") in self._service.languages.tags:
            _remember(answer, LANGUAGE_COOKIE, given["language"])
        return answer


def console_routes(parts: ServiceParts) -> list[Route]:
    """Return the routes of the console."""
    service = PageService(parts)
    lists, case, moves, start = (
        ListPages(service),
        CasePages(service),
        MovePages(service),
        StartPages(service),
    )
    forces, books = TaskForcePages(service), PlaybookPages(service)
    sponsorships = SponsorshipPages(service)
    return [
        Route(path, service.guarded(endpoint), methods=methods)
        for path, endpoint, methods in (
            ("/", lists.for_me, ["GET"]),
            ("/all", lists.all, ["GET"]),
            ("/start", start.start, ["GET", "POST"]),
            (LIST, sponsorships.list, ["GET"]),
            (LIST + "/{account:path}/{move:sponsorship_move}", sponsorships.move, ["GET", "POST"]),
            (LIST + "/{account:path}", sponsorships.show, ["GET"]),
            ("/look-back", LookBackPages(service).look_back, ["GET"]),
            ("/playbook", books.matrix, ["GET"]),
            ("/playbook/simulate", books.simulate, ["GET"]),
            ("/playbook/simulation.svg", books.picture, ["GET"]),
            ("/playbook/on-call", books.on_call, ["GET"]),
            ("/playbook/coverage", books.coverage, ["GET"]),
            ("/playbook/changes", books.changes, ["GET"]),
            (_CASE + "/rebase", books.rebase, ["GET", "POST"]),
            ("/live", lists.live, ["GET"]),
            ("/settings", SettingsPage(service).settings, ["GET", "POST"]),
            ("/settings/audit-log", AuditPage(service).audit_log, ["GET"]),
            ("/who", lists.choose_person, ["POST"]),
            ("/language", lists.choose_language, ["POST"]),
            (_CASE, case.case, ["GET"]),
            (_CASE + "/live", case.live, ["GET"]),
            (_CASE + "/messages/{message}", case.message, ["GET"]),
            (_CASE + "/outlook", case.outlook, ["GET"]),
            (_FORCE, forces.show, ["GET"]),
            (_FORCE + "/{move}", forces.move, ["GET", "POST"]),
            (_CASE + "/{move}", moves.move, ["GET", "POST"]),
            ("/static/{name}", _static, ["GET"]),
        )
    ]


async def _static(request: Request) -> Response:
    names = {file.name for file in _STATIC.iterdir()}
    if request.path_params["name"] not in names:
        raise HTTPException(404)
    file = _STATIC / request.path_params["name"]
    return FileResponse(file, headers={**CONSOLE, "Cache-Control": "public, max-age=3600"})


def _address(path: str, given: Mapping[str, str]) -> str:
    kept = {name: value for name, value in given.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _local(path: str) -> str:
    """Return *path* if it is one of this service; a link that leads elsewhere is not followed."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=31_536_000, httponly=True, samesite="lax")
