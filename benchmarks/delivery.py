"""
Measure how long one batch of messages takes: ``python -m benchmarks.delivery``.

One escalation whose receipt goes to 500 contacts, through a real server, one worker and a mail server on loopback; from
the start to the last letter. Once as it is by default, once with quiet hours and a limit for everybody, which nobody
reaches.
"""

import asyncio
import shutil
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from channels.loopback_mailbox import LoopbackMailbox
from client import EscalationClient
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.process_exit import exit_process
from runtime.setting_types import SmtpTls
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin

CONTACTS = 500
ROUNDS = 3
_BY_DEFAULT = "{}"
_LIMITED = "{at_most: 10 per 10 min, customers: {quiet_hours: [00:00-00:01, 00:02-00:03]}}"
_PLAYBOOK = 'extends: reference.yaml\nname: Batches\nversion: "1"\nmessages: '


async def _seconds(client: EscalationClient, mailbox: LoopbackMailbox, key: str) -> tuple[float, float]:
    customers = [
        {
            "account": f"ACME-{part}",
            "contacts": [
                {"name": f"Jo {n}", "email": f"{key[5:]}-{part}-{n}@acme.example"} for n in range(100)
            ],
        }
        for part in range(CONTACTS // 100)
    ]
    expected = len(mailbox.messages()) + CONTACTS
    begun, at_work = perf_counter(), process_time()
    await client.start(a_complaint(key=key, priority="P3", customers=customers))
    while len(mailbox.messages()) < expected:  # noqa: ASYNC110 - polled no more often than it matters
        await asyncio.sleep(0.01)
    return perf_counter() - begun, process_time() - at_work


async def _measured(folder: Path, messages: str) -> tuple[float, float]:
    """The best of the rounds; our own people's few letters come along."""
    shutil.copy(ROOT / "playbooks" / "reference.yaml", folder)
    playbook = folder / "batches.yaml"
    playbook.write_text(_PLAYBOOK + messages, encoding="utf-8")
    server = EmbeddedServer(folder / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with LoopbackMailbox() as mailbox, server:
        settings = Settings(
            state_folder=folder,
            starts_per_person=0,
            playbook=playbook,
            smtp_host=mailbox.host,
            smtp_port=mailbox.port,
            smtp_tls=SmtpTls.NONE,
        )
        temporal = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        async with serve_queues(temporal, settings):
            client = EscalationClient(temporal, patience=20)
            return min([await _seconds(client, mailbox, f"BATCH/{n}") for n in range(ROUNDS)])


async def _main() -> None:
    for what, messages in (("by default", _BY_DEFAULT), ("with quiet hours and limits", _LIMITED)):
        with TemporaryDirectory() as folder:
            seconds, cpu = await _measured(Path(folder), messages)
        print(f"{seconds:.2f} s ({cpu:.2f} s of it at work) for {CONTACTS} recipients {what}", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(_main())
    except Exception:
        traceback.print_exc(file=sys.stderr)
        exit_process(1)
    exit_process(0)
