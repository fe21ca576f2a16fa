"""A terminal: the command line in front of a real server, worker and mailbox."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import activities
from client import EscalationClient
from delivery.pipeline import Pipeline
from entrypoints.cli import program
from escalation import contract
from escalation.contract import MESSAGE_TASK_QUEUE
from messages.renderer import MessageRenderer
from planning.playbook.playbook_file import PlaybookFile
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.network import Network
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.escalations import REFERENCE, mail_settings
from tests.mailbox import Mailbox
from tests.replay.changed_workflows import AsksForMoreLater
from workers.channel_setup import open_channels
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.continue_as_new import CHECK_BUILD
from workflows.plugin import escalation_plugin

KEY, OTHER = "ACME/4711", "ACME/4712"


@dataclass
class Terminal:
    """Type a command line; see its exit status and what it says."""

    capsys: pytest.CaptureFixture[str]
    mailbox: Mailbox
    address: str
    playbook: Path
    """Of the workers; a test may change it."""

    async def type(self, *words: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(program.run, list(words))
        said, complained = self.capsys.readouterr()
        assert "Traceback" not in complained, complained[-1500:]
        return status, said, complained

    async def done(self, *words: str) -> str:
        status, said, complained = await self.type(*words)
        assert 0 == status, complained
        return said

    async def json_of(self, *words: str) -> tuple[int, Any]:
        status, said, _ = await self.type(*words, "--json")
        return status, json.loads(said)

    async def json(self, *words: str) -> Any:
        return json.loads(await self.done(*words, "--json"))


@dataclass
class Site:
    """A server and a mailbox, and nobody who works there yet."""

    temporal: Client
    settings: Settings
    terminal: Terminal


@pytest.fixture
async def site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    nothing = tmp_path / "temporal.toml"
    nothing.touch()
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(nothing))
    monkeypatch.delenv("ESCALATION_AS", raising=False)
    server = EmbeddedServer(
        tmp_path / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with Mailbox() as mailbox, server:
        playbook = tmp_path / "reference.yaml"
        playbook.write_bytes(REFERENCE.read_bytes())
        settings = mail_settings(mailbox, playbook, state_folder=tmp_path / "state")
        client = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
        # The log of the workers, which run in this process, is no answer of a command.
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))
        yield Site(client, settings, Terminal(capsys, mailbox, server.address, playbook))
        server.kill()


@pytest.fixture
async def terminal(site: Site) -> AsyncIterator[Terminal]:
    async with serve_queues(site.temporal, site.settings):
        yield site.terminal


@asynccontextmanager
async def workers_of(site: Site, kind: type[Any]) -> AsyncIterator[None]:
    """Workers whose escalations are of another *kind*; they send messages, and keep no record."""
    settings = site.settings
    hands = activities.build(
        PlaybookFile(settings.playbook),
        Pipeline(open_channels(settings), MessageRenderer(settings.templates)),
        Network().transport,
    )
    async with (
        Worker(
            site.temporal,
            task_queue=contract.ESCALATION_QUEUE,
            workflows=[kind],
            activities=hands.quick,
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
        Worker(site.temporal, task_queue=MESSAGE_TASK_QUEUE, activities=hands.messages),
    ):
        yield


async def until_stalled(client: EscalationClient) -> None:
    async with asyncio.timeout(60):
        while not await client.stalled():  # noqa: ASYNC110 - the server says it when it has noticed
            await asyncio.sleep(0.2)


@pytest.fixture
async def stalled(site: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Terminal]:
    """Two escalations. KEY was acknowledged at a worker of other code, which those of today cannot follow."""
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(site.settings.state_folder))
    client = EscalationClient(site.temporal)
    async with workers_of(site, AsksForMoreLater):
        await client.start(a_complaint(key=KEY))
        await client.acknowledge(KEY, by="elena")
        await client.begin_resolution(KEY, by="elena")
    async with serve_queues(site.temporal, site.settings):
        await client.start(a_complaint(key=OTHER))
        await site.temporal.get_workflow_handle(KEY).signal(CHECK_BUILD)
        await until_stalled(client)
        yield site.terminal
