"""
Traces by OpenTelemetry: the spans of one request, from the web service over the workflow to each activity.

They are wanted where OpenTelemetry's own variables name a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`, …); else nothing of
it is imported. Spans say kinds, ids and times, and no text: what an error says may be a customer's word.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from temporalio.client import Plugin
from temporalio.plugin import SimplePlugin

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE = "escalation-engine"
COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_LEAVES_WITHIN_MS = 3_000


def are_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether a collector is named, and nobody has switched OpenTelemetry off."""
    is_off = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not is_off and any(environ.get(name) for name in COLLECTORS)


@cache
def provider() -> "TracerProvider":
    """Return the one maker of spans of this process, configured by the environment."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from runtime.wordless_spans import WordlessSpans

    about = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", SERVICE)})
    made = TracerProvider(resource=about, shutdown_on_exit=False)
    made.add_span_processor(BatchSpanProcessor(WordlessSpans(OTLPSpanExporter())))
    return made


def trace_plugins() -> tuple[Plugin, ...]:
    """Return what clients and workers need to make spans and to hand them on; nothing, if no traces are wanted."""
    if not are_wanted():
        return ()
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return (SimplePlugin("traces", interceptors=[TracingInterceptor(provider().get_tracer(SERVICE))]),)


def send_what_is_left() -> None:
    """Send the spans that still wait, at the end of a process; a collector that is away is not waited for long."""
    if are_wanted():
        provider().force_flush(_LEAVES_WITHIN_MS)
