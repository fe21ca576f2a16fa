"""
The service itself: who asks, which names it knows, and which runs are stalled.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from client import CallerView, KnownNames, RunStalled, SignInPlace, StalledRun, Unanswered
from entrypoints.names_in_use import find_names
from entrypoints.web.api.api_visit import JSON, CurrentVisit, service_of
from entrypoints.web.api.problems import LOOKING
from escalation.kernel.values import Name, to_json

router = APIRouter(tags=["service"], responses=LOOKING)


@router.get("/me", response_model=CallerView)
async def show_caller(visit: CurrentVisit) -> Response:
    """Show who asks, and how that is known."""
    return visit.answer(CallerView(person=visit.caller.person, mode=visit.caller.mode))


@router.get("/sign-in", response_model=SignInPlace)
async def show_sign_in(request: Request) -> Response:
    """Show where programs sign people in, by the device flow (RFC 8628). Nobody has to be signed in for this."""
    settings = service_of(request).settings
    place = SignInPlace(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_command_line_id,
        verified_claim=settings.oidc_verified_claim,
    )
    return Response(to_json(place), media_type=JSON)


@router.get("/known-names", response_model=KnownNames)
async def list_names(visit: CurrentVisit) -> Response:
    """List the accounts that have escalations, sponsorships or a record, and the people of the playbook."""
    found = await find_names(visit.client, visit.service.settings, visit.caller.sight)
    return visit.answer(found)


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
