"""A terminal: the command line in front of a real server, worker and mailbox."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from entrypoints import cli
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from tests.desk import REFERENCE, mail_settings
from tests.mailbox import Mailbox
from workers.queues import workers
from workflows import search_attributes
from workflows.plugin import escalation_plugin


@dataclass
class Terminal:
    """Type a command line; see its exit status and what it says."""

    capsys: pytest.CaptureFixture[str]
    mailbox: Mailbox
    address: str
    playbook: Path
    """Of the workers; a test may change it."""

    async def type(self, *words: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(cli.run, list(words))
        said, complained = self.capsys.readouterr()
        assert "Traceback" not in complained
        return status, said, complained

    async def done(self, *words: str) -> str:
        status, said, complained = await self.type(*words)
        assert 0 == status, complained
        return said

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
        yield Site(client, settings, Terminal(capsys, mailbox, server.address, playbook))
        server.kill()


@pytest.fixture
async def terminal(site: Site) -> AsyncIterator[Terminal]:
    async with workers(site.temporal, site.settings):
        yield site.terminal
