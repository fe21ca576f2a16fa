"""
Worker processes side by side: one that is killed is replaced, all stop together, none outlives the one that began them.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
from httpx import AsyncClient, HTTPError

from client import EscalationClient
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.ports import LOOPBACK, free_port
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from workflows import search_attributes
from workflows.plugin import escalation_plugin


class Workers:
    """`escalate worker --processes 2` on a server of its own."""

    def __init__(self, process: asyncio.subprocess.Process, health: str, client: EscalationClient) -> None:
        self.process = process
        self.client = client
        self._health = health

    @property
    def children(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [each for each in found if any(word.endswith("/worker.py") for word in each.cmdline()[:2])]

    async def until(self, is_so: Callable[[int, dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(90), AsyncClient(timeout=10) as http:
            while True:
                try:
                    answer = await http.get(f"http://{self._health}/readyz")
                    if is_so(answer.status_code, answer.json()):
                        return
                except HTTPError:
                    pass
                await asyncio.sleep(0.1)

    async def until_whole(self) -> None:
        await self.until(
            lambda status, said: (200, "ok", 2) == (status, said["status"], len(said["processes"]))
        )


@asynccontextmanager
async def workers(folder: Path) -> AsyncIterator[Workers]:
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    health = f"{LOOPBACK}:{free_port()}"
    async with server:
        settings = {
            "TEMPORAL_ADDRESS": server.address,
            "ESCALATION_STATE_FOLDER": str(folder / "state"),
            "ESCALATION_HEALTH_ADDRESS": health,
            "ESCALATION_LOG_LEVEL": "error",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "entrypoints.cli.program", "worker", "--processes", "2"),
            cwd=ROOT,
            env=os.environ | settings,
            stderr=asyncio.subprocess.DEVNULL,
        )
        temporal = await connect(Settings(), plugins=[escalation_plugin()], address=server.address)
        at_work = Workers(process, health, EscalationClient(temporal))
        try:
            await at_work.until_whole()
            yield at_work
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_one_that_is_killed_is_replaced_and_all_stop_together(tmp_path: Path) -> None:
    async with workers(tmp_path) as at_work:
        first, second = at_work.children
        first.kill()
        await at_work.until(lambda status, said: (200, "degraded") == (status, said["status"]))
        await at_work.client.start(a_complaint())  # the other one works on
        await at_work.until_whole()
        assert second.pid in {each.pid for each in at_work.children}
        await at_work.client.acknowledge("ACME/4711", by="priya")

        last = at_work.children
        at_work.process.send_signal(signal.SIGTERM)
        assert 0 == await asyncio.wait_for(at_work.process.wait(), 45)
        assert not [each for each in last if each.is_running()]


async def test_none_outlives_the_one_that_began_them(tmp_path: Path) -> None:
    async with workers(tmp_path) as at_work:
        children = at_work.children
        at_work.process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
        assert not alive
