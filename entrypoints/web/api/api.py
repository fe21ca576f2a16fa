"""
The API as one application, under `/api/v1`: its resources, and how it describes itself.

A version is never changed in a way that breaks a caller: fields and operations are added, and a new version begins
beside this one if anything must go.
"""

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from entrypoints.web.api import escalation_resource
from entrypoints.web.api.api_visit import Service
from entrypoints.web.api.list_cursors import Cursors
from entrypoints.web.api.open_api import describe
from entrypoints.web.api.problems import handle_problems
from entrypoints.web.api.rate_limit import RateLimit
from entrypoints.web.page_texts import Languages
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.kernel.budgets import REQUEST
from identity.caller import CallerSource
from runtime.settings import Settings
from runtime.signed_links import link_keys

API = "/api/v1"
RESOURCES: tuple[APIRouter, ...] = (escalation_resource.router,)


def make_api(
    settings: Settings, reach: TemporalClientSource, languages: Languages, callers: CallerSource
) -> FastAPI:
    """Make the API over the client that *reach* has."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=REQUEST,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service = Service(
        settings,
        reach,
        callers,
        languages,
        RateLimit(settings.api_requests_per_caller),
        Cursors(link_keys(settings)),
    )
    for resource in RESOURCES:
        app.include_router(resource)
    handle_problems(app)
    description = describe(app, API)

    @app.get("/openapi.json", include_in_schema=False)
    async def show_description(_: Request) -> Response:
        return Response(description, media_type="application/json")

    return app
