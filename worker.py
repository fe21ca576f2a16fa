"""
The worker process: connect, register, run until told to stop. `python worker.py`, or `escalate serve` with a server.

Owns the wiring of workflows, activities and connection, and the process's signals. It must not know rules, nor what
an activity does.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn, TextIO

import structlog
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

import activities
from activities.compile_plan import PlaybookFile
from activities.deliver_messages import DeliverMessages
from activities.texts import Texts
from activities.turns import Paced
from channels.apprise import AppriseChannel
from channels.email import EmailSettings, Tls
from channels.network import Network
from channels.protocol import Channel
from channels.registry import available_channels
from channels.slack import SlackChannel
from channels.targets import Targets
from channels.teams import TeamsChannel
from channels.webhook import WebhookChannel, WebhookTarget
from escalation.errors import EscalationError
from escalation.links import Link
from records.errors import WrongUrl
from records.store import RecordStore
from runtime.connection import connect, is_configured
from runtime.embedded import EmbeddedServer, keep_ended
from runtime.errors import EmbeddedServerFault, RuntimeFault, SettingsFault
from runtime.garbage import collect_seldom
from runtime.leaving import leave
from runtime.links import Links
from runtime.logging import configure_logging, logging_runtime
from runtime.search_attributes import ensure_search_attributes
from runtime.settings import Settings
from runtime.targets import variables
from workflows import search_attributes
from workflows.delivery import MESSAGE_TASK_QUEUE
from workflows.escalation import EscalationWorkflow
from workflows.follow_up import FollowUpWorkflow
from workflows.inbox import InboxWorkflow
from workflows.pace import PaceWorkflow
from workflows.plugin import escalation_plugin
from workflows.recording import RecordWorkflow
from workflows.report import ReportWorkflow
from workflows.sponsorship import SponsorshipWorkflow
from workflows.task_force import TaskForceWorkflow
from workflows.ticket import TicketWorkflow
from workflows.wire import ESCALATION_QUEUE, RECORD_TASK_QUEUE

GRACE = timedelta(seconds=30)
TOO_SOON = timedelta(seconds=5)  # a server that ends so soon after its start will do so again
QUICK_SLOTS = 50
MESSAGE_SLOTS = 20
RECORD_SLOTS = 4
# A wave's progress is in its heartbeats: whoever was told since the last one is told again after a kill -9.
HEARTBEATS_AT_MOST_EVERY = timedelta(milliseconds=250)
# Workflow tasks are Python under one lock: more at a time only brings each nearer to the two seconds after which the
# SDK takes it for deadlocked.
WORKFLOW_SLOTS = 10 * (os.cpu_count() or 1)

KEPT_FOR = timedelta(days=90)
"""How long the embedded server keeps what has ended: to look at, and to reopen."""

log = structlog.get_logger("worker")


@asynccontextmanager
async def workers(client: Client, settings: Settings) -> AsyncIterator[None]:
    """
    Run the workers while the block runs: one for moves and quick activities, one for messages, one for the record, so
    that a slow mail server or database cannot starve the moves. Activities under way at the end have 30 s to finish.

    A fatal error of a worker cancels the block and is raised from here.
    """
    store = _store(settings)
    hands = activities.build(PlaybookFile(settings.playbook), _telling(settings), store)
    slots = 2 * QUICK_SLOTS + MESSAGE_SLOTS + RECORD_SLOTS
    threads = ThreadPoolExecutor(slots, thread_name_prefix="activity")
    moves = _worker(
        client,
        ESCALATION_QUEUE,
        hands.quick,
        threads,
        slots=QUICK_SLOTS,
        workflows=[
            EscalationWorkflow,
            FollowUpWorkflow,
            TaskForceWorkflow,
            SponsorshipWorkflow,
            TicketWorkflow,
            InboxWorkflow,
            RecordWorkflow,
            ReportWorkflow,
            PaceWorkflow,
        ],
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=WORKFLOW_SLOTS,
        max_concurrent_local_activities=QUICK_SLOTS,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    messages = _worker(client, MESSAGE_TASK_QUEUE, hands.messages, threads, slots=MESSAGE_SLOTS)
    records = _worker(client, RECORD_TASK_QUEUE, hands.records, threads, slots=RECORD_SLOTS)
    async with AsyncExitStack() as running:
        # Not waited for: what did not end in its time will not end now.
        running.callback(store.close)
        running.callback(threads.shutdown, wait=False, cancel_futures=True)
        for worker in (records, messages, moves):
            await running.enter_async_context(worker)
        await _until_polling(moves, messages, records)
        yield


async def run_worker(client: Client, settings: Settings, stop: asyncio.Event) -> None:
    """
    Register what the cluster lacks, then work until *stop* is set.

    Raises:
        SearchAttributesFault: If the cluster lacks search attributes and this client may not add them.
    """
    await ensure_search_attributes(client, search_attributes.ALL)
    async with workers(client, settings):
        collect_seldom()
        log.info(
            "worker_started", address=client.service_client.config.target_host, namespace=client.namespace
        )
        await stop.wait()
        log.info("worker_stopping", within_seconds=GRACE.total_seconds())
    log.info("worker_stopped")


@dataclass(frozen=True)
class Serving:
    """What `serving` runs: a connected client, and the embedded server unless a cluster is configured."""

    client: Client
    server: EmbeddedServer | None


@asynccontextmanager
async def serving(settings: Settings, *, always_embedded: bool = False) -> AsyncIterator[Serving]:
    """
    Run server and workers while the block runs; the cluster that is configured, else an embedded server.
    """
    server = None
    if always_embedded or not is_configured():
        server = EmbeddedServer.from_settings(settings, search_attributes.ALL)
    async with AsyncExitStack() as running:
        if server is not None:
            await running.enter_async_context(server)
        address = server.address if server is not None else None
        client = await connect(settings, plugins=[escalation_plugin()], address=address)
        await ensure_search_attributes(client, search_attributes.ALL)
        if server is not None:
            await keep_ended(client, KEPT_FOR)
        await running.enter_async_context(workers(client, settings))
        collect_seldom()
        yield Serving(client, server)


say_now = partial(print, flush=True)
"""Whoever waits for these lines may read them from a file or a pipe."""

Beside = Callable[[Serving], AbstractAsyncContextManager[str]]
"""What runs beside server and workers for as long as they do; it yields a line that says so."""


async def serve(
    settings: Settings, *, beside: Sequence[Beside] = (), say: Callable[[str], None] = say_now
) -> None:
    """
    `escalate serve`: server and workers until Ctrl-C or SIGTERM, and what runs *beside*; nothing is left running.

    Raises:
        EmbeddedServerFault: If the server cannot start, or ends soon after; later it is started again.
    """
    with stop_signals() as stop:
        async with serving(settings) as running, AsyncExitStack() as others:
            told = [await others.enter_async_context(other(running)) for other in beside]
            for line in (*_summary(running, settings), *told, "Ready; Ctrl-C stops."):
                say(line)
            await _until_stopped(stop, running.server)
            say("stopping: work under way has 30 s to finish; Ctrl-C again leaves at once")
    say("stopped")


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """
    Turn the first SIGINT or SIGTERM into an event; a second one ends the process at once.

    Nothing is lost then either: the server's keeper ends the server, and Temporal retries what was under way.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(signum: signal.Signals) -> None:
        if stop.is_set():
            leave(128 + signum)
        stop.set()

    handled = (signal.SIGINT, signal.SIGTERM)
    for signum in handled:
        loop.add_signal_handler(signum, told, signum)
    try:
        yield stop
    finally:
        for signum in handled:
            loop.remove_signal_handler(signum)


def channels_of(settings: Settings, printed_to: TextIO | None = None) -> dict[str, Channel]:
    """
    Every channel, by the name that addresses call it. Without a mail server, e-mail is printed (to standard output,
    unless said otherwise), so that nothing is told in vain.

    Raises:
        SettingsFault: If the mail settings do not go together.
    """
    smtp = _smtp(settings, settings.smtp_host) if settings.smtp_host else None
    channels = available_channels(
        email=smtp, console=printed_to or sys.stdout, further=_named_targets(settings)
    )
    if smtp is None:
        channels["email"] = channels["console"]
    return channels


def _named_targets(settings: Settings) -> Iterator[Channel]:
    network, set_up = Network(settings.private_networks), settings.targets
    webhooks = {
        name: WebhookTarget(each.url.get_secret_value(), tuple(key.get_secret_value() for key in each.keys))
        for name, each in set_up.webhook.items()
    }
    yield SlackChannel(Targets(set_up.slack, partial(variables, "slack")), network)
    yield TeamsChannel(Targets(set_up.teams, partial(variables, "teams")), network)
    yield WebhookChannel(Targets(webhooks, partial(variables, "webhook")), network)
    yield AppriseChannel(Targets(set_up.apprise, partial(variables, "apprise")))


def _telling(settings: Settings) -> DeliverMessages:
    if settings.smtp_host is None:
        log.warning("no_mail_server_letters_are_printed", set_it_with="ESCALATION_SMTP_HOST")
    return DeliverMessages(
        _paced(channels_of(settings), settings), Texts(settings.templates), _address_of(settings)
    )


def _paced(channels: Mapping[str, Channel], settings: Settings) -> dict[str, Channel]:
    limits = settings.channel_limits
    return {
        name: Paced(name, channel, limits[name]) if name in limits else channel
        for name, channel in channels.items()
    }


def _address_of(settings: Settings) -> Callable[[Link], str] | None:
    """Messages carry links only where readers can reach them."""
    if settings.gateway_url is None:
        return None
    return partial(Links.from_settings(settings).address, base_url=settings.gateway_url)


def _store(settings: Settings) -> RecordStore:
    """Not connected before there is something to record: a database that is down stops no worker."""
    try:
        return RecordStore.at(settings.records_url, settings.state_folder)
    except WrongUrl as fault:
        raise SettingsFault(str(fault)) from None


def _smtp(settings: Settings, host: str) -> EmailSettings:
    try:
        return EmailSettings(
            host=host,
            port=settings.smtp_port,
            tls=Tls(settings.smtp_tls),
            username=settings.smtp_user,
            password=settings.smtp_password,
            sender_address=settings.smtp_sender,
        )
    except ValidationError as error:
        faults = (
            f"ESCALATION_SMTP_*: {found['msg'].removeprefix('Value error, ')}" for found in error.errors()
        )
        raise SettingsFault(*faults) from None


def _worker(
    client: Client,
    task_queue: str,
    hands: Sequence[Callable[..., Any]],
    threads: ThreadPoolExecutor,
    *,
    slots: int,
    **more: Any,
) -> Worker:
    return Worker(
        client,
        task_queue=task_queue,
        activities=hands,
        activity_executor=threads,
        max_concurrent_activities=slots,
        max_heartbeat_throttle_interval=HEARTBEATS_AT_MOST_EVERY,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=GRACE,
        # Not versioning, only a name for this build: without one the SDK hashes every loaded module, which took
        # 1.3 s of each start.
        deployment_config=WorkerDeploymentConfig(
            WorkerDeploymentVersion("escalation-engine", _build_id()), use_worker_versioning=False
        ),
        **more,
    )


def _build_id() -> str:
    try:
        return version("escalation-engine")
    except PackageNotFoundError:  # a bare checkout on the module path
        return "checkout"


async def _until_polling(*started: Worker) -> None:
    while not all(worker.is_running for worker in started):  # noqa: ASYNC110 - the SDK has no event for it
        await asyncio.sleep(0.01)


def _summary(running: Serving, settings: Settings) -> Iterator[str]:
    if running.server is None:
        yield f"Temporal   {running.client.service_client.config.target_host} (as configured)"
    else:
        yield f"Temporal   {running.server.address} (embedded)"
        yield f"Web UI     {running.server.ui_url}"
        yield f"State      {running.server.state}"
    yield f"Namespace  {running.client.namespace}"
    yield f"Playbook   {settings.playbook}"
    yield f"Records    {_store(settings).database.where}"
    printed = "printed here; ESCALATION_SMTP_HOST names a server that sends"
    yield f"Mail       {f'{settings.smtp_host}:{settings.smtp_port}' if settings.smtp_host else printed}"


async def _until_stopped(stop: asyncio.Event, server: EmbeddedServer | None) -> None:
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
    if server is not None:
        waits.append(asyncio.create_task(_keep_running(server)))
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    for wait in done:
        wait.result()


async def _keep_running(server: EmbeddedServer) -> NoReturn:
    """Start the server again when it ends by itself: its file has everything, and the workers find it again."""
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            await server.until_gone()
        except EmbeddedServerFault:
            if clock() - began < TOO_SOON.total_seconds():
                raise
            log.error("embedded_server_ended", runs_again=True, log=str(server.log))
            await server.restart()


def prepared() -> Settings:
    """The settings of this process, and its logging set up as they say."""
    settings = Settings.load()
    configure_logging(settings.log_format, settings.log_level)
    Runtime.set_default(logging_runtime())
    return settings


async def _main() -> None:
    settings = prepared()
    with stop_signals() as stop:
        client = await connect(settings, plugins=[escalation_plugin()])
        await run_worker(client, settings, stop)


def main() -> None:
    """Run a worker until told to stop; exit 0 then, 1 after a fatal error or when it could not start."""
    try:
        asyncio.run(_main())
    except (RuntimeFault, EscalationError) as fault:
        sys.stderr.write(f"{fault}\n")
        leave(1)
    except BaseException:
        log.exception("worker_failed")
        leave(1)
    leave(0)


if __name__ == "__main__":
    main()
