"""
The pages behind links: what a reader sees, and the move that a button makes.

A GET or HEAD changes nothing, because mail scanners follow every link; only the POST of a page's button makes a move.
Owns the turning of trouble into plain pages. Must not know rules, words or markup.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from entrypoints.web.intake import RETRY_AFTER, refuse
from entrypoints.web.link_answers import (
    LONGEST_COMMENT,
    QuestionInContext,
    QuestionState,
    follow_answer,
    look_up_question,
)
from entrypoints.web.page_texts import Languages
from entrypoints.web.pages import Page, Pages
from entrypoints.web.request_body import read_body
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.resolution import AccessAnswer
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from escalation.notifications.links import Link
from escalation.task_force.moves.accept_seat import DeclineSeat
from runtime.errors import RuntimeFault
from runtime.signed_links import LinkExpired, LinkUnknown, SignedLinks

LARGEST_FORM = 12 * (LONGEST_COMMENT + 1_000)
"""Bytes; a comment in any script fits, percent-encoded to 12 bytes a character, and so do the other fields."""
STATUS = {
    "open": 200,
    "done": 200,
    "still_broken": 200,
    "declined": 200,
    "mistake": 400,
    "refused": 403,
    "unknown": 404,
    "already": 409,
    "not_now": 409,
    "ended": 410,
    "earlier": 410,
    "expired": 410,
    "fault": 500,
    "away": 503,
}
"""Of a page, by what it says."""
_FOR_PROGRAMS = ("/escalations", "/health", "/livez", "/readyz")

log = structlog.get_logger("gateway")


class LinkPages:
    """The pages behind links."""

    def __init__(self, reach: TemporalClientSource, links: SignedLinks, languages: Languages) -> None:
        self._reach = reach
        self._links = links
        self._languages = languages
        self._pages = Pages(languages)

    async def answer(self, request: Request) -> Response:
        """Look, and change nothing; only what was filled in and posted makes the move, once."""
        try:
            link = self._links.read(request.path_params["token"])
            form = await _form(request) if request.method == "POST" else None
            return await self._answer_link(link, form)
        except LinkUnknown:
            return self._notice("unknown", language=self._language(request))
        except LinkExpired as expired:
            return self._notice("expired", link=expired.link)
        except UnknownEscalation:  # ended so long ago that nothing is known of it
            return self._notice("ended", link=link)
        except (EscalationError, RuntimeFault) as away:
            log.warning("answer_unavailable", escalation=link.key, why=type(away).__name__)
            return self._notice("away", link=link, headers=RETRY_AFTER)
        except HTTPException as error:
            return self._notice("unreadable", link=link, status=error.status_code)

    async def _answer_link(self, link: Link, form: Mapping[str, str] | None) -> Response:
        client = await self._reach.client()
        if form is None:
            inquiry = await look_up_question(client, link)
            return self._show_state(inquiry.stands, inquiry)
        stands, inquiry, command = await follow_answer(client, link, form)
        if isinstance(command, ConfirmAccess) and command.answer is AccessAnswer.NO:
            return self._notice("still_broken", link=link)
        if isinstance(command, DeclineSeat):
            return self._notice("declined", link=link)
        return self._show_state(stands, inquiry, form)

    def _show_state(
        self, stands: QuestionState, inquiry: QuestionInContext, form: Mapping[str, str] | None = None
    ) -> Response:
        if stands in {QuestionState.OPEN, QuestionState.MISTAKEN}:
            return _page(self._pages.question(inquiry, form), STATUS[stands])
        return self._notice(stands, link=inquiry.link, who=inquiry.holder)

    def _notice(
        self,
        name: str,
        *,
        language: str = "",
        link: Link | None = None,
        who: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        page = self._pages.notice(name, language=language, link=link, who=who)
        return _page(page, status or STATUS[name], headers)

    def _language(self, request: Request) -> str:
        return self._languages.accepted(request.headers.get("accept-language", ""))

    async def trouble(self, request: Request, error: Exception) -> Response:
        """Answer a request that is none of ours, or cannot be read."""
        assert isinstance(error, HTTPException)
        if request.url.path in _FOR_PROGRAMS:
            return refuse(error.status_code, "not_accepted", error.detail, headers=dict(error.headers or {}))
        name = "unknown" if error.status_code == 404 else "unreadable"
        language = self._language(request)
        return self._notice(name, language=language, status=error.status_code, headers=error.headers)

    async def fault(self, request: Request, _: Exception) -> Response:
        """A mistake of ours: the log has it, readers do not."""
        if request.url.path in _FOR_PROGRAMS:
            return refuse(500, "fault", "a fault of the gateway itself")
        return self._notice("fault", language=self._language(request))


async def _form(request: Request) -> dict[str, str]:
    body = await read_body(request, "application/x-www-form-urlencoded", at_most=LARGEST_FORM)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        raise HTTPException(400) from None


def _page(page: Page, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(page.html, status, {**(headers or {}), "Content-Language": page.language})
