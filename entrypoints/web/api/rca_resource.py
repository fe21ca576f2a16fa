"""
The root cause analysis on file, and the actions that came of it. It is filed, approved and shared by moves.
"""

from dataclasses import field
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from client import Unanswered
from entrypoints.web.api.api_visit import ONE, CurrentVisit, KeyInPath
from entrypoints.web.api.problems import LOOKING
from escalation.case.follow_up_actions import Action
from escalation.case.rca_on_file import RcaOnFile
from escalation.kernel.values import Name, frozen

router = APIRouter(tags=["RCA"], responses=LOOKING)


@frozen
class ActionToDo:
    """An action that is still to be done."""

    id: str
    """The key of its escalation, or the id of a closed one."""
    subject: str
    action: Action


@frozen
class ActionsToDo:
    """Actions, the first due first, and the escalations that could not answer."""

    items: tuple[ActionToDo, ...]
    unanswered: dict[str, str] = field(default_factory=dict)
    """By the id of an escalation: why it cannot answer."""


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
