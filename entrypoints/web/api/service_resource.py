"""
The service itself: who asks, which names it knows, and which runs are stalled.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from client import CallerView, KnownNames, RunStalled, StalledRun, Unanswered
from entrypoints.names_in_use import find_names
from entrypoints.web.api.api_visit import ME, CurrentVisit
from entrypoints.web.api.problems import LOOKING
from escalation.kernel.values import Name

router = APIRouter(tags=["service"], responses=LOOKING)


@router.get("/me", name=ME, response_model=CallerView)
async def show_caller(visit: CurrentVisit) -> Response:
    """Show who asks, and how that is known."""
    return visit.answer(CallerView(person=visit.caller.person, mode=visit.caller.mode))


@router.get("/known-names", response_model=KnownNames)
async def list_names(visit: CurrentVisit) -> Response:
    """List the accounts that have escalations, sponsorships or a record, and the people of the playbook."""
    return visit.answer(await find_names(visit.client, visit.service.settings))


@router.get("/stalled", response_model=tuple[StalledRun, ...])
async def list_stalled(
    visit: CurrentVisit,
    kind: Annotated[Name | None, Query(description="Only workflows of this type.")] = None,
) -> Response:
    """List runs that do not go on, because workers fail their next step again and again."""
    found = await visit.client.stalled((kind,) if kind else ())
    return visit.answer(
        [StalledRun(key=each.key, why=Unanswered.of(each.key, RunStalled(each)).why) for each in found]
    )
