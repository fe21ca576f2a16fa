"""
Worker processes as one: started together, started again when one ends, stopped together.

Python runs one thread at a time, so a process uses one core: a machine with more cores works with more processes. Owns
their ports, their restarts and one answer about the health of all. They end with this process, however hard it ends.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runtime.guarded_process import GuardedProcess
from runtime.named_settings import variable
from runtime.ports import LOOPBACK, free_port
from runtime.settings import ROOT, Settings
from workers.queue_workers import GRACE
from workers.worker_health import answer_at

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
"""Seconds until a process that ended is started again; each end soon after a start doubles the wait."""
_SOON = timedelta(seconds=10)
_PATIENCE = 5.0

log = structlog.get_logger("worker")


class WorkerProcesses:
    """*count* processes, each `python worker.py` with ports of its own."""

    def __init__(self, settings: Settings, count: int) -> None:
        self._settings = settings
        self._health = [f"{LOOPBACK}:{free_port()}" for _ in range(count)]
        """The health address of each process."""
        self._no_lock = os.open(os.devnull, os.O_RDONLY)

    async def run(self, stop: asyncio.Event) -> None:
        """
        Run until *stop* is set; then each has its time to end in order.

        Raises:
            SettingsFault: If nothing can listen on the health address.
        """
        async with answer_at(self._settings.health_address, self._answer_ready), asyncio.TaskGroup() as tasks:
            for number in range(len(self._health)):
                tasks.create_task(self._keep_running(number, stop))

    async def _keep_running(self, number: int, stop: asyncio.Event) -> None:
        clock, wait = asyncio.get_running_loop().time, _FIRST_WAIT
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            began = clock()
            await self._run_once(number, stopped)
            if not stop.is_set():
                wait = (
                    min(2 * wait, _LONGEST_WAIT) if clock() - began < _SOON.total_seconds() else _FIRST_WAIT
                )
                log.error("worker_process_ended", number=number + 1, starts_again_in_seconds=wait)
                await asyncio.wait({stopped}, timeout=wait)

    async def _run_once(self, number: int, stopped: asyncio.Task[Any]) -> None:
        process = GuardedProcess(
            [sys.executable, str(ROOT / "worker.py")],
            environment=self._environment(number),
            log=sys.stderr.buffer,
            lock=self._no_lock,
            stopped_within=GRACE + timedelta(seconds=5),
        )
        try:
            ended = asyncio.create_task(process.until_ended())
            await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                await process.stop()
        finally:
            process.kill()

    def _environment(self, number: int) -> Mapping[str, str]:
        own = {variable("health_address"): self._health[number]}
        if self._settings.metrics_address is not None:
            host, _, port = self._settings.metrics_address.rpartition(":")
            own[variable("metrics_address")] = f"{host}:{int(port) + number}"
        return os.environ | own

    async def _answer_ready(self, _: Request) -> Response:
        """Say how each process is; 503 if none can work."""
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as http:
            found = await asyncio.gather(*(_state(http, address) for address in self._health))
        ready = [each["status"] in {"ok", "degraded"} for each in found]
        is_whole = all(each["status"] == "ok" for each in found)
        status = "ok" if is_whole else "degraded" if any(ready) else "unavailable"
        return JSONResponse({"status": status, "processes": found}, 200 if any(ready) else 503)


async def _state(http: httpx.AsyncClient, address: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = (await http.get(f"http://{address}/readyz")).json()
    except httpx.HTTPError:
        return {"status": "starting"}
    return answer
