"""
Host check, where nobody signs in: a page elsewhere must not reach this machine under a name of its own.

A browser lets a page read answers of its own host. Whoever owns that name can let it point to 127.0.0.1 later (DNS
rebinding), and the page reads and moves escalations. The browser still says that name as Host, so any but ours is
refused. Must not know what is asked.
"""

import json
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.setting_types import Access, is_this_machine
from runtime.settings import Settings

_MISDIRECTED = 421
log = structlog.get_logger("web_service")


class HostCheck:
    """Lets requests to *app* pass that name this machine, or the address in `ESCALATION_GATEWAY_URL`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_open = settings.access is Access.OPEN
        self._ours = host_of(urlsplit(settings.gateway_url or "").netloc)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = host_of(Headers(scope=scope).get("host", ""))
        if self._is_open and not (is_this_machine(host) or (host and host == self._ours)):
            log.warning("host_refused")
            await _refusal(host)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def host_of(netloc: str) -> str:
    """Return the name or address in a Host header or an address, in lower case and without its port."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _refusal(host: str) -> Response:
    problem = {
        "type": "urn:escalation-engine:problem:wrong_host",
        "title": "This service has another address",
        "status": _MISDIRECTED,
        "detail": f"the request names the host {host!r}; allowed where nobody signs in: localhost, 127.0.0.1, [::1], "
        "and the host of ESCALATION_GATEWAY_URL",
        "code": "wrong_host",
    }
    return Response(json.dumps(problem), _MISDIRECTED, media_type="application/problem+json")
