"""
Metrics of requests: how long each part of the service took to begin its answer, and with which kind of status.

Owns the histogram and its labels. Addresses are no labels: there are too many, and some hold the key of a page.
"""

import time
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.common import MetricMeter

from entrypoints.web.api.api_visit import API
from runtime.signed_links import PAGE_PATH, PATH

DURATION = "escalation_web_request_duration"

_PARTS = {
    f"{API}/": "api",
    f"{PATH}/": "link",
    f"{PAGE_PATH}/": "customer_page",
    "/livez": "health",
    "/readyz": "health",
    "/health": "health",
    "/static/": "static",
}


class RequestMetrics:
    """Measures each request of *app*."""

    def __init__(self, app: ASGIApp, meter: MetricMeter) -> None:
        self._app = app
        self._duration = meter.create_histogram_timedelta(
            DURATION, "Time until an answer began, by part of the service and kind of status", "duration"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":  # a stream goes on for hours
                about = {"part": part_of(scope), "status": f"{message['status'] // 100}xx"}
                self._duration.record(timedelta(seconds=time.monotonic() - began), about)
            await send(message)

        await self._app(scope, receive, measured)


def part_of(scope: Scope) -> str:
    """Return the part of the service that a request goes to."""
    path: str = scope["path"]
    if path == "/escalations" and scope["method"] == "POST":
        return "intake"
    return next((part for begin, part in _PARTS.items() if path.startswith(begin)), "console")
