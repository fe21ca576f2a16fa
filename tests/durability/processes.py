"""A real worker process, to be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from runtime.settings import ROOT
from tests.mailbox import Mailbox

READY = "worker_started"
_PASSED_ON = ("PATH", "ESCALATION_MAX_CACHED_WORKFLOWS")


class WorkerProcess:
    """`python worker.py` for the server at *address*, sending its mail to *mailbox*."""

    def __init__(self, folder: Path, address: str, mailbox: Mailbox, playbook: Path) -> None:
        self.log = folder / "worker.log"
        self._environment = {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "TEMPORAL_ADDRESS": address,
            "TEMPORAL_CONFIG_FILE": "",
            "ESCALATION_STATE_FOLDER": str(folder),
            "ESCALATION_PLAYBOOK": str(playbook),
            "ESCALATION_SMTP_HOST": mailbox.host,
            "ESCALATION_SMTP_PORT": str(mailbox.port),
            "ESCALATION_SMTP_TLS": "none",
            "ESCALATION_SMTP_SENDER": "escalations@support.example",
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, within: float = 60.0) -> None:
        """
        Return when it works.

        Raises:
            AssertionError: If it ends instead; with its log.
        """
        began = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - quick, and kill9 works without a loop
                [sys.executable, "worker.py"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(within):
            while READY not in self.says(began):
                assert self.is_running, self.says(began)
                await asyncio.sleep(0.05)

    def says(self, after: int = 0) -> str:
        return self.log.read_bytes()[after:].decode()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill9(self) -> None:
        """As a crash would: nothing is finished, nobody is told."""
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill9()
