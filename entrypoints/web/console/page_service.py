"""
Page service: what all pages of the console have in common, whatever they show.

Owns who reads, what a form may send, and how trouble is answered. A GET changes nothing. A POST is taken only from a
page of this service: the browser says where it comes from, and another origin is refused. Must not know markup or
rules.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from entrypoints.web.caller_address import address_of
from entrypoints.web.console.list_rows import EndedEscalations, OpenEscalations
from entrypoints.web.console.live import LiveStreams
from entrypoints.web.console.page_renderer import PageRenderer
from entrypoints.web.console.reader import CONSOLE as WORDS
from entrypoints.web.console.reader import Reader, choose_words, choose_zone
from entrypoints.web.intake import RETRY_AFTER
from entrypoints.web.own_origin import require_own_origin
from entrypoints.web.refusal_audit import note_refusal
from entrypoints.web.request_body import read_fields
from entrypoints.web.security_headers import CONSOLE
from entrypoints.web.service_parts import ServiceParts
from entrypoints.web.sign_in import SIGN_IN
from entrypoints.web.temporal_client import why_away
from escalation.kernel.budgets import PAPER
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import EscalationError, RateExceeded, UnknownEscalation
from identity.actor import Acting, DoorName, begin_to_act
from identity.caller import NotIdentified, ProviderAway
from messages.formats import Formats, locale_of
from messages.speaker import Speaker
from records.errors import RecordStoreFault
from runtime.errors import RuntimeFault
from runtime.signed_links import case_path

LARGEST_FORM = 3 * PAPER
"""Bytes; the longest paper that a move takes fits, percent-encoded."""
MOST_FIELDS = 2_000
Endpoint = Callable[[Request], Awaitable[Response]]

_Command = TypeVar("_Command")
log = structlog.get_logger("console")


class PageService:
    """Base of all pages: the reader, the templates, and the fields of a sent form."""

    def __init__(self, parts: ServiceParts) -> None:
        self.settings = parts.settings
        self.languages = parts.languages
        self.open, self.ended = OpenEscalations(parts.reach), EndedEscalations(parts.reach)
        self.watches = parts.watches
        self.live = LiveStreams(parts.streams, self.open, parts.watches)
        self.playbook = parts.playbook
        self.samples = parts.samples
        self._reach = parts.reach
        self._callers = parts.callers
        self._audit = parts.audit
        self._renderer = PageRenderer()

    async def reader(self, request: Request) -> Reader:
        caller = await self._callers.find(request.headers, request.cookies, address_of(request))
        request.state.caller = caller
        if caller.key_id:
            raise NotIdentified(reason("sign_in.no_keys_here"))
        if caller.person:
            begin_to_act(Acting(caller.person, DoorName.CONSOLE))
        reader = Reader(
            caller,
            (await self._reach.client()).seen_by(caller.sight),
            choose_words(request, self.languages),
            choose_zone(request),
            datetime.now(UTC),
            self.playbook.names(),
        )
        request.state.reader = reader
        return reader

    def page(
        self, template: str, reader: Reader, *, page: str, status: int = 200, **values: Any
    ) -> HTMLResponse:
        shared = {"page": page, "languages": self.languages.tags, "link": case_path, **values}
        html = self._renderer.render(template, reader, shared)
        return HTMLResponse(html, status, {**CONSOLE, "Content-Language": reader.language})

    async def fields(self, request: Request) -> dict[str, str]:
        """
        Return the fields of a form that one of our own pages sent.

        Raises:
            HTTPException: 403 if the browser says that it comes from elsewhere, 400 if it cannot be read.
        """
        require_own_origin(request)
        return await read_fields(request, at_most=LARGEST_FORM, fields=MOST_FIELDS)

    def forget_lists(self) -> None:
        """Read the lists again the next time: somebody here just changed something."""
        self.open.forget()
        self.ended.forget()

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Return *endpoint*, whose troubles are answered in a page of the console."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except (HTTPException, EscalationError, RuntimeFault, RecordStoreFault, NotIdentified) as error:
                return self._trouble(request, error)

        return answer

    def note_refusal(self, request: Request, error: Exception) -> None:
        """Have *error* written to the audit log, if it belongs there."""
        note_refusal(self._audit, request, error, DoorName.CONSOLE)

    def _trouble(self, request: Request, error: Exception) -> Response:
        """Say in a page what went wrong, with a status that programs understand."""
        self.note_refusal(request, error)
        status, code = _status_of(error)
        has_sign_in = self.settings.oidc_issuer is not None
        sign_in = f"{SIGN_IN}?then={quote(request.url.path)}"
        if status == 401 and has_sign_in and request.method == "GET":
            return RedirectResponse(sign_in, 303)
        if status >= 500:
            log.warning("page_unavailable", path=request.url.path, why=type(error).__name__)
        words = choose_words(request, self.languages)
        speaker = Formats(locale_of(words.language, words.language), words).speaker(choose_zone(request))
        path, link = (sign_in, "try_again") if status == 401 and has_sign_in else ("/", "back")
        said = words.word(WORDS, "unknown_key") if code == "unknown" else _said(error, speaker)
        later = RETRY_AFTER if status in {429, 503} else {}
        if reader := getattr(request.state, "reader", None):  # known before it went wrong: the menu stays
            shown = {"trouble": code, "said": said, "path": path, "onward": link}
            answer = self.page("trouble.html", reader, page="", status=status, **shown)
        else:
            html = self._renderer.render_trouble(words, code, said, path=path, link=link)
            answer = HTMLResponse(html, status, {**CONSOLE, "Content-Language": words.language})
        answer.headers.update(later)
        return answer


def _status_of(error: Exception) -> tuple[int, str]:
    match error:
        case UnknownEscalation():
            return 404, "unknown"
        case ProviderAway():
            return 503, "provider_away"
        case NotIdentified():
            return 401, "not_identified"
        case RateExceeded():
            return 429, "refused"
        case EscalationError():
            return 409, "refused"
        case RuntimeFault() | RecordStoreFault():
            return 503, "away"
        case HTTPException():
            return error.status_code, {403: "elsewhere", 404: "nothing_here"}.get(
                error.status_code, "unreadable"
            )
        case _:
            return 500, "fault"


def _said(error: Exception, speaker: Speaker) -> str:
    """Return what may be shown of an error: our own refusals, nothing of a fault."""
    match error:
        case NotIdentified():
            return speaker.say(error.why)
        case UnknownEscalation():  # its text names commands of a terminal
            return ""
        case EscalationError():
            return speaker.say(error.refusal.reason)
        case RuntimeFault() | RecordStoreFault():
            return speaker.say(why_away(error) or reason("http.unavailable"))
        case _:
            return ""


def key_in(request: Request) -> str:
    return f"{request.path_params['tenant']}/{request.path_params['ticket']}"


def command_in(request: Request, commands: Mapping[str, type[_Command]]) -> type[_Command]:
    """
    Return which of *commands*, by their moves, the address names.

    Raises:
        HTTPException: If it names none.
    """
    move = request.path_params["move"]
    if move not in commands:
        raise HTTPException(404)
    return commands[move]


def force_path(key: str, name: str) -> str:
    """Return the address of a task force of the escalation of *key*."""
    return f"{case_path(key)}/task-force/{name}"
