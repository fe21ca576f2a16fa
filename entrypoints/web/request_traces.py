"""
Traces of requests: a span for each, in the trace of whoever asks, around all that is asked of Temporal for it.

A span has the part of the service for its name. Addresses are no attributes: some hold the key of a page.
"""

from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, use_span
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.web.request_metrics import part_of
from runtime.traces import SERVICE


class RequestTraces:
    """Makes the span of each request of *app*; it ends when the answer begins, for a stream goes on for hours."""

    def __init__(self, app: ASGIApp, provider: TracerProvider) -> None:
        self._app = app
        self._tracer = provider.get_tracer(SERVICE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method", "")
        span = self._tracer.start_span(
            f"{method} {part_of(scope)}",
            context=extract(dict(Headers(scope=scope))),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
        )

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.set_attribute("http.response.status_code", message["status"])
                if message["status"] >= 500:
                    span.set_status(Status(StatusCode.ERROR))
                span.end()
            await send(message)

        with use_span(span, end_on_exit=False):
            await self._app(scope, receive, traced)
