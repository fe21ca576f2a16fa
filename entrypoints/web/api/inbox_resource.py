"""
Inboxes: what waits for somebody, and to let it leave at once.

A customer's contact is named by an e-mail address, which is no part of any URL: so who it is about is in the body.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from entrypoints.web.api.api_visit import CurrentVisit
from entrypoints.web.api.problems import MOVING
from escalation.kernel.values import Input, Mover
from escalation.notifications.inbox_view import DeferredEntry

router = APIRouter(tags=["inboxes"], responses=MOVING)


class InboxBody(Input):
    """Owner of the inbox."""

    of: Annotated[
        Mover,
        Field(
            description="A person or team by id, or a customer's contact: ACCOUNT:EMAIL.", examples=["elena"]
        ),
    ]


@router.post("/inboxes/look-up", response_model=tuple[DeferredEntry, ...])
async def look_into_inbox(visit: CurrentVisit, said: InboxBody) -> Response:
    """Show what waits for somebody: what, since when, why, until when."""
    return visit.answer(await visit.client.inbox(said.of))


@router.post("/inboxes/release", response_model=tuple[DeferredEntry, ...])
async def release_inbox(visit: CurrentVisit, said: InboxBody) -> Response:
    """Let all that waits for somebody leave now, and say what that was."""
    return visit.answer(await visit.client.release(said.of, by=visit.person))
