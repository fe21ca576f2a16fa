"""
The web service as one application: pages behind links, signed intake, the HTTP API, and health.

Owns which address leads to which part, and what all answers have in common. Must not know what a part does.
"""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.runtime import Runtime

from entrypoints.web.access import access_of, audit_of
from entrypoints.web.api.api import make_api
from entrypoints.web.api.api_visit import API
from entrypoints.web.codec_server import codec_routes
from entrypoints.web.console.console_routes import console_routes
from entrypoints.web.customer_pages import CustomerPages
from entrypoints.web.health import Health
from entrypoints.web.host_check import HostCheck
from entrypoints.web.intake import Intake
from entrypoints.web.link_pages import LinkPages
from entrypoints.web.page_texts import Languages
from entrypoints.web.pages import STYLE_HASH
from entrypoints.web.request_ids import RequestIds
from entrypoints.web.request_metrics import RequestMetrics
from entrypoints.web.security_headers import COMMON, NOTHING, SecurityHeaders, page_policy
from entrypoints.web.service_parts import ServiceParts
from entrypoints.web.temporal_client import TemporalClientSource
from identity.audit_trail import AuditTrail
from identity.caller import CallerSource
from runtime.settings import Settings
from runtime.signed_links import PAGE_PATH, PATH, SignedLinks
from runtime.traces import are_wanted, provider

_LOOKED_AT = ["GET", "HEAD"]


def make_app(
    settings: Settings,
    reach: TemporalClientSource,
    links: SignedLinks | None = None,
    callers: CallerSource | None = None,
    audit: AuditTrail | None = None,
) -> ASGIApp:
    """
    Make the whole service.

    Args:
        links: The links that lead here; if omitted, those of the settings.
        callers: Who finds out who asks; if omitted, as the settings have it.
        audit: The way into the audit log, which whoever opened it closes; if omitted, one that is never closed.

    Raises:
        RuntimeFault: If the keys for links or encryption cannot be had.
        BadRequest: If the words of a language are wrong, or, where people sign in, the playbook is.
    """
    languages, health = Languages(settings.templates), Health(reach)
    links = links or SignedLinks.from_settings(settings)
    audit = audit or audit_of(settings)
    pages, cases = LinkPages(reach, links, languages, audit), CustomerPages(reach, links, languages, audit)
    access = access_of(settings, languages, audit)
    parts = ServiceParts.of(settings, reach, languages, callers or access.callers, audit)
    api = make_api(parts)
    routes = [
        Route(PATH + "/{token}", pages.answer, methods=[*_LOOKED_AT, "POST"]),
        Route(PAGE_PATH + "/{token}", cases.page, methods=[*_LOOKED_AT, "POST"]),
        Route("/escalations", Intake(reach, settings.senders, audit).start, methods=["POST"]),
        *access.routes,
        *codec_routes(settings, callers or access.callers, audit),
        Route("/livez", health.live, methods=_LOOKED_AT),
        Route("/readyz", health.ready, methods=_LOOKED_AT),
        Route("/health", health.ready, methods=_LOOKED_AT),
        *console_routes(parts),
    ]
    trouble = {HTTPException: pages.trouble, Exception: pages.fault}
    # Around it all, so that the answers to our own faults are covered too.
    app = Starlette(routes=routes, exception_handlers=trouble)
    app.router.redirect_slashes = (
        False  # a redirect would repeat a token in a header, and send a start elsewhere
    )
    whole = HostCheck(ApiBeside(app, SecurityHeaders(api, NOTHING)), settings)
    careful = SecurityHeaders(whole, {**COMMON, **page_policy(STYLE_HASH)})
    measured = RequestMetrics(RequestIds(careful), Runtime.default().metric_meter)
    return _traced(measured) if are_wanted() else measured


def _traced(app: ASGIApp) -> ASGIApp:
    from entrypoints.web.request_traces import RequestTraces

    return RequestTraces(app, provider())


class ApiBeside:
    """Gives all that is below the API's address to *api*, and the rest to *app*: a mount takes no line break."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(f"{API}/"):
            await self._api({**scope, "root_path": scope.get("root_path", "") + API}, receive, send)
        else:
            await self._app(scope, receive, send)
