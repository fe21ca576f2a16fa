"""
The pages of questions behind links: what a reader sees, and the move that a button makes.

A GET or HEAD changes nothing, because mail scanners follow every link; only the POST of a page's button makes a move.
Must not know rules, words or markup.
"""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.intake import refuse
from entrypoints.web.link_answers import (
    QuestionInContext,
    QuestionState,
    find_reader,
    follow_answer,
    look_up_question,
)
from entrypoints.web.link_trouble import STATUS, LinkTrouble, read_form, respond_with
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.resolution import AccessAnswer
from escalation.notifications.links import Link
from escalation.task_force.moves.accept_seat import DeclineSeat

_FOR_PROGRAMS = ("/escalations", "/health", "/livez", "/readyz")


class LinkPages(LinkTrouble):
    """The pages of questions."""

    async def answer(self, request: Request) -> Response:
        """Look, and change nothing; only what was filled in and posted makes the move, once."""
        return await self.follow(request, Link, self._answer_link)

    async def _answer_link(self, signed: Link, request: Request) -> Response:
        form = await read_form(request) if request.method == "POST" else None
        client = await self._reach.client()
        if not (link := await find_reader(client, signed)):
            return self.refuse_link("revoked", link=signed)
        if form is None:
            inquiry = await look_up_question(client, link)
            return self._show_state(inquiry.stands, inquiry)
        stands, inquiry, command = await follow_answer(client, link, form)
        if isinstance(command, ConfirmAccess) and command.answer is AccessAnswer.NO:
            return self.notice("still_broken", link=link)
        if isinstance(command, DeclineSeat):
            return self.notice("declined", link=link)
        return self._show_state(stands, inquiry, form)

    def _show_state(
        self, stands: QuestionState, inquiry: QuestionInContext, form: Mapping[str, str] | None = None
    ) -> Response:
        if stands in {QuestionState.OPEN, QuestionState.MISTAKEN}:
            return respond_with(self._pages.question(inquiry, form), STATUS[stands])
        return self.notice(stands, link=inquiry.link, who=inquiry.holder)

    async def trouble(self, request: Request, error: Exception) -> Response:
        """Answer a request that is none of ours, or cannot be read."""
        assert isinstance(error, HTTPException)
        if request.url.path in _FOR_PROGRAMS:
            return refuse(error.status_code, "not_accepted", error.detail, headers=dict(error.headers or {}))
        name = "unknown" if error.status_code == 404 else "unreadable"
        language = self.language(request)
        return self.notice(name, language=language, status=error.status_code, headers=error.headers)

    async def fault(self, request: Request, _: Exception) -> Response:
        """A mistake of ours: the log has it, readers do not."""
        if request.url.path in _FOR_PROGRAMS:
            return refuse(500, "fault", "a fault of the web service itself")
        return self.notice("fault", language=self.language(request))
