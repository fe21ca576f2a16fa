"""
kill -9 of the worker while somebody's inbox holds messages: it is in Temporal, so nothing of it is lost.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from channels.loopback_mailbox import ReceivedMessage
from client import EscalationClient
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from tests.durability.processes import WorkerProcess
from tests.mailbox import Mailbox
from tests.said import said
from workflows import search_attributes
from workflows.plugin import escalation_plugin

ELENA = "elena.petrova@example.com"
KEYS = tuple(f"HELD/{number}" for number in range(5))
HELD = "deferred: first notification to elena"
PLAYBOOK = """
extends: reference.yaml
name: Held
version: "1"
people: {{elena: {{at_most: {}}}}}
"""


def to_elena(mailbox: Mailbox) -> list[ReceivedMessage]:
    return [letter for letter in mailbox.messages() if letter.recipients == (ELENA,)]


@asynccontextmanager
async def a_desk(
    folder: Path, at_most: str
) -> AsyncIterator[tuple[Mailbox, WorkerProcess, EscalationClient]]:
    """Elena is told at most so much."""
    shutil.copy(ROOT / "playbooks" / "reference.yaml", folder)
    playbook = folder / "held.yaml"
    playbook.write_text(PLAYBOOK.format(at_most), encoding="utf-8")
    server = EmbeddedServer(folder / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with (
        Mailbox() as mailbox,
        server,
        WorkerProcess(folder, server.address, mailbox, playbook) as worker,
    ):
        temporal = await connect(
            Settings(state_folder=folder), plugins=[escalation_plugin()], address=server.address
        )
        yield mailbox, worker, EscalationClient(temporal, patience=20)


async def test_what_an_inbox_holds_outlives_the_worker(tmp_path: Path) -> None:
    """
    COMM-12: held, killed, and told by the next worker, in one letter; nothing twice under another key.
    """
    async with a_desk(tmp_path, "1 per 20 s") as (mailbox, worker, client):
        for key in KEYS:
            await client.start(a_complaint(key=key, priority="P3"))
        async with asyncio.timeout(30):
            while len(to_elena(mailbox)) != 1 or not await _all_say(client, HELD, KEYS[1:]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        worker.kill9()
        await worker.start()
        async with asyncio.timeout(120):
            while not await _all_say(client, "notified: first notification to elena", KEYS[1:]):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

        assert 2 == len(_keys_of_letters(mailbox))


async def test_what_left_alone_before_a_kill_never_leaves_again_in_a_bundle(tmp_path: Path) -> None:
    """
    COMM-12: the letter arrives, and its receipt is lost with the worker. The next one would let it wait, because others
    came first meanwhile; but that it leaves alone was decided, and was on record before it left.
    """
    async with a_desk(tmp_path, "1 per 5 min") as (mailbox, worker, client):
        mailbox.turns_slow(0.3)
        mailbox.drops_after_content(1_000)
        await client.start(a_complaint(key=KEYS[0], priority="P3", customers=_many()))
        async with asyncio.timeout(30):
            while not to_elena(mailbox):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)
        worker.kill9()
        mailbox.turns_slow(0)
        mailbox.drops_after_content(0)
        await worker.start()
        for key in KEYS[1:]:
            await client.start(a_complaint(key=key, priority="P3"))
        async with asyncio.timeout(120):
            while not await _is_settled(client, KEYS[0]) or not await _all_say(client, HELD, KEYS[2:]):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            await client.release("elena", by="elena")  # sooner than the limit lets them go
            while await client.inbox("elena"):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

        letters = _keys_of_letters(mailbox)
        assert 2 == sum(KEYS[0] in letter.text for letter in to_elena(mailbox)), (
            "its receipt was lost, so it leaves again"
        )
        for key in KEYS:
            assert 1 == len({letter for letter, told_of in letters.items() if key in told_of}), key


def _many() -> list[dict[str, object]]:
    """Enough contacts for the batch to be under way for a while after Elena was told."""
    contacts = [{"name": f"Jo {number}", "email": f"jo{number}@acme.example"} for number in range(60)]
    return [{"account": "ACME", "contacts": contacts}]


def _keys_of_letters(mailbox: Mailbox) -> dict[str, set[str]]:
    """By the key of each letter to Elena, the escalations that it tells of."""
    found: dict[str, set[str]] = {}
    for letter in to_elena(mailbox):
        found.setdefault(letter.key, set()).update(key for key in KEYS if key in letter.text)
    assert set(KEYS) == set().union(*found.values())
    return found


async def _is_settled(client: EscalationClient, key: str) -> bool:
    """Elena was told, or it was held for her."""
    found = [said(entry.what) for entry in await client.timeline(key) if "to elena" in said(entry.what)]
    return any("notified: " in text or "deferred: " in text for text in found)


async def _all_say(client: EscalationClient, text: str, keys: Sequence[str]) -> bool:
    """Say if *text* is in each timeline."""
    timelines = [await client.timeline(key) for key in keys]
    return all(any(text in said(entry.what) for entry in each) for each in timelines)
