"""
A command of ours in a process of its own, and a client of the web service that it brings.
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from runtime.settings import ROOT

PICKED = {"ESCALATION_SERVER_PORT": "0", "ESCALATION_UI_PORT": "0"}
SERVES = re.compile(r"^Console    (\S+?)(;.*)?$", re.MULTILINE)


class Program:
    """`escalate COMMAND` in a process of its own."""

    def __init__(self, folder: Path, command: str, **settings: str) -> None:
        self.log = folder / f"{command}.log"
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "TEMPORAL_CONFIG_FILE": "",
            "PYTHONUNBUFFERED": "1",
            "ESCALATION_STATE_FOLDER": str(folder / "state"),
            "ESCALATION_GATEWAY_PORT": "0",
            "ESCALATION_LOG_LEVEL": "debug",
            **settings,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "entrypoints.cli.program", command],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    @property
    def says(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def until(self, said: str, within: float = 30.0) -> str:
        """
        Wait until it says so, and return all that it says.

        Raises:
            AssertionError: If it ends instead.
        """
        async with asyncio.timeout(within):
            while said not in self.says:
                assert self.process.poll() is None, self.says
                await asyncio.sleep(0.05)
        return self.says

    async def status(self) -> int:
        return await asyncio.to_thread(self.process.wait, 30)


@asynccontextmanager
async def running(
    folder: Path, command: str, **settings: str
) -> AsyncIterator[tuple[Program, httpx.AsyncClient]]:
    """Started, and ended in order."""
    program = Program(folder, command, **settings)
    try:
        said = await program.until("Ready; Ctrl-C stops.")
        found = SERVES.search(said)
        async with httpx.AsyncClient(base_url=found[1] if found else "http://nowhere", timeout=30) as http:
            yield program, http
        program.process.send_signal(signal.SIGTERM)
        assert 0 == await program.status(), program.says
    finally:
        program.process.kill()
        program.process.wait()
