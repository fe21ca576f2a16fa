"""
The time and the size of each page of the console: ``python -m benchmarks.pages [--escalations 1000]``.

As many escalations as asked are open on an embedded server, with their worker in this process and the web service in
one of its own. Each page is asked for again and again, by one reader at a time. The last line is one JSON object: for
each page the median and the highest of nine in ten, in milliseconds, and its bytes.
"""

import argparse
import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx

from benchmarks.api import running_process
from benchmarks.contestants import Engine
from runtime.embedded import EmbeddedServer
from runtime.log_setup import configure_logging
from runtime.ports import free_port
from runtime.process_exit import exit_process
from runtime.setting_types import LogFormat, LogLevel
from runtime.settings import ROOT
from workflows import search_attributes

MOST_MILLISECONDS = 100
MOST_BYTES = 150_000
"""Aims for each page."""
_TIMES = 20
_AT_ONCE = 4
_CASE = "/case/PAGE/7"
PAGES = (
    "/",
    "/all",
    "/all?words=page+77",
    "/start",
    _CASE,
    f"{_CASE}?show=all",
    f"{_CASE}/send_update",
    f"{_CASE}/file_rca",
    f"{_CASE}/outlook",
    f"{_CASE}/rebase",
    "/look-back?by=category",
    "/playbook",
    "/playbook/simulate?category=customer_service_requests/complaint&priority=P2",
    "/playbook/on-call",
    "/playbook/coverage",
    "/playbook/changes",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--escalations", type=int, default=1000)
    number = parser.parse_args().escalations
    with Path(os.devnull).open("w") as nowhere:
        configure_logging(LogFormat.JSON, LogLevel.INFO, nowhere)
        figures = asyncio.run(_measured(number))
    print(json.dumps(figures), flush=True)
    exit_process(0)


async def _measured(number: int) -> dict[str, tuple[float, float, int]]:
    with TemporaryDirectory(prefix="escalation-pages-") as folder:
        async with _world(Path(folder), number) as http:
            figures = {}
            for page in PAGES:
                middle, high, size = figures[page] = await _asked_for(http, page)
                over = " over" if high > MOST_MILLISECONDS or size > MOST_BYTES else ""
                print(f"{page:80} {middle:8.1f} ms {high:8.1f} ms {size:8,} bytes{over}", flush=True)
            return figures


async def _asked_for(http: httpx.AsyncClient, page: str) -> tuple[float, float, int]:
    taken, size = [], 0
    for _ in range(_TIMES):
        begun = time.perf_counter()
        answer = await http.get(page)
        taken.append(1000 * (time.perf_counter() - begun))
        size = len(answer.raise_for_status().content)
    return round(median(taken), 1), round(quantiles(taken, n=10)[-1], 1), size


@asynccontextmanager
async def _world(folder: Path, number: int) -> AsyncIterator[httpx.AsyncClient]:
    playbook = Path(shutil.copy(ROOT / "playbooks" / "reference.yaml", folder))
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with server, Engine.at_work(server.address, playbook, is_recorded=False) as engine:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def start(each: int) -> None:
            async with slots:
                await engine.start(f"PAGE/{each}")

        await asyncio.gather(*(start(each) for each in range(number)))
        settings = {
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_CONFIG_FILE": "",
            "ESCALATION_STATE_FOLDER": str(folder),
            "ESCALATION_PLAYBOOK": str(playbook),
            "ESCALATION_GATEWAY_PORT": str(port := free_port()),
            "ESCALATION_LOG_LEVEL": "warning",
        }
        reader = {"cookie": "escalation_as=maya"}
        async with (
            running_process(settings, "-m", "entrypoints.cli.program", "web"),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=reader, timeout=60) as http,
        ):
            await _until_up(http)
            yield http


async def _until_up(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get("/all")).is_success:
                    return
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
