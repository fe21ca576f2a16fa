"""
kill -9 of the worker while somebody's inbox holds messages: it is in Temporal, so nothing of it is lost.
"""

import asyncio
import shutil
from pathlib import Path

from channels.loopback import ReceivedLetter
from client import EscalationClient
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from tests.durability.processes import WorkerProcess
from tests.mailbox import Mailbox
from workflows import search_attributes
from workflows.plugin import escalation_plugin

ELENA = "elena.petrova@example.com"
KEYS = tuple(f"HELD/{number}" for number in range(5))
PLAYBOOK = """
extends: reference.yaml
name: Held
version: "1"
people: {elena: {at_most: 1 per 20 s}}
"""


def to_elena(mailbox: Mailbox) -> list[ReceivedLetter]:
    return [letter for letter in mailbox.letters() if letter.recipients == (ELENA,)]


async def test_what_an_inbox_holds_outlives_the_worker(tmp_path: Path) -> None:
    """
    COMM-12: held, killed, and told by the next worker, in one letter; nothing twice under another key.
    """
    shutil.copy(ROOT / "playbooks" / "reference.yaml", tmp_path)
    playbook = tmp_path / "held.yaml"
    playbook.write_text(PLAYBOOK, encoding="utf-8")
    server = EmbeddedServer(tmp_path / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with (
        Mailbox() as mailbox,
        server,
        WorkerProcess(tmp_path, server.address, mailbox, playbook) as worker,
    ):
        temporal = await connect(
            Settings(state_folder=tmp_path), plugins=[escalation_plugin()], address=server.address
        )
        client = EscalationClient(temporal, patience=20)
        for key in KEYS:
            await client.start(a_complaint(key=key, priority="P3"))
        inbox = temporal.get_workflow_handle("inbox:elena")
        async with asyncio.timeout(30):
            while len(to_elena(mailbox)) != 1 or not await _all_are_held(client):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        worker.kill9()
        await worker.start()
        async with asyncio.timeout(120):
            await inbox.result()

        letters = to_elena(mailbox)
        assert set(KEYS) == {key for key in KEYS for letter in letters if key in letter.text}
        assert 2 == len({letter.key for letter in letters})
        for key in KEYS[1:]:
            assert "told: first notice to elena" in [entry.text for entry in await client.timeline(key)]


async def _all_are_held(client: EscalationClient) -> bool:
    """All but the first are on record as held."""
    timelines = [await client.timeline(key) for key in KEYS[1:]]
    return all(any("held: first notice to elena" in entry.text for entry in each) for each in timelines)
