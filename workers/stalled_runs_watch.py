"""
Watch over stalled runs: each minute it looks for them, and says so in the log and in a metric.

Owns the log lines `run_stalled` and `run_continues`, and the gauge `escalation_stalled_runs`. The server is asked,
so that a stall is seen whichever worker it comes from. It must not know how to fix one.
"""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import structlog
from temporalio.client import Client

from escalation.contract import ESCALATION_QUEUE
from runtime.stalls import Stall, query_of_stalled, stall_of
from workers.watch import meter_of, watch

GAUGE = "escalation_stalled_runs"
EVERY = timedelta(minutes=1)

log = structlog.get_logger("worker")


def watch_stalls(client: Client, every: timedelta = EVERY) -> AbstractAsyncContextManager[None]:
    """Watch while the block runs."""
    return watch("stalls", _StalledRuns(client).look, every)


class _StalledRuns:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._gauge = meter_of(client).create_gauge(GAUGE, "Runs whose next step fails again and again")
        self._known: dict[str, Stall] = {}
        """By their run ids."""

    async def look(self) -> None:
        """Log each stalled run when it is new, and when it continues."""
        known, found = self._known, {}
        async for run in self._client.list_workflows(query_of_stalled(ESCALATION_QUEUE)):
            stall = known.get(run.run_id) or await _describe(self._client, run.id, run.run_id)
            if stall:
                found[run.run_id] = stall
        self._gauge.set(len(found))
        self._known = found
        for run_id, stall in found.items():
            if run_id not in known:
                log.error("run_stalled", cause=stall.cause, since=stall.since.isoformat(), **_keys_of(stall))
        for run_id, stall in known.items():
            if run_id not in found:
                log.info("run_continues", **_keys_of(stall))


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
