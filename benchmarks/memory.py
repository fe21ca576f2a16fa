"""
The memory that a worker takes for each escalation that it keeps: ``python -m benchmarks.memory [--escalations 1000]``.

As many escalations as asked start on an embedded server, and their worker, in this process, keeps all of them. What the
process takes more after them than before, divided by their number, is what each costs: state, events and plan, and what
Temporal's SDK keeps of a run. The last line is one JSON object.
"""

import argparse
import asyncio
import gc
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.contestants import Engine
from runtime.embedded import EmbeddedServer
from runtime.log_setup import configure_logging
from runtime.process_exit import exit_process
from runtime.setting_types import LogFormat, LogLevel
from workflows import search_attributes

_PLAYBOOK = Path(__file__).parents[1] / "playbooks" / "reference.yaml"
_WARM_UP = 50
_AT_ONCE = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--escalations", type=int, default=1000)
    number = parser.parse_args().escalations
    with Path(os.devnull).open("w") as nowhere:
        configure_logging(LogFormat.JSON, LogLevel.INFO, nowhere)
        print(json.dumps(asyncio.run(_taken(number))))
        exit_process(0)  # what the SDK's threads still log would find its file closed


async def _taken(number: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="escalation-memory-") as folder:
        playbook = shutil.copy(_PLAYBOOK, folder)
        server = EmbeddedServer(Path(folder) / "state", ui_port=None, search_attributes=search_attributes.ALL)
        async with server, Engine.at_work(server.address, Path(playbook), is_recorded=False) as engine:
            await _start(engine, "WARM", _WARM_UP)
            before = await _resident()
            begun = time.monotonic()
            await _start(engine, "KEPT", number)
            seconds = time.monotonic() - begun
            after = await _resident()
    kilobytes = (after - before) / number / 1000
    return {
        "escalations": number,
        "kb_each": round(kilobytes, 1),
        "worker_rss_mb": round(after / 1e6, 1),
        "starts_per_second": round(number / seconds, 1),
    }


async def _start(engine: Engine, name: str, number: int) -> None:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def start(each: int) -> None:
        async with slots:
            await engine.start(f"{name}/{each}")

    await asyncio.gather(*(start(each) for each in range(number)))


async def _resident() -> int:
    """Return the bytes of this process once the first messages of all are delivered."""
    await asyncio.sleep(5)
    gc.collect()
    return psutil.Process().memory_info().rss


if __name__ == "__main__":
    main()
