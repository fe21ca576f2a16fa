"""
Compare moves through the HTTP API with moves made directly: ``python -m benchmarks.api [--seconds 30]``.

One server, one worker process and one web service process serve both. Agents add comments, each to an escalation of its
own: a round directly, then a round by the service, again and again, so that what else the machine does hits both alike.
The last line is one JSON object: moves per second of both and their ratio, and the same by the processor time that all
processes together take for a move, which a busy machine does not blur.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from client import EscalationClient, ServiceClient
from escalation.case.moves.add_comment import AddComment
from escalation.kernel.values import InternalText
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.ports import free_port
from runtime.process_exit import exit_process
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from workflows import search_attributes
from workflows.plugin import escalation_plugin

_AGENTS = 20
_MOVES = 3
"""Of each agent in a round; all rounds stay below what one person may do within ten minutes."""
_MOST_ROUNDS = 15
_COMMENT = AddComment(by="elena", note=InternalText("The pallets are on the road"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="no other round begins after so long")
    seconds = parser.parse_args().seconds
    figures = asyncio.run(_measured(seconds))
    for name, value in figures.items():
        print(f"{name:28} {value:>8.2f}")
    print(json.dumps(figures), flush=True)
    exit_process(0)


async def _measured(seconds: float) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        async with _world(Path(folder)) as (directly, by_service):
            keys = [f"API/{number}" for number in range(_AGENTS)]
            await asyncio.gather(*(directly.start(a_complaint(key=key, priority="P3")) for key in keys))
            sides: dict[str, Sequence[EscalationClient]] = {
                "directly": [directly] * _AGENTS,
                "by the service": by_service,
            }
            rates: dict[str, list[float]] = {name: [] for name in sides}
            cpu = dict.fromkeys(sides, 0.0)
            for side in sides.values():  # caches and connections
                await _round(side, keys)
            until = time.perf_counter() + seconds
            while time.perf_counter() < until and len(rates["directly"]) < _MOST_ROUNDS:
                for name, side in sides.items():
                    before = _processor_time()
                    rates[name].append(await _round(side, keys))
                    cpu[name] += _processor_time() - before
    moves = len(rates["directly"]) * _AGENTS * _MOVES
    return {
        **{f"moves/s {name}": round(median(found), 2) for name, found in rates.items()},
        **{f"ms of CPU {name}": round(1000 * spent / moves, 2) for name, spent in cpu.items()},
        "ratio": round(median(rates["by the service"]) / median(rates["directly"]), 3),
        "ratio by CPU": round(cpu["directly"] / cpu["by the service"], 3),
        "rounds": len(rates["directly"]),
    }


def _processor_time() -> float:
    """Return the seconds that this process and all that it started have taken."""
    mine = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (mine, *mine.children(recursive=True)))


async def _round(agents: Sequence[EscalationClient], keys: Sequence[str]) -> float:
    """Return moves per second of all agents together."""

    async def work(agent: EscalationClient, key: str) -> None:
        for _ in range(_MOVES):
            await agent.ask(key, _COMMENT)

    begun = time.perf_counter()
    await asyncio.gather(*map(work, agents, keys))
    return len(keys) * _MOVES / (time.perf_counter() - begun)


@asynccontextmanager
async def _world(folder: Path) -> AsyncIterator[tuple[EscalationClient, list[ServiceClient]]]:
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with server:
        settings = {
            "TEMPORAL_ADDRESS": server.address,
            "TEMPORAL_CONFIG_FILE": "",
            "ESCALATION_STATE_FOLDER": str(folder / "state"),
            "ESCALATION_GATEWAY_PORT": str(port := free_port()),
            "ESCALATION_API_REQUESTS_PER_CALLER": "0",
            "ESCALATION_LOG_LEVEL": "warning",
        }
        temporal = await connect(Settings(), plugins=[escalation_plugin()], address=server.address)
        async with (
            running_process(settings, "worker.py"),
            running_process(settings, "-m", "entrypoints.cli.program", "web"),
            AsyncExitStack() as stack,
        ):
            clients = [
                await stack.enter_async_context(ServiceClient.at(f"http://127.0.0.1:{port}"))
                for _ in range(_AGENTS)  # each person has a connection of their own
            ]
            await _until_up(clients[0])
            yield EscalationClient(temporal, patience=60), clients


async def _until_up(service: ServiceClient) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(Exception):
                await service.ping()
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running_process(settings: dict[str, str], *words: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=ROOT,
        env=os.environ | settings,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us alone
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()  # nothing of it is worth an orderly end
        await process.wait()


if __name__ == "__main__":
    main()
