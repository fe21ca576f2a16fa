"""
One run: server, both sides, and their rounds in turn, so that what else the machine does hits both alike.

Owns processes and the order of rounds. It must not know how figures are shown.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from temporalio.client import Client, WorkflowHistory

from benchmarks.contestant_process import Answer, Setup
from benchmarks.history_shape import Cost, Script, heirs_of, is_at_rest, script_of
from benchmarks.load import Measured, Round
from runtime.embedded import EmbeddedServer
from runtime.settings import ROOT
from workflows import search_attributes

_LONGEST_LINE = 2**20
_LONGEST_REST = 30  # seconds until a child has done what it does at its start

PLAYBOOK = """\
extends: reference.yaml
name: Benchmark
version: "1"
priorities:
  P1: {{basis: 24x7, entry_level_of: 1, window_percent: 100}}
issue_types:
  customer_service_requests:
    levels:
      1: {{window: {minimum} - {maximum} s}}
"""


@dataclass(frozen=True)
class Extent:
    """The amount to measure: in escalations, and in seconds."""

    window: float
    warm_up: int
    lives_alone: int
    lives_at_once: int
    at_once: int
    rounds: int
    within: float
    """Seconds after which no other round begins."""


@dataclass
class Taken:
    """All that was measured of one side."""

    cost: Cost
    first_rss: int
    alone: list[Measured] = field(default_factory=list)
    at_once: list[Measured] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    """Seconds, for each round at once."""


Progress = Callable[[str, int, int], None]
"""Told what is measured, and how many lives of how many have ended."""


class SideProcess:
    """One side, in its own process."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self.name = name

    @classmethod
    @asynccontextmanager
    async def running(cls, name: str) -> AsyncIterator["SideProcess"]:
        # The sandbox imports the workflow's module again for each run: from bytecode, as anywhere where it is kept.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.contestant_process",
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for us alone
        )
        try:
            yield cls(process, name)
        finally:
            with suppress(ProcessLookupError):
                process.kill()  # nothing of it is worth an orderly end
            await process.wait()

    async def be(self, setup: Setup) -> None:
        self._order(setup.model_dump_json())
        await self._answer()

    async def round(self, order: Round, progress: Progress) -> Measured:
        self._order(order.model_dump_json())
        while True:
            answer = await self._answer()
            if answer.measured:
                return answer.measured
            progress(f"{self.name} × {order.at_once}", answer.ended or 0, order.lives)

    def _order(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())

    async def _answer(self) -> Answer:
        assert self._process.stdout
        line = await self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"the {self.name} side has failed; its error is above")
        return Answer.model_validate_json(line)


async def taken(extent: Extent, progress: Progress, *, is_recorded: bool) -> tuple[Taken, Taken]:
    """The results of the engine and of the bare workflow."""
    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix="escalation-bench-")))
        playbook = _playbook(folder, extent.window)
        server = EmbeddedServer(folder / "state", ui_port=None, search_attributes=search_attributes.ALL)
        await running.enter_async_context(server)
        engine = await running.enter_async_context(SideProcess.running("engine"))
        bare = await running.enter_async_context(SideProcess.running("bare"))
        client = await Client.connect(server.address)
        setup = Setup(
            address=server.address, playbook=playbook, window=extent.window, is_recorded=is_recorded
        )
        await engine.be(setup)
        the_engine, script = await _warmed_up(engine, client, extent, progress)
        await bare.be(setup.model_copy(update={"script": script}))
        the_bare, _ = await _warmed_up(bare, client, extent, progress)
        await _rounds(((engine, the_engine), (bare, the_bare)), server, extent, progress)
        return the_engine, the_bare


async def _warmed_up(
    side: SideProcess, client: Client, extent: Extent, progress: Progress
) -> tuple[Taken, Script]:
    """The first lives of a side, and the history of the last of them: by then everything is warm."""
    order = Round(name=f"WARM-{side.name}", lives=extent.warm_up, at_once=1, window=extent.window)
    measured = await side.round(order, progress)
    life = await client.get_workflow_handle(f"{order.name}/{order.lives - 1}").fetch_history()
    heirs = [await _at_rest(client, heir) for heir in heirs_of(life)]
    return Taken(cost=Cost.of(life, *heirs), first_rss=measured.rss), script_of(life, *heirs)


async def _at_rest(client: Client, id_: str) -> WorkflowHistory:
    """The history of a run once it has done what it does at its start."""
    async with asyncio.timeout(_LONGEST_REST):
        while True:
            history = await client.get_workflow_handle(id_).fetch_history()
            if is_at_rest(history):
                return history
            await asyncio.sleep(0.05)


async def _rounds(
    both: tuple[tuple[SideProcess, Taken], ...], server: EmbeddedServer, extent: Extent, progress: Progress
) -> None:
    begun = time.monotonic()
    longest = 0.0
    cpu = psutil.Process(server.process)
    for number in range(extent.rounds):
        if number and time.monotonic() - begun + longest > extent.within:
            break
        round_begun = time.monotonic()
        in_turn = both if number % 2 == 0 else both[::-1]
        for side, measured in in_turn:
            name = f"ALONE-{side.name}-{number}"
            order = Round(name=name, lives=extent.lives_alone, at_once=1, window=extent.window)
            measured.alone.append(await side.round(order, progress))
        for side, measured in in_turn:
            name = f"ALL-{side.name}-{number}"
            order = Round(name=name, lives=extent.lives_at_once, at_once=extent.at_once, window=extent.window)
            before = _seconds(cpu)
            measured.at_once.append(await side.round(order, progress))
            measured.server_cpu.append(_seconds(cpu) - before)
        longest = max(longest, time.monotonic() - round_begun)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _playbook(folder: Path, window: float) -> Path:
    shutil.copy(ROOT / "playbooks" / "reference.yaml", folder)
    path = folder / "benchmark.yaml"
    path.write_text(PLAYBOOK.format(minimum=window / 2, maximum=window), encoding="utf-8")
    return path
