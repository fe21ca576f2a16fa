"""
A customer's page of their case: a link from a letter opens it, its forms make moves, and its RCA can be kept as PDF
(TALK-5).

A GET changes nothing. Whoever has the link is the contact: there is no cookie, so no other website can act for them,
and what is posted from one is refused all the same. Must not know rules, words or markup.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from client import EscalationClient
from documents.layout import as_html, as_pdf, boxes_in
from documents.rca_paper import Paper, PaperContext, customer_paper
from entrypoints.web.answer_fields import InvalidAnswer
from entrypoints.web.customer_forms import command_of_form, update_id_of
from entrypoints.web.customer_layout import CustomerLayout, Remark
from entrypoints.web.link_answers import name_of_closed
from entrypoints.web.link_trouble import STATUS, LinkTrouble, read_form, respond_with
from entrypoints.web.page_texts import Languages
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.case.customer_view import CustomerView
from escalation.case.rca_content import CustomerRca
from escalation.kernel.refusals import EscalationError, RateExceeded
from escalation.notifications.links import PageLink
from identity.actor import DoorName, acting
from identity.audit_trail import AuditTrail
from messages.formats import zone_of
from runtime.signed_links import SignedLinks

_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9]+")
log = structlog.get_logger("web_service")


class CustomerPages(LinkTrouble):
    """The page of each contact, and its RCA."""

    def __init__(
        self, reach: TemporalClientSource, links: SignedLinks, languages: Languages, audit: AuditTrail
    ) -> None:
        super().__init__(reach, links, languages, audit)
        self._layout = CustomerLayout(languages, self._pages)

    async def page(self, request: Request) -> Response:
        return await self.follow(request, PageLink, self._page)

    async def _page(self, link: PageLink, request: Request) -> Response:
        form = await read_form(request) if request.method == "POST" else None
        client = await self._reach.client()
        view = await self._view(client, link)
        if isinstance(view, Response):
            return view
        if form is None and "rca" in request.query_params:
            return await _rca_response(view)
        if form is None:
            return respond_with(self._layout.draw(view), 200)
        remark = await self._post(client, link, view, form)
        # Drawn here and not after a redirect, which would repeat the key of the page in a header. A reload posts the
        # form again, under the same id: that is no second move.
        view = await self._view(client, link)
        if isinstance(view, Response):
            return view
        page = self._layout.draw(view, remark, form if remark is Remark.MISTAKE else {})
        return respond_with(page, STATUS[remark])

    async def _view(self, client: EscalationClient, link: PageLink) -> CustomerView | Response:
        """Return what the reader may read, or the page that says why that is nothing."""
        found = await client.customer_page(link.escalation, link.reader)
        if found.escalation != link.escalation:
            return self.notice("earlier", link=link)
        return found.view or self.refuse_link("revoked", link=link)

    async def _post(
        self, client: EscalationClient, link: PageLink, view: CustomerView, form: Mapping[str, str]
    ) -> Remark:
        """Make the move that *form* asks for, once."""
        try:
            command = command_of_form(view, form)
            with acting(command.by, DoorName.LINK):
                id_ = update_id_of(link.escalation, command, form)
                key = await name_of_closed(client, link.escalation) if view.ended_at else link.key
                await client.ask(key, command, id=id_)
        except InvalidAnswer:
            return Remark.MISTAKE
        except RateExceeded:
            raise
        except (EscalationError, ValidationError) as refusal:  # the text of either may quote what was sent
            log.warning("customer_form_refused", escalation=link.key, why=type(refusal).__name__)
            return Remark.NOT_NOW
        log.info("customer_form_taken", escalation=link.key, move=command.kind)
        return Remark.of(command)


async def _rca_response(view: CustomerView) -> Response:
    """
    Return the RCA as a file to keep, made in a thread of its own, because that takes long.

    Raises:
        HTTPException: If none was shared.
    """
    if view.rca is None:
        raise HTTPException(404)
    return await asyncio.to_thread(_paper_response, view, view.rca)


def _paper_response(view: CustomerView, rca: CustomerRca) -> Response:
    shared_at, zone = view.rca_shared_at or datetime.now(UTC), zone_of(view.time_zone)
    about = PaperContext(view.reference, view.subject, view.priority, shared_at, view.language, zone)
    paper = customer_paper(about, rca)
    name = f"{_NOT_IN_A_FILE_NAME.sub('-', view.reference).strip('-')}-rca"
    content, media_type, ending = _file_of(paper)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, media_type=media_type, headers=disposition)


def _file_of(paper: Paper) -> tuple[bytes, str, str]:
    """Return the file, its type and its ending: HTML, where the PDF would show boxes."""
    if boxes_in(paper):
        return as_html(paper).encode(), "text/html", "html"
    return as_pdf(paper), "application/pdf", "pdf"
