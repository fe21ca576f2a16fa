"""
Escalations whose worker is killed again and again go on, and their histories lead where they led live.

A worker without memory of a run may be given two workflow tasks as one. What that did, and why it does no more, is
in ADR 24.
"""

import asyncio
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle

from tests.complaint import a_complaint
from tests.durability.outage import Site, a_site
from tests.replay.replaying import replayed, shown
from tests.workflows import stages

KEYS = tuple(f"RESTART/{number}" for number in range(2))


async def test_restarts_between_moves_stall_nothing(tmp_path: Path) -> None:
    """
    Resolved before the first kill, verified after it, access confirmed after the second: each is replayed as it lived.
    """
    async with a_site(tmp_path) as site:
        for key in KEYS:
            await _resolved(site, key)
        await asyncio.sleep(6)  # two activities end, one task each, and nothing is asked for
        await _restart(site)
        await asyncio.sleep(15)  # the server has noticed that nobody remembers these runs
        for key in KEYS:  # one after the other, so that none waits for a worker
            await stages.closing(site.client, key)
        await _restart(site)
        found = await asyncio.gather(*(_goes_on(site, key) for key in KEYS), return_exceptions=True)

        assert {} == {key: why for key, why in zip(KEYS, found, strict=True) if why is not None}


async def _resolved(site: Site, key: str) -> None:
    await site.client.start(a_complaint(key=key))
    await stages.resolving(site.client, key)
    await stages.verifying(site.client, key)


async def _restart(site: Site) -> None:
    site.worker.kill9()
    await site.worker.start()


async def _goes_on(site: Site, key: str) -> None:
    """Moved once more; and a replay finds what the living run shows."""
    async with asyncio.timeout(120):
        await site.client.confirm_access(key, by="dewi", account="ACME")
    handle = site.temporal.get_workflow_handle(key)
    await _comes_to_rest(handle)
    live = shown({look: await handle.query(look) for look in ("view", "timeline")})
    assert live == await replayed(await handle.fetch_history())


async def _comes_to_rest(handle: WorkflowHandle[Any, Any]) -> None:
    async with asyncio.timeout(120):
        while True:
            found = (await handle.describe()).raw_description
            if not found.pending_activities and not found.HasField("pending_workflow_task"):
                return
            await asyncio.sleep(0.1)
