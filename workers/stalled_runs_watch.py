"""
Watch over stalled runs: each minute it looks for them, and says so in the log and in a metric.

Owns the log lines `run_stalled` and `run_continues`, and the gauge `escalation_stalled_runs`. The server is asked,
so that a stall is seen whichever worker it comes from. It must not know how to fix one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.common import MetricGauge
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from escalation.contract import ESCALATION_QUEUE
from runtime.stalls import Stall, query_of_stalled, stall_of

GAUGE = "escalation_stalled_runs"
EVERY = timedelta(minutes=1)

log = structlog.get_logger("worker")


@asynccontextmanager
async def watch_stalls(client: Client, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Watch while the block runs. A server that is away is asked again later."""
    task = asyncio.create_task(_watch(client, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _watch(client: Client, every: timedelta) -> None:
    runtime = client.service_client.config.runtime or Runtime.default()
    gauge = runtime.metric_meter.create_gauge(GAUGE, "Runs whose next step fails again and again")
    known: dict[str, Stall] = {}
    is_blind = False
    while True:
        try:
            known, is_blind = await _look_again(client, gauge, known), False
        except RPCError as error:
            if not is_blind:
                log.warning("stall_watch_unavailable", why=error.status.name.lower())
            is_blind = True
        await asyncio.sleep(every.total_seconds())


async def _look_again(client: Client, gauge: MetricGauge, known: dict[str, Stall]) -> dict[str, Stall]:
    """Return the stalled runs by their run ids. Each is logged when it is new, and when it continues."""
    found: dict[str, Stall] = {}
    async for run in client.list_workflows(query_of_stalled(ESCALATION_QUEUE)):
        stall = known.get(run.run_id) or await _describe(client, run.id, run.run_id)
        if stall:
            found[run.run_id] = stall
    gauge.set(len(found))
    for run_id, stall in found.items():
        if run_id not in known:
            log.error("run_stalled", cause=stall.cause, since=stall.since.isoformat(), **_keys_of(stall))
    for run_id, stall in known.items():
        if run_id not in found:
            log.info("run_continues", **_keys_of(stall))
    return found


async def _describe(client: Client, key: str, run_id: str) -> Stall | None:
    return await stall_of(client, await client.get_workflow_handle(key, run_id=run_id).describe())


def _keys_of(stall: Stall) -> dict[str, str]:
    """Return the keys of a log line; not the worker's words, which may quote what people wrote."""
    return {
        "escalation": stall.key,
        "workflow_id": stall.key,
        "run_id": stall.run_id,
        "workflow_type": stall.kind,
    }
