"""Traces: one for each request, through the workflow to its activities, sent to a collector of OpenTelemetry."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from runtime.ports import LOOPBACK
from runtime.traces import are_wanted
from tests.complaint import a_complaint
from tests.web.program import PICKED, running

TRACE = "0af7651916cd43dd8448eb211c80319c"
ASKED = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Escalation-As": "maya"}
WANTED = frozenset(
    {
        "POST api",
        "StartUpdateWithStartWorkflow:Escalation",
        "HandleUpdate:start",
        "RunActivity:compile_plan",
        "RunActivity:deliver_messages",
        "RunActivity:record_events",
    }
)


class _Collector(BaseHTTPRequestHandler):
    received: ClassVar[list[bytes]]

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def a_collector() -> Iterator[tuple[str, list[bytes]]]:
    received: list[bytes] = []
    handler = type("Collector", (_Collector,), {"received": received})
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}", received
    server.shutdown()
    server.server_close()


def spans_of(received: list[bytes]) -> list[Span]:
    requests = [ExportTraceServiceRequest.FromString(body) for body in received]
    return [
        span
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
        if span.trace_id.hex() == TRACE
    ]


async def test_a_start_is_one_trace_from_the_request_to_its_messages(tmp_path: Path) -> None:
    """
    Workers forget each run at once, so that each step is replayed; no span comes twice, and none says a word of it.
    """
    complaint = {name: value for name, value in a_complaint().items() if name != "submitted_by"}
    with a_collector() as (address, received):
        traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        cold = {"ESCALATION_MAX_CACHED_WORKFLOWS": "0"}
        async with running(tmp_path, "serve", **PICKED, **traced, **cold) as (_, http):
            started = await http.post("/api/v1/escalations", json=complaint, headers=ASKED)
            assert 201 == started.status_code, started.text
            refused = await http.post("/api/v1/escalations/ACME/4711/moves/close", json={}, headers=ASKED)
            assert 400 <= refused.status_code < 500
            async with asyncio.timeout(30):
                while not WANTED <= {span.name for span in spans_of(received)}:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
    made = [(span.name, span.start_time_unix_nano) for span in spans_of(received)]
    assert sorted(set(made)) == sorted(made)
    told = b"".join(received)
    for word in ("Second delivery", "pallets", "Jo Buyer", "jo@acme.example", "allowed"):
        assert word.encode() not in told


def test_traces_are_made_only_where_a_collector_is_named() -> None:
    """OpenTelemetry's own variables say so."""
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    assert are_wanted(named)
    assert are_wanted({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"})
    assert not are_wanted({})
    assert not are_wanted(named | {"OTEL_SDK_DISABLED": "true"})
