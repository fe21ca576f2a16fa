"""
The workers of one process: which queue each serves, with which activities, and how much at once.

Owns the wiring of workflows and activities. It must not know rules, nor what an activity does.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

import activities
from channels.protocol import Channel
from delivery.interruptible_client import interruptible
from delivery.limited_channel import LimitedChannel
from delivery.pipeline import Pipeline
from encryption.encryption_setup import encryption_of
from escalation.contract import ESCALATION_QUEUE, MESSAGE_TASK_QUEUE, RECORD_TASK_QUEUE
from escalation.notifications.links import AnyLink
from identity.audit_trail import AuditTrail
from identity.proof_ring import ProofRing
from messages.renderer import MessageRenderer
from planning.playbook.playbook_file import PlaybookFile
from records.errors import WrongUrl
from records.store import RecordStore
from runtime.errors import SettingsFault
from runtime.network import Network
from runtime.setting_types import DEPLOYMENT
from runtime.settings import Settings
from runtime.signed_links import SignedLinks
from workers.channel_setup import open_channels
from workers.expiry_watch import watch_expiries
from workers.open_counts import watch_open
from workers.record_setup import record_store_of
from workers.stalled_runs_watch import watch_stalls
from workers.worker_health import serve_health
from workflows.channel_limit import ChannelLimitWorkflow
from workflows.delivery_mark import IntakeWorkflow
from workflows.escalation import EscalationWorkflow
from workflows.follow_up import FollowUpWorkflow
from workflows.inbox import InboxWorkflow
from workflows.joined_case import JoinedCaseWorkflow
from workflows.plugin import EscalationPlugin, JudgesProofs, escalation_plugin
from workflows.record_outbox import RecordWorkflow
from workflows.report import ReportWorkflow
from workflows.sponsorship import SponsorshipWorkflow
from workflows.task_force import TaskForceWorkflow

GRACE = timedelta(seconds=30)
QUICK_SLOTS = 50
MESSAGE_SLOTS = 20
RECORD_SLOTS = 4
# A batch reports its progress by heartbeats: who was notified since the last one is notified again after a kill -9.
HEARTBEATS_AT_MOST_EVERY = timedelta(milliseconds=250)
# Workflow tasks are Python under one lock: more at a time only brings each nearer to the two seconds after which the
# SDK takes it for deadlocked.
WORKFLOW_SLOTS = 10 * (os.cpu_count() or 1)

WORKFLOWS: Sequence[type[Any]] = (
    EscalationWorkflow,
    FollowUpWorkflow,
    TaskForceWorkflow,
    SponsorshipWorkflow,
    JoinedCaseWorkflow,
    InboxWorkflow,
    IntakeWorkflow,
    RecordWorkflow,
    ReportWorkflow,
    ChannelLimitWorkflow,
)

log = structlog.get_logger("worker")


@asynccontextmanager
async def serve_queues(client: Client, settings: Settings) -> AsyncIterator[None]:
    """
    Run the workers while the block runs: one for moves and quick activities, one for messages, one for the record, so
    that a slow mail server or database cannot starve the moves. Activities under way at the end have 30 s to finish.
    Those that wait for the answer of a workflow end at once: it may be one of these workers', and all stop together.

    A fatal error of a worker cancels the block and is raised from here.
    """
    stop = asyncio.Event()
    client = interruptible(client, stop)
    store = usable_record_store(settings)
    served = activities.build(
        PlaybookFile(settings.playbook),
        _pipeline(settings),
        Network(settings.private_networks).transport,
        store,
        starts_of_one=settings.starts_per_person,
        proofs=(proofs := proofs_of(settings, audit := AuditTrail(usable_record_store(settings)))),
    )
    build = version_of(settings.deployment, settings.build)
    slots = 2 * QUICK_SLOTS + MESSAGE_SLOTS + RECORD_SLOTS
    threads = ThreadPoolExecutor(slots, thread_name_prefix="activity")
    moves = on_queue(
        client,
        ESCALATION_QUEUE,
        served.quick,
        threads,
        slots=QUICK_SLOTS,
        build=build,
        workflows=WORKFLOWS,
        interceptors=[JudgesProofs(proofs)],
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=WORKFLOW_SLOTS,
        max_concurrent_local_activities=QUICK_SLOTS,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    messages = on_queue(
        client, MESSAGE_TASK_QUEUE, served.messages, threads, slots=MESSAGE_SLOTS, build=build
    )
    records = on_queue(client, RECORD_TASK_QUEUE, served.records, threads, slots=RECORD_SLOTS, build=build)
    async with AsyncExitStack() as running:
        # Not waited for: what did not end in its time will not end now.
        running.callback(store.close)
        running.push_async_callback(asyncio.to_thread, audit.close)
        running.callback(threads.shutdown, wait=False, cancel_futures=True)
        workers = (records, messages, moves)
        for worker in workers:
            await running.enter_async_context(worker)
        running.push_async_callback(_stop, workers, stop)
        await _until_polling(*workers)
        await running.enter_async_context(watch_stalls(client))
        await running.enter_async_context(watch_expiries(client, store))
        if settings.metrics_address is not None:  # else nobody reads the counts
            await running.enter_async_context(watch_open(client))
        await running.enter_async_context(serve_health(client, store, settings))
        yield


def _pipeline(settings: Settings) -> Pipeline:
    if settings.smtp_host is None:
        log.warning("no_mail_server_letters_are_printed", set_it_with="ESCALATION_SMTP_HOST")
    return Pipeline(
        _with_limits(open_channels(settings), settings),
        MessageRenderer(settings.templates),
        _address_of(settings),
    )


def _with_limits(channels: Mapping[str, Channel], settings: Settings) -> dict[str, Channel]:
    limits = settings.channel_limits
    return {
        name: LimitedChannel(name, channel, limits[name]) if name in limits else channel
        for name, channel in channels.items()
    }


def _address_of(settings: Settings) -> Callable[[AnyLink], str] | None:
    """Return what makes the addresses of links; nothing, where readers could not reach them."""
    if settings.gateway_url is None:
        return None
    return partial(SignedLinks.from_settings(settings).address, base_url=settings.gateway_url)


def proofs_of(settings: Settings, audit: AuditTrail | None = None) -> ProofRing:
    """
    Return what signs and judges proofs here, and puts refusals on record by *audit*.

    Raises:
        RuntimeFault: If the key that is kept in the state folder cannot be used.
    """
    return ProofRing.of(settings.written_proof_keys, is_required=settings.is_signed_in, audit=audit)


def plugin_of(settings: Settings) -> EscalationPlugin:
    """
    Return the plugin of a worker's client.

    Raises:
        RuntimeFault: If the keys for proofs or encryption cannot be used.
    """
    return escalation_plugin(proofs_of(settings), encryption_of(settings))


def usable_record_store(settings: Settings) -> RecordStore:
    """Return the record store. It connects when there is something to record: no worker needs it to start."""
    try:
        return record_store_of(settings)
    except WrongUrl as fault:
        raise SettingsFault(str(fault)) from None


def on_queue(
    client: Client,
    task_queue: str,
    functions: Sequence[Callable[..., Any]],
    threads: ThreadPoolExecutor,
    *,
    slots: int,
    build: WorkerDeploymentConfig | None = None,
    **more: Any,
) -> Worker:
    return Worker(
        client,
        task_queue=task_queue,
        activities=functions,
        activity_executor=threads,
        max_concurrent_activities=slots,
        max_heartbeat_throttle_interval=HEARTBEATS_AT_MOST_EVERY,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=GRACE,
        deployment_config=build or version_of(DEPLOYMENT, None),
        **more,
    )


def version_of(deployment: str, build: str | None) -> WorkerDeploymentConfig:
    """Return the name of this build. Without one the SDK hashes every loaded module, which took 1.3 s of each start."""
    return WorkerDeploymentConfig(
        WorkerDeploymentVersion(deployment, build or _package_version()),
        use_worker_versioning=build is not None,
        default_versioning_behavior=VersioningBehavior.PINNED if build else VersioningBehavior.UNSPECIFIED,
    )


def _package_version() -> str:
    try:
        return version("escalation-engine")
    except PackageNotFoundError:  # a bare checkout on the module path
        return "checkout"


async def _stop(workers: Sequence[Worker], stop: asyncio.Event) -> None:
    """Stop all at the same time, so that together they take no longer than the slowest activity."""
    stop.set()
    await asyncio.gather(*(worker.shutdown() for worker in workers))


async def _until_polling(*started: Worker) -> None:
    while not all(worker.is_running for worker in started):  # noqa: ASYNC110 - the SDK has no event for it
        await asyncio.sleep(0.01)
