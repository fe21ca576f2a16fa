"""
The root cause analysis on file, and the actions that came of it. It is filed, approved and shared by moves.
"""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from client import ActionsToDo, ActionToDo, Unanswered
from documents.layout import as_html, as_pdf
from documents.markdown_paper import as_markdown
from documents.rca_paper import Paper
from documents.rca_writer import write_rca
from entrypoints.paper_maker import Audience, find_rca, make_paper
from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath, about_answer
from entrypoints.web.api.problems import LOOKING, responses
from entrypoints.web.api.query_values import read_zone
from escalation.case.rca_on_file import RcaOnFile
from escalation.kernel.values import Name

router = APIRouter(tags=["RCA"], responses=LOOKING)


@router.get(ONE + "/rca", response_model=RcaOnFile)
async def show_rca(
    visit: CurrentVisit,
    key: KeyInPath,
    version: Annotated[
        int | None, Query(ge=1, le=10_000, description="If omitted, the latest version.")
    ] = None,
) -> Response:
    """Show the internal RCA and which versions there are."""
    return visit.answer(await visit.client.rca_on_file(key, version))


class Form(StrEnum):
    """Forms of a paper."""

    PDF = "pdf"
    HTML = "html"
    MARKDOWN = "markdown"


_MEDIA = {Form.PDF: "application/pdf", Form.HTML: "text/html", Form.MARKDOWN: "text/markdown"}
_ENDING = {Form.PDF: "pdf", Form.HTML: "html", Form.MARKDOWN: "md"}


@router.get(
    ONE + "/rca/paper",
    response_class=Response,
    responses={
        **responses(404, 409),
        200: {"content": {media: {} for media in _MEDIA.values()}, "description": "The paper."},
    },
)
async def show_rca_paper(
    visit: CurrentVisit,
    key: KeyInPath,
    audience: Annotated[Audience, Query(description="Who is to read it.")] = Audience.CUSTOMER,
    form: Annotated[Form, Query(description="What it is written as.")] = Form.PDF,
    time_zone: Annotated[Name, Query(description="The reader's.", examples=["Asia/Jakarta"])] = "UTC",
    version: Annotated[
        int | None, Query(ge=1, le=10_000, description="Of the internal one; if omitted, the latest.")
    ] = None,
) -> Response:
    """
    Show the RCA as a paper, in the language of `Accept-Language`: what customers read of it, or all of it.

    The internal one as Markdown is the file that `escalate rca file` reads.
    """
    zone, language = read_zone(time_zone), visit.speaker.catalogue.language
    view, on_file, people = await asyncio.gather(
        visit.client.view(key), visit.client.rca_on_file(key, version), visit.client.people(key)
    )

    def write() -> bytes | str:
        if form is Form.MARKDOWN and audience is Audience.INTERNAL:
            return write_rca(find_rca(key, on_file, version)[1], key)
        return _WRITERS[form](make_paper(key, audience, language, zone, version, view, on_file, people))

    name = f"RCA-{key.replace('/', '-')}.{_ENDING[form]}"
    headers = {
        **about_answer(visit.speaker, visit.caller),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
    }
    return Response(await asyncio.to_thread(write), headers=headers, media_type=_MEDIA[form])


_WRITERS: Mapping[Form, Callable[[Paper], bytes | str]] = {
    Form.PDF: as_pdf,
    Form.HTML: as_html,
    Form.MARKDOWN: as_markdown,
}


@router.get("/actions", response_model=ActionsToDo)
async def list_actions(
    visit: CurrentVisit,
    owner: Annotated[Name | None, Query(description="Only those of this person.")] = None,
    overdue: Annotated[bool, Query(description="Only those whose day has passed.")] = False,
) -> Response:
    """List the actions of RCAs and post-mortems that are to be done, of all escalations."""
    silent = list[Unanswered]()
    found = await visit.client.actions(owner=owner, overdue=overdue, unanswered=silent)
    items = tuple(ActionToDo(id=each.id, subject=each.subject, action=each.action) for each in found)
    return visit.answer(ActionsToDo(items=items, unanswered={each.key: each.why for each in silent}))
