"""Log lines have one shape, carry which escalation they are about, and come once."""

import asyncio
import io
import json
import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest
import structlog
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from escalation.kernel.characters import HARMFUL
from escalation.kernel.refusals import BadRequest, Fault
from runtime.embedded import EmbeddedServer
from runtime.log_setup import configure_logging
from runtime.setting_types import LogFormat, LogLevel

QUEUE = "logging"


@activity.defn
async def tell() -> None:
    activity.logger.info("person_told", extra={"channel": "email"})
    structlog.get_logger("hands").info("receipt_kept", channel="email")


@workflow.defn
class Talkative:
    """Says each thing once, whatever is replayed."""

    @workflow.run
    async def run(self) -> None:
        workflow.logger.info("level_raised", extra={"from_level": 1, "to_level": 2})
        structlog.get_logger("rules").info("directly_said", level_now=2)
        logging.getLogger("plain").warning("plainly_said")
        await workflow.execute_activity(tell, start_to_close_timeout=timedelta(seconds=5))
        await workflow.sleep(timedelta(milliseconds=20))
        await workflow.wait_condition(lambda: workflow.info().is_continue_as_new_suggested() is False)

    @workflow.update
    async def raise_level(self) -> None:
        workflow.logger.info("asked")


@pytest.fixture
def lines() -> io.StringIO:
    """
    JSON lines.
    """
    out = io.StringIO()
    configure_logging(LogFormat.JSON, LogLevel.INFO, out)
    return out


async def test_workflow_and_activity_lines_carry_their_escalation_and_come_once(
    server: EmbeddedServer, lines: io.StringIO
) -> None:
    """
    Without a cache every task is a replay: nothing is said twice, by whichever logger.
    """
    run = await _run_talkative(server)

    said = _parsed(lines)
    events = ["asked", "directly_said", "level_raised", "person_told", "plainly_said", "receipt_kept"]
    assert events == sorted(line["event"] for line in said)
    by_event = {line["event"]: line for line in said}
    about = {"escalation": run[0], "workflow_id": run[0], "run_id": run[1]}
    raised = by_event["level_raised"]
    assert {"level": "info", "from_level": 1, "to_level": 2}.items() <= raised.items()
    for event in events:
        assert about.items() <= by_event[event].items()
    for event in ("person_told", "receipt_kept"):
        assert {"activity": "tell", "attempt": 1, "channel": "email"}.items() <= by_event[event].items()
    assert "raise_level" == by_event["asked"]["update"]
    assert "temporal_workflow" not in raised
    assert "temporal_activity" not in by_event["person_told"]


def test_both_loggers_write_the_same_shape(lines: io.StringIO) -> None:
    """
    structlog's own lines and the standard library's, with positional arguments and extras.
    """
    structlog.get_logger("ours").warning("server_gone", port=7233)
    logging.getLogger("theirs").warning("port %d", 7233, extra={"port": 7233})

    ours, theirs = _parsed(lines)
    assert {"event", "level", "logger", "timestamp", "port"} == set(ours) == set(theirs)
    assert ("server_gone", "ours") == (ours["event"], ours["logger"])
    assert ("port 7233", "theirs") == (theirs["event"], theirs["logger"])


def test_sdk_noise_is_kept_out(lines: io.StringIO) -> None:
    """
    Whatever our level is, the SDK's own lines start at warning.
    """
    logging.getLogger("temporalio.worker._worker").info("starting")
    logging.getLogger("temporalio.worker._worker").warning("stuck")

    assert ["stuck"] == [line["event"] for line in _parsed(lines)]


def test_tracebacks_show_no_values(lines: io.StringIO) -> None:
    """
    A frame's variables hold customers' words, and secrets.
    """
    words = "the customer's words"
    try:
        raise ValueError(len(words))
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger().exception("failed")
        as_json = lines.getvalue()
        console = io.StringIO()
        configure_logging(LogFormat.CONSOLE, LogLevel.INFO, console)
        structlog.get_logger().exception("failed")

    assert 2 == as_json.count("ValueError")
    assert "Traceback" in console.getvalue()
    assert words not in as_json
    assert words not in console.getvalue().replace(f'words = "{words}"', "")


def test_console_lines_read_as_a_sentence(lines: io.StringIO) -> None:
    """
    Without colours when nobody looks: the event and its keys.
    """
    console = io.StringIO()
    configure_logging(LogFormat.CONSOLE, LogLevel.INFO, console)
    structlog.get_logger("rules").info("level_raised", escalation="ACME/4711", to_level=2)
    structlog.get_logger("rules").debug("not_shown")

    (line,) = console.getvalue().splitlines()
    assert "[info     ] level_raised" in line
    assert "escalation=ACME/4711 to_level=2" in line
    assert "\x1b" not in line


def test_libraries_are_quiet_below_a_warning(lines: io.StringIO) -> None:
    """
    COMM-6: at DEBUG they write addresses, hosts and headers; ours do not, and are shown.
    """
    configure_logging(LogFormat.JSON, LogLevel.DEBUG, lines)
    for name in ("aiosmtplib", "apprise", "httpx", "httpcore.connection", "sqlalchemy.engine", "asyncio"):
        logging.getLogger(name).debug("RCPT TO jo@acme.example")
        logging.getLogger(name).info("POST https://hooks.example/secret")
    logging.getLogger("aiosmtplib").warning("unknown service")
    structlog.get_logger("worker").debug("batch_begun")

    assert ["unknown service", "batch_begun"] == [line["event"] for line in _parsed(lines)]


def test_a_refusal_is_logged_by_its_code(lines: io.StringIO) -> None:
    """
    START-6: what it says repeats what was given; whoever asked is told that, and the log is not.
    """
    configure_logging(LogFormat.JSON, LogLevel.INFO, lines)
    try:
        raise BadRequest.because("the start", [Fault(where="e-mail", given="jo@acme", allowed="name@host")])
    except BadRequest:
        logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=True)

    assert "jo@acme" not in lines.getvalue()
    assert BadRequest.code == _parsed(lines)[0]["refused"]


async def _run_talkative(server: EmbeddedServer) -> tuple[str, str]:
    client = await Client.connect(server.address)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Talkative],
        activities=[tell],
        max_cached_workflows=0,
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Talkative.run, id=f"ACME/{uuid.uuid4()}", task_queue=QUEUE)
        async with asyncio.timeout(10):
            await handle.execute_update(Talkative.raise_level)
            await handle.result()
    assert handle.result_run_id is not None
    return handle.id, handle.result_run_id


def _parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_holds_no_escape_sequence_and_no_second_line() -> None:
    """
    COMM-6: what a fault quotes drives no terminal, and passes for no line of ours.
    """
    out = io.StringIO()
    configure_logging(LogFormat.CONSOLE, LogLevel.INFO, out)

    structlog.get_logger("x").info("letter_left\x1b[31m", why="\x1b[2Jgone\nforged_line", **{"k\x9b1m": 1})
    try:
        raise ValueError("\x1b[2Jgone")
    except ValueError:
        structlog.get_logger("x").exception("letter_failed")

    assert not HARMFUL.search(out.getvalue())
    assert not any(line.startswith("forged_line") for line in out.getvalue().splitlines())
