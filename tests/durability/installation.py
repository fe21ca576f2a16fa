"""
An installation on one machine, as people run it: `escalate serve`, killed at the end, and commands beside it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from httpx import AsyncClient

from runtime.ports import LOOPBACK, free_port
from runtime.settings import ROOT
from tests.readiness import until_answered


class Installation:
    """`escalate serve` on a state folder, and its commands."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.log = folder / "serve.log"
        self.state = folder / "state"
        self.port = free_port()
        self._environment = os.environ | {
            "ESCALATION_STATE_FOLDER": str(self.state),
            "ESCALATION_SERVER_PORT": "0",
            "ESCALATION_UI_PORT": "0",
            "ESCALATION_GATEWAY_PORT": str(self.port),
            "ESCALATION_LOG_LEVEL": "warning",
            **settings,
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[AsyncClient]:
        """Serve while the block runs; then everything is killed at once, as by a power cut."""
        log = self.log.open("ab")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "entrypoints.cli.program", "serve"),
            cwd=ROOT,
            env=self._environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            headers = {"X-Escalation-As": "maya"}
            async with AsyncClient(base_url=f"http://{LOOPBACK}:{self.port}", headers=headers) as http:
                await until_answered(http, "/readyz")
                yield http
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
            log.close()

    def type(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "entrypoints.cli.program", *words],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
