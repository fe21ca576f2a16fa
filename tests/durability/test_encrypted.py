"""
An installation with keys, as people run it: a life, its keys changed while it runs, lost, wrong, and back again.

What the server and the processes left on the disk is searched byte by byte for every text of the life.
"""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from client import EscalationClient
from escalation.case.state import Escalation
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.durability.installation import Installation
from tests.encryption.keys import a_ring, texts_in
from tests.mailbox import Mailbox
from tests.workflows import stages

KEY = "ACME/4711"
KNOWN = {"jo@acme.example", "Second delivery in a row is damaged", "Sent dry pallets"}


class Encrypted(Installation):
    """An installation whose keys are in a file."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.keys = folder / "ring.keys"
        super().__init__(
            folder,
            **settings,
            ESCALATION_ENCRYPTION_KEYS_FILE=str(self.keys),
            ESCALATION_LOG_LEVEL="debug",
            ESCALATION_RECORDS_ENCRYPTED="on",
        )

    async def client(self) -> EscalationClient:
        return await EscalationClient.connect(
            Settings(state_folder=self.state, encryption_keys_file=self.keys)
        )

    async def typed(self, *words: str) -> tuple[int, str]:
        return await asyncio.to_thread(self.type, *words)

    async def standings(self) -> dict[str, dict[str, Any]]:
        status, said = await self.typed("keys", "check", "--json")
        assert status in {0, 1}, said
        return {each["name"]: each for each in json.loads(said)}

    def found_in(self, file: Path, texts: set[str]) -> list[str]:
        """Return where texts stand in a file, with what is around them."""
        content = file.read_bytes()
        places = [content.find(text.encode()) for text in texts]
        return [repr(content[max(0, place - 300) : place + 100]) for place in places if place >= 0]


def generated(folder: Path, **settings: str) -> Encrypted:
    installed = Encrypted(folder, **settings)
    status, said = installed.type("keys", "generate", "--file", str(installed.keys))
    assert 0 == status, said
    assert not [each for each in installed.keys.read_text().split() if each.split(":")[2] in said]
    return installed


async def recorded(installed: Installation) -> None:
    """Wait until the close is on record, which comes after the answer."""
    async with asyncio.timeout(60):
        while not is_recorded(installed.state / "records.sqlite"):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)


def is_recorded(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("SELECT 1 FROM events WHERE kind = 'closed'").fetchall())
    except sqlite3.OperationalError:  # it, or its tables, are just being made
        return False


def a_state_has_them(state: Escalation) -> set[str]:
    texts = texts_in(state)
    assert KNOWN <= texts
    return texts


async def test_a_life_leaves_nothing_readable(tmp_path: Path) -> None:
    """
    In the server's file, the record, its log and ours; without keys the same search finds all of it.
    """
    async with Mailbox() as mailbox:
        mail = {"SMTP_HOST": mailbox.host, "SMTP_PORT": str(mailbox.port), "SMTP_TLS": "none"}
        installed = generated(tmp_path, **{f"ESCALATION_{name}": value for name, value in mail.items()})
        async with installed.running():
            client = await installed.client()
            await client.start(a_complaint())
            await stages.whole_life(client, KEY)
            texts = a_state_has_them(await client.state(KEY))
            await recorded(installed)
    files = [
        each
        for each in installed.state.iterdir()
        if each.is_file() and each.name.startswith(("temporal", "records"))
    ]

    assert {"temporal.db", "records.sqlite"} <= {file.name for file in files}
    for file in (*files, installed.log):
        assert [] == installed.found_in(file, texts), file

    plain = Installation(tmp_path / "plain")
    (tmp_path / "plain").mkdir()
    async with plain.running():
        client = await EscalationClient.connect(Settings(state_folder=plain.state))
        await client.start(a_complaint())
        await stages.whole_life(client, KEY)
        await recorded(plain)
    for name in ("temporal.db", "records.sqlite"):
        kept = b"".join(each.read_bytes() for each in plain.state.iterdir() if each.name.startswith(name))
        assert [] == [text for text in KNOWN if text.encode() not in kept], name


async def test_keys_are_replaced_while_everything_runs(tmp_path: Path) -> None:
    """
    The old key reads what it encrypted, and cannot be removed before nothing needs it.
    """
    installed = generated(tmp_path)
    old = installed.keys.read_text().split(":")[0]
    async with installed.running():
        client = await installed.client()
        await client.start(a_complaint())
        assert "encrypts" == (await installed.standings())[old]["state"]

        status, said = await installed.typed("keys", "rotate")
        assert 0 == status, said
        new = installed.keys.read_text().split(":")[0]
        await asyncio.sleep(1.5)  # the file is looked at once a second
        await client.acknowledge(KEY, by="priya")
        assert "Sent" in str(await _declared(client))

        found = await installed.standings()
        assert ("reads", "encrypts") == (found[old]["state"], found[new]["state"])
        assert found[new]["runs"] > 0
        assert found[old]["values"] > 0
        status, said = await installed.typed("records", "encrypt")
        assert 0 == status, said
        assert 0 == (await installed.standings())[old]["values"]
        status, said = await installed.typed("keys", "remove", old)
        assert 1 == status, said
        assert "is needed by" in said
        assert old in installed.keys.read_text()


async def _declared(client: EscalationClient) -> Escalation:
    await stages.verifying(client, KEY)
    return await client.state(KEY)


async def test_without_its_key_nothing_goes_on_and_nothing_is_lost(tmp_path: Path) -> None:
    """
    With other keys each command names the key that is missing; with the right ones all goes on.
    """
    installed = generated(tmp_path)
    right = installed.keys.read_text()
    name = right.split(":")[0]
    async with installed.running():
        client = await installed.client()
        await client.start(a_complaint())

    installed.keys.write_text("\n".join(key.written for key in a_ring()))
    async with installed.running():
        stranger = await installed.client()
        (row,) = [row async for row in stranger.list()]
        assert (KEY, True) == (row.key, f"'{name}'" in row.unreadable)
        status, said = await installed.typed("list")
        assert 0 == status, said
        assert f"'{name}', which this process does not have; nothing is lost" in said
        found = await installed.standings()
        assert "missing" == found[name]["state"]

    installed.keys.write_text(right)
    async with installed.running():
        client = await installed.client()
        await client.acknowledge(KEY, by="priya")
        assert "acknowledged" in [entry.kind for entry in await client.timeline(KEY)]
