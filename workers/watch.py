"""
Watches of a worker: what it looks at again and again beside its work, for metrics and the log.

Owns the repetition. A server or a database that is away is said once, and looked at again later.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from records.errors import RecordStoreFault

Look = Callable[[], Awaitable[None]]

log = structlog.get_logger("worker")


@asynccontextmanager
async def watch(name: str, look: Look, every: timedelta) -> AsyncIterator[None]:
    """Call *look* at once and then *every* so often while the block runs. *name*: for the log."""
    task = asyncio.create_task(_repeat(name, look, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def meter_of(client: Client) -> MetricMeter:
    """Return the meter of the runtime that *client* runs on."""
    return (client.service_client.config.runtime or Runtime.default()).metric_meter


async def _repeat(name: str, look: Look, every: timedelta) -> None:
    is_blind = False
    while True:
        try:
            await look()
            is_blind = False
        except (RPCError, RecordStoreFault) as fault:
            if not is_blind:
                why = fault.status.name.lower() if isinstance(fault, RPCError) else fault.code
                log.warning("watch_unavailable", watch=name, why=why)
            is_blind = True
        await asyncio.sleep(every.total_seconds())
