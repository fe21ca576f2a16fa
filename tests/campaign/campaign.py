"""
Campaign: lives by chance, killers by chance, and a verdict when all has come to rest.
"""

import asyncio
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from client import EscalationClient
from records.store import FILE, RecordStore
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import ROOT, Settings
from tests.campaign.random_moves import ACCOUNTS, REFUSED, Life
from tests.campaign.verdict import Verdict, judge
from tests.durability.processes import WorkerProcess
from tests.mailbox import Mailbox
from workflows import search_attributes
from workflows.plugin import escalation_plugin

AT_A_TIME = 16
_AWAY = (0.0, 0.5, 2.0, 12.0)
"""Seconds that something stays dead; a server waits ten for a worker that remembers a run."""


@dataclass(frozen=True)
class Orders:
    """The number of everything."""

    lives: int
    kills: int
    seed: int
    server_share: float = 0.2
    """Of the kills, those of the server."""


@dataclass
class Outcome:
    """Figures of the lives and kills, and the verdict."""

    seed: int
    seconds: float = 0.0
    lives: int = 0
    moves: int = 0
    refused: int = 0
    repeated: int = 0
    worker_kills: int = 0
    server_kills: int = 0
    gave_up: list[str] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def is_good(self) -> bool:
        return self.verdict.is_good and not self.gave_up


async def campaign(folder: Path, orders: Orders) -> Outcome:
    """Run it in *folder*, and say what became of it."""
    loop = asyncio.get_running_loop()
    began, outcome = loop.time(), Outcome(orders.seed)
    shutil.copytree(ROOT / "playbooks", folder / "playbooks")
    server = EmbeddedServer(folder / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with Mailbox() as mailbox, server:
        for account in ACCOUNTS:
            mailbox.says_never(REFUSED.format(account.lower()))
        playbook = folder / "playbooks" / "reference.yaml"
        async with WorkerProcess(folder, server.address, mailbox, playbook) as worker:
            temporal = await connect(
                Settings(state_folder=folder), plugins=[escalation_plugin()], address=server.address
            )
            client = EscalationClient(temporal, patience=30)
            lives = asyncio.create_task(_live(client, orders, outcome))
            await _kill(server, worker, orders, outcome, lives)
            await lives
            await _until_at_rest(temporal)
            store = RecordStore(f"sqlite:///{folder / FILE}")
            outcome.verdict = await judge(temporal, store, list(mailbox.messages()))
            store.close()
    outcome.seconds = loop.time() - began
    return outcome


async def _live(client: EscalationClient, orders: Orders, outcome: Outcome) -> None:
    places = asyncio.Semaphore(AT_A_TIME)

    async def one(number: int) -> None:
        async with places:
            chance = random.Random(f"{orders.seed}/{number}")
            life = Life(client, f"LIFE{number % 7}/{number}", chance)
            await life.live()
            outcome.lives += 1
            outcome.moves += life.moves
            outcome.refused += life.refused
            outcome.repeated += life.repeated
            outcome.gave_up += life.gave_up

    async with asyncio.TaskGroup() as group:
        for number in range(orders.lives):
            group.create_task(one(number))


async def _kill(
    server: EmbeddedServer, worker: WorkerProcess, orders: Orders, outcome: Outcome, lives: asyncio.Task[None]
) -> None:
    """While anybody lives, and no more than was ordered."""
    chance = random.Random(orders.seed)
    while not lives.done() and outcome.worker_kills + outcome.server_kills < orders.kills:
        await asyncio.sleep(chance.uniform(1, 8))
        if chance.random() < orders.server_share:
            server.kill()
            await asyncio.sleep(chance.choice(_AWAY[:3]))
            await server.restart()
            outcome.server_kills += 1
            if not worker.is_running:  # it gave up without a server
                await worker.start()
        else:
            worker.kill9()
            await asyncio.sleep(chance.choice(_AWAY))
            await worker.start()
            outcome.worker_kills += 1


async def _until_at_rest(temporal: Client, within: float = 300.0) -> None:
    """Nothing is under way in any run, or what is will not end: that is for the verdict to say."""
    end = asyncio.get_running_loop().time() + within
    while asyncio.get_running_loop().time() < end:
        busy = [
            each.id
            async for each in temporal.list_workflows("ExecutionStatus = 'Running'")
            if await _is_busy(temporal, each.id)
        ]
        if not busy:
            return
        await asyncio.sleep(2)


async def _is_busy(temporal: Client, id_: str) -> bool:
    found = (await temporal.get_workflow_handle(id_).describe()).raw_description
    return bool(found.pending_activities) or found.HasField("pending_workflow_task")
