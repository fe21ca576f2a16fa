"""
The console: which address shows which page, and what all pages have in common.

A GET changes nothing. A POST is taken only from a page of this service: the browser says where it comes from, and
another origin is refused. Must not know markup or rules.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from entrypoints.web.console.list_rows import ListFilter, OpenEscalations, count_by_priority, count_by_state
from entrypoints.web.console.live import live_list
from entrypoints.web.console.move_form import FormRefused, choices_of, fields_of_form, has_form, read_form
from entrypoints.web.console.page_drawer import PageDrawer
from entrypoints.web.console.page_reads import choices_of_people, names_of, read_case, wanted_of
from entrypoints.web.console.playbook_facts import PlaybookFacts
from entrypoints.web.console.reader import LANGUAGE_COOKIE, Reader, choose_words, choose_zone
from entrypoints.web.page_texts import Languages
from entrypoints.web.request_body import read_body
from entrypoints.web.sign_in import SIGN_IN
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.case.lifecycle import ENDING_MOVES, Move
from escalation.case.move_preview import MovePreview
from escalation.kernel.refusals import EscalationError, Refusal, UnknownEscalation
from escalation.policy.people import Contact
from identity.actor import Acting, DoorName, begin_to_act
from identity.caller import AS_COOKIE, CallerSource, NotIdentified
from planning.forecast.outlook import look_ahead
from runtime.errors import RuntimeFault
from runtime.settings import Settings

POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
LARGEST_FORM = 200_000
"""Bytes; the longest text that a move takes fits, percent-encoded."""
ROWS = 100
"""Rows of the list on one page."""
Endpoint = Callable[[Request], Awaitable[Response]]
_STATIC = Path(__file__).parent / "static"
_FORM = "application/x-www-form-urlencoded"
_PATH = "/case/{tenant}/{ticket}"

log = structlog.get_logger("console")


class ConsolePages:
    """The pages."""

    def __init__(
        self,
        settings: Settings,
        reach: TemporalClientSource,
        languages: Languages,
        callers: CallerSource,
    ) -> None:
        self._reach = reach
        self._languages = languages
        self._callers = callers
        self._drawer = PageDrawer()
        self._open = OpenEscalations()
        self._playbook = PlaybookFacts(settings)
        self._has_sign_in = settings.oidc_issuer is not None

    # Pages.

    async def for_me(self, request: Request) -> Response:
        reader = await self._reader(request)
        if reader.person is None or "who" in request.query_params:
            return self._page("who.html", reader, page="for_me", people=self._playbook.people())
        found = await wanted_of(reader.client, reader.person)
        return self._page("for_me.html", reader, page="for_me", found=found)

    async def all(self, request: Request) -> Response:
        reader = await self._reader(request)
        given = {name: request.query_params.get(name, "")[:200] for name in ListFilter._fields}
        rows = await self._open.rows(reader.client)
        wanted = ListFilter(**given)
        matching = [row for row in rows if wanted.matches(row)]
        return self._page(
            "rows.html" if request.headers.get("hx-request") else "all.html",
            reader,
            page="all",
            filter=wanted,
            address=_address("/all", given),
            rows=matching[:ROWS],
            more=max(0, len(matching) - ROWS),
            states=count_by_state(rows),
            priorities=count_by_priority(rows),
            owners=sorted({row.owner for row in rows}),
            total=len(rows),
        )

    async def case(self, request: Request) -> Response:
        reader = await self._reader(request)
        case = await read_case(reader.client, _key(request), reader.person)
        reader = _with_names(reader, case.people)
        return self._page(
            "case_body.html" if request.headers.get("hx-request") else "case.html",
            reader,
            page="all",
            case=case,
            here=_case_path(_key(request)),
            view=case.view,
            done=_done(request),
            ending=ENDING_MOVES,
            wanted=[move for move in case.wanted_of(reader.person) if has_form(move)],
            allowed=[each.move for each in case.permissions if each.is_allowed and has_form(each.move)],
            forbidden=[each for each in case.permissions if not each.is_allowed and has_form(each.move)],
        )

    async def move(self, request: Request) -> Response:
        """Show the form of a move; once it is sent, make the move."""
        reader, move = await self._reader(request), _move(request)
        if request.method != "POST":
            return await self._form(request, reader, move, {})
        given = await self._fields(request)
        if reader.person is None:
            raise NotIdentified(reader.text("not_named"))
        try:
            command = read_form(move, reader.person, given, reader.zone)
            if "preview" in given:
                preview = await reader.client.preview(_key(request), command)
                return await self._form(request, reader, move, given, preview=preview)
            await reader.client.ask(_key(request), command)
        except FormRefused as refused:
            faults = {name: reader.say(fault.reason) for name, fault in refused.faults.items()}
            return await self._form(request, reader, move, given, status=422, faults=faults)
        except UnknownEscalation:
            raise
        except EscalationError as error:
            return await self._form(request, reader, move, given, status=409, refusal=error.refusal)
        self._open.forget()
        return RedirectResponse(f"{_case_path(_key(request))}?done={move}", 303)

    async def _form(
        self,
        request: Request,
        reader: Reader,
        move: Move,
        given: Mapping[str, str],
        *,
        status: int = 200,
        faults: Mapping[str, str] | None = None,
        refusal: Refusal | None = None,
        preview: MovePreview | None = None,
    ) -> Response:
        client, key = reader.client, _key(request)
        view, people = await asyncio.gather(client.view(key), client.people(key))
        reader = _with_names(reader, people)
        choices = choices_of(view, choices_of_people(people), self._playbook.pause_reasons())
        fields = fields_of_form(move, choices, {**request.query_params, **given}, faults)
        return self._page(
            "move.html",
            reader,
            status=status,
            page="all",
            here=_case_path(key),
            view=view,
            move=move,
            fields=fields,
            faults=faults or {},
            refusal=refusal,
            preview=preview,
            path=request.url.path,
        )

    async def outlook(self, request: Request) -> Response:
        """Show what happens if nobody does anything: the rules run forward from now."""
        reader, key = await self._reader(request), _key(request)
        state = await reader.client.state(key)
        steps = look_ahead(state, reader.now, on_call=self._playbook.on_call())
        here = _case_path(key)
        return self._page(
            "outlook.html", reader, page="all", here=here, key=key, subject=state.request.subject, steps=steps
        )

    async def playbook(self, request: Request) -> Response:
        reader = await self._reader(request)
        return self._page("playbook.html", reader, page="playbook", matrix=self._playbook.matrix())

    async def live(self, request: Request) -> Response:
        """Say each time that the list, or one escalation of it, has changed."""
        reader = await self._reader(request)
        return live_list(request, reader.client, self._open)

    # Choices of a browser.

    async def choose_person(self, request: Request) -> Response:
        """In open mode: remember who somebody says they are."""
        given = await self._fields(request)
        answer = RedirectResponse(_local(given.get("next", "/")), 303)
        _remember(answer, AS_COOKIE, given.get("person", ""))
        return answer

    async def choose_language(self, request: Request) -> Response:
        given = await self._fields(request)
        answer = RedirectResponse(_local(given.get("next", "/")), 303)
        if given.get("language") in self._languages.tags:
            _remember(answer, LANGUAGE_COOKIE, given["language"])
        return answer

    # What pages have in common.

    async def _reader(self, request: Request) -> Reader:
        address = request.client.host if request.client else ""
        caller = await self._callers.find(request.headers, request.cookies, address)
        if caller.key_id:
            raise NotIdentified("keys are for the HTTP API; here people sign in")
        if caller.person:
            begin_to_act(Acting(caller.person, DoorName.CONSOLE))
        return Reader(
            caller,
            await self._reach.client(),
            choose_words(request, self._languages),
            choose_zone(request),
            datetime.now(UTC),
            self._playbook.names(),
        )

    def _page(
        self, template: str, reader: Reader, *, page: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        shared = {"page": page, "languages": self._languages.tags, "link": _case_path, **values}
        html = self._drawer.draw(template, reader, shared)
        return HTMLResponse(html, status, {**POLICY, "Content-Language": reader.language})

    async def _fields(self, request: Request) -> dict[str, str]:
        """
        Return the fields of a form that one of our own pages sent.

        Raises:
            HTTPException: 403 if the browser says that it comes from elsewhere, 400 if it cannot be read.
        """
        _require_own_origin(request)
        body = await read_body(request, _FORM, at_most=LARGEST_FORM)
        try:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
        except ValueError:
            raise HTTPException(400) from None

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Return *endpoint*, whose troubles are answered in a page of the console."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except (HTTPException, EscalationError, RuntimeFault, NotIdentified) as error:
                return self._trouble(request, error)

        return answer

    def _trouble(self, request: Request, error: Exception) -> Response:
        """Say in a page what went wrong, with a status that programs understand."""
        status, code = _status_of(error)
        if status == 401 and self._has_sign_in and request.method == "GET":
            return RedirectResponse(f"{SIGN_IN}?then={quote(request.url.path)}", 303)
        if status >= 500:
            log.warning("page_unavailable", path=request.url.path, why=type(error).__name__)
        words = choose_words(request, self._languages)
        text = words.sentence("console", f"trouble.{code}")
        html = self._drawer.draw_trouble(words, text, _said(error))
        return HTMLResponse(html, status, {**POLICY, "Content-Language": words.language})


def console_routes(
    settings: Settings, reach: TemporalClientSource, languages: Languages, callers: CallerSource
) -> list[Route]:
    """Return the routes of the console."""
    console = ConsolePages(settings, reach, languages, callers)
    return [
        Route(path, console.guarded(endpoint), methods=methods)
        for path, endpoint, methods in (
            ("/", console.for_me, ["GET"]),
            ("/all", console.all, ["GET"]),
            ("/playbook", console.playbook, ["GET"]),
            ("/live", console.live, ["GET"]),
            ("/who", console.choose_person, ["POST"]),
            ("/language", console.choose_language, ["POST"]),
            (_PATH, console.case, ["GET"]),
            (_PATH + "/outlook", console.outlook, ["GET"]),
            (_PATH + "/{move}", console.move, ["GET", "POST"]),
            ("/static/{name}", _static, ["GET"]),
        )
    ]


def _with_names(reader: Reader, people: Sequence[Contact]) -> Reader:
    """Return *reader*, who knows the people of one escalation's plan, too."""
    return replace(reader, names={**reader.names, **names_of(people)})


async def _static(request: Request) -> Response:
    names = {file.name for file in _STATIC.iterdir()}
    if request.path_params["name"] not in names:
        raise HTTPException(404)
    file = _STATIC / request.path_params["name"]
    return FileResponse(file, headers={**POLICY, "Cache-Control": "public, max-age=3600"})


def _require_own_origin(request: Request) -> None:
    """
    Refuse a form that another site sent (CSRF). Browsers say where a form comes from; an old one says its origin, and
    what says neither is no browser, and has no cookies that somebody could abuse.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in {"same-origin", "none"}
    else:
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours:
        raise HTTPException(403)


def _status_of(error: Exception) -> tuple[int, str]:
    match error:
        case UnknownEscalation():
            return 404, "unknown"
        case NotIdentified():
            return 401, "not_identified"
        case EscalationError():
            return 409, "refused"
        case RuntimeFault():
            return 503, "away"
        case HTTPException():
            return error.status_code, {403: "elsewhere", 404: "nothing_here"}.get(
                error.status_code, "unreadable"
            )
        case _:
            return 500, "fault"


def _said(error: Exception) -> str:
    """Return what may be shown of an error: our own refusals, nothing of a fault."""
    return str(error) if isinstance(error, EscalationError | RuntimeFault | NotIdentified) else ""


def _key(request: Request) -> str:
    return f"{request.path_params['tenant']}/{request.path_params['ticket']}"


def _case_path(key: str) -> str:
    return "/case/" + "/".join(quote(part, safe="") for part in key.split("/", 1))


def _move(request: Request) -> Move:
    given = request.path_params["move"]
    if given not in set(Move) or not has_form(Move(given)):
        raise HTTPException(404)
    return Move(given)


def _done(request: Request) -> Move | None:
    """Return the move that was just made, as the address says."""
    given = request.query_params.get("done", "")
    return Move(given) if given in set(Move) else None


def _address(path: str, given: Mapping[str, str]) -> str:
    kept = {name: value for name, value in given.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _local(path: str) -> str:
    """Return *path* if it is one of this service; a link that leads elsewhere is not followed."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=31_536_000, httponly=True, samesite="lax")
