"""
The API as one application, under `/api/v1`: its resources, and how it describes itself.

A version is never changed in a way that breaks a caller: fields and operations are added, and a new version begins
beside this one if anything must go.
"""

import asyncio
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from entrypoints.web.api import (
    audit_resource,
    escalation_resource,
    event_resource,
    inbox_resource,
    move_resource,
    playbook_resource,
    preview_resource,
    rca_resource,
    record_resource,
    service_resource,
    sponsorship_resource,
    task_force_resource,
)
from entrypoints.web.api.api_visit import API, MODE_HEADER, Service
from entrypoints.web.api.body_limit import BodyLimit
from entrypoints.web.api.list_cursors import Cursors
from entrypoints.web.api.open_api import describe
from entrypoints.web.api.problems import handle_problems
from entrypoints.web.api.rate_limit import RateLimit
from entrypoints.web.request_ids import HEADER as REQUEST_ID
from entrypoints.web.service_parts import ServiceParts
from escalation.kernel.budgets import REQUEST
from identity.caller import AS_HEADER
from runtime.signed_links import link_keys

RESOURCES: tuple[APIRouter, ...] = (
    move_resource.router,
    escalation_resource.router,
    preview_resource.router,
    event_resource.router,
    task_force_resource.router,
    rca_resource.router,
    sponsorship_resource.router,
    inbox_resource.router,
    record_resource.router,
    audit_resource.router,
    playbook_resource.router,
    service_resource.router,
)


def make_api(parts: ServiceParts) -> ASGIApp:
    """Make the API of the service that has these *parts*."""
    settings, app = parts.settings, _with_resources()
    app.state.service = Service(
        **vars(parts),
        rate_limit=RateLimit(settings.api_requests_per_caller),
        cursors=Cursors(link_keys(settings)),
    )
    handle_problems(app)

    @app.get("/openapi.json", include_in_schema=False)
    async def show_description(_: Request) -> Response:
        return Response(await asyncio.to_thread(_description), media_type="application/json")

    return _for_other_sites(BodyLimit(app, REQUEST), settings.api_origins)


def _for_other_sites(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Let scripts of pages from these *origins* call *app* (CORS), with keys or tokens of their own, not by cookies."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", AS_HEADER, "Last-Event-ID"],
        expose_headers=["Location", MODE_HEADER, REQUEST_ID, "Content-Language", "Retry-After"],
    )


def describe_api() -> dict[str, Any]:
    """Return the API's description of itself, which needs no server."""
    return describe(_with_resources(), API)


@cache
def _description() -> str:  # made when somebody asks: it takes as long as all else at the start
    return json.dumps(describe_api(), ensure_ascii=False)


def _with_resources() -> FastAPI:
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    # Not `include_router`: an included router looks through its routes twice for each request, and some have dozens.
    for resource in RESOURCES:
        app.router.routes.extend(resource.routes)
    for route in app.routes:
        if isinstance(route, APIRoute):
            route.operation_id = route.name
    return app
