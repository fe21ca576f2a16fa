"""
Log lines: one shape for ours, the SDK's and every library's.

Owns the set-up of structlog over the standard library's logging. It must not know what is logged. Lines go to
standard error, so that a command's output stays its own.

Which escalation, run, activity and update a line is about is added here, whichever logger wrote it; in replay every
logger keeps still. With the standard library's (`workflow.logger` too) keys go in `extra`.
"""

import logging
import sys
from io import StringIO
from typing import TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger
from temporalio import activity, workflow
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from escalation.kernel.characters import remove_harmful
from escalation.kernel.refusals import EscalationError
from runtime.errors import SettingsFault
from runtime.setting_types import LogFormat, LogLevel

CORE = "temporalio.core"
# Loggers that carry our own lines although their names are the SDK's.
OURS = (workflow.logger.base_logger.name, activity.logger.base_logger.name)
OUR_BUCKETS = {
    # Seconds. The SDK's own end at 10 minutes and begin at 50 ms, in steps made for workflows.
    "escalation_breach_delivery": [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600],
    "escalation_web_request_duration": [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
}
"""Upper ends of the buckets of histograms of ours, by name without unit."""
QUIET = ("temporalio", "asyncio", "mail.log", "transitions", "uvicorn")


def configure_logging(form: LogFormat, level: LogLevel, stream: TextIO | None = None) -> None:
    """Send every log line to *stream* (standard error unless given), in *form*, from *level* on; SDK noise from
    warnings on. May be called again."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(form, colors=out.isatty()))
    for each in (_is_first_time, _is_ours_or_matters, _without_refusal):
        handler.addFilter(each)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in OURS:
        logging.getLogger(name).setLevel(root.level)
    # Otherwise the SDK appends a dict to each message; the same facts come as `extra`.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logging_runtime(metrics_address: str | None = None) -> Runtime:
    """
    Make an SDK runtime whose native core logs through `logging` too, in the same form. With a *metrics_address* it
    answers Prometheus there.

    A process needs at most one; make it the default (`Runtime.set_default`) before the first client is made.

    Raises:
        SettingsFault: If nothing can listen at *metrics_address*.
    """
    logger = logging.getLogger(CORE)
    forwarding = LogForwardingConfig(
        logger=logger,
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    lines = LoggingConfig(filter=levels, forwarding=forwarding)
    try:
        metrics = _metrics(metrics_address)
        return Runtime(telemetry=TelemetryConfig(logging=lines, metrics=metrics, attach_service_name=False))
    except ValueError as error:
        raise SettingsFault(
            f"ESCALATION_METRICS_ADDRESS is {metrics_address}, where metrics cannot be served: {error}"
        ) from None


def _metrics(address: str | None) -> PrometheusConfig | None:
    if address is None:
        return None
    return PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=OUR_BUCKETS,
    )


def _formatter(form: LogFormat, *, colors: bool) -> ProcessorFormatter:
    # Both would by default print each frame's variables with a traceback: customers' text, and secrets.
    last: list[Processor]
    match form:
        case LogFormat.JSON:
            tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
            last = [tracebacks, structlog.processors.JSONRenderer(default=str)]
        case LogFormat.CONSOLE:
            shown = structlog.dev.ConsoleRenderer(
                colors=colors, sort_keys=False, exception_formatter=_plain_traceback
            )
            last = [_in_one_harmless_line, shown]
    return ProcessorFormatter(
        foreign_pre_chain=[ExtraAdder(), _flatten_sdk, *_shared()],
        processors=[ProcessorFormatter.remove_processors_meta, *last],
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        _add_whereabouts,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _plain_traceback(out: TextIO, exc_info: ExcInfo) -> None:
    """Without the frames' variables, and harmless: a fault may quote anybody."""
    text = StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    out.write(remove_harmful(text.getvalue()))


def _in_one_harmless_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """No value drives the terminal or passes for a line of its own; JSON escapes both by itself."""
    return {
        remove_harmful(key): " ".join(remove_harmful(value).split("\n"))
        if isinstance(value, str) and key != "stack"
        else value
        for key, value in event.items()
    }


def _is_first_time(_: logging.LogRecord) -> bool:
    """Drop what a workflow says again in replay: `workflow.logger` does so itself, other loggers do not."""
    return not (workflow.in_workflow() and workflow.unsafe.is_replaying_history_events())


def _is_ours_or_matters(record: logging.LogRecord) -> bool:
    """Drop what libraries say below a warning: at DEBUG they write addresses, hosts and headers."""
    is_ours = hasattr(record, "_logger") or record.name in OURS  # structlog leaves its logger there
    return is_ours or record.levelno >= logging.WARNING


def _without_refusal(record: logging.LogRecord) -> bool:
    """Of an activity that refused what it was given, keep the code: its words repeat what customers wrote."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, EscalationError):
        record.exc_info = record.exc_text = None
        record.refused = error.code
    return True


def _add_whereabouts(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add which escalation, run, activity or update a line is about, whichever logger wrote it."""
    for key, value in _whereabouts().items():
        event.setdefault(key, value)
    return event


def _whereabouts() -> dict[str, object]:
    if workflow.in_workflow():
        run = workflow.info()
        update = workflow.current_update_info()
        about: dict[str, object] = {
            "escalation": run.workflow_id,
            "workflow_id": run.workflow_id,
            "run_id": run.run_id,
        }
        return about | ({"update": update.name} if update else {})
    if activity.in_activity():
        task = activity.info()
        return {
            "escalation": task.workflow_id,
            "workflow_id": task.workflow_id,
            "run_id": task.workflow_run_id,
            "activity": task.activity_type,
            "attempt": task.attempt,
        }
    return {}


def _flatten_sdk(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop the SDK's nested extras, which say the same at length, and lift the core's fields."""
    for nested in ("temporal_workflow", "temporal_activity"):
        event.pop(nested, None)
    core = event.pop("temporal_log", None)
    if core is not None:
        for key, value in {"target": core.target, **core.fields}.items():
            event.setdefault(key, value)
    return event
