"""
``python -m benchmarks.outage [--customers 500]``: one outage, many customers, notified by e-mail on loopback.

Three ways in: all customers by one start that joins; as many starts of their own at once; then one update to them all.
The last line is one JSON object: seconds, and how large what travels has become.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import Client

from channels.loopback_mailbox import LoopbackMailbox
from client import EscalationClient
from runtime.process_exit import exit_process
from runtime.setting_types import SmtpTls
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from worker import serving

LANGUAGES = ("en", "id", "tr")
_WITHIN = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outage", description=__doc__)
    parser.add_argument("--customers", type=int, default=500)
    figures = asyncio.run(_taken(parser.parse_args().customers))
    for name, value in figures.items():
        print(f"{name:32} {value:>12,}")
    print(json.dumps(figures), flush=True)
    exit_process(0)


async def _taken(customers: int) -> dict[str, float]:
    async with _world() as (temporal, mailbox):
        client = EscalationClient(temporal, patience=_WITHIN)
        figures = await _in_one_start(client, mailbox, customers)
        print(figures, flush=True)
        figures |= await _in_many_starts(client, mailbox, customers)
        for name, key in (("one", "ONE/outage"), ("many", "MANY/outage")):
            description = await temporal.get_workflow_handle(key).describe()
            figures[f"{name}: history events"] = description.history_length
            figures[f"{name}: history bytes"] = (
                description.raw_description.workflow_execution_info.history_size_bytes
            )
        return figures


async def _in_one_start(
    client: EscalationClient, mailbox: LoopbackMailbox, customers: int
) -> dict[str, float]:
    key = "ONE/outage"
    await client.start(a_complaint(key="ONE/0", outage=key))
    everybody = [_customer("ONE", number) for number in range(customers)]
    begun = time.perf_counter()
    await client.start(a_complaint(key="ONE/1", outage=key, customers=everybody))
    return await _figures("one", client, mailbox, customers, begun)


async def _in_many_starts(
    client: EscalationClient, mailbox: LoopbackMailbox, customers: int
) -> dict[str, float]:
    key = "MANY/outage"
    await client.start(a_complaint(key="MANY/first", outage=key))
    begun = time.perf_counter()
    await asyncio.gather(
        *(
            client.start(a_complaint(key=f"MANY/{number}", outage=key, customers=[_customer("MANY", number)]))
            for number in range(customers)
        )
    )
    return await _figures("many", client, mailbox, customers, begun)


async def _figures(
    way: str, client: EscalationClient, mailbox: LoopbackMailbox, customers: int, begun: float
) -> dict[str, float]:
    joined = time.perf_counter() - begun
    await _received(mailbox, f":case_received:{way.upper()}-", customers)
    notified = time.perf_counter() - begun
    return {
        f"{way}: joined, s": round(joined, 2),
        f"{way}: results delivered, s": round(notified, 2),
        f"{way}: update delivered, s": await _update(client, mailbox, f"{way.upper()}/outage", customers + 1),
    }


async def _update(client: EscalationClient, mailbox: LoopbackMailbox, key: str, readers: int) -> float:
    begun = time.perf_counter()
    await client.send_update(key, by="elena", customer_text="We found the cause, and mend it now.")
    await _received(mailbox, ":update:", readers, of=key)
    return round(time.perf_counter() - begun, 2)


async def _received(mailbox: LoopbackMailbox, about: str, letters: int, of: str = "") -> None:
    """Wait until so many different messages whose key says *about* are there."""
    async with asyncio.timeout(_WITHIN):
        while _different(mailbox, about, of) < letters:  # noqa: ASYNC110 - repeats are letters too
            await asyncio.sleep(0.1)


def _different(mailbox: LoopbackMailbox, about: str, of: str) -> int:
    keys = {letter.key for letter in mailbox.messages()}
    return sum(about in key and key.startswith(of) for key in keys)


def _customer(of: str, number: int) -> dict[str, Any]:
    contact = {
        "name": f"Contact {number}",
        "email": f"contact{number}@customer{number}.example",
        "language": LANGUAGES[number % len(LANGUAGES)],
        "time_zone": "Asia/Jakarta",
    }
    return {"account": f"{of}-{number}", "contacts": [contact]}


@asynccontextmanager
async def _world() -> AsyncIterator[tuple[Client, LoopbackMailbox]]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escalation-outage-")))
        mailbox = await stack.enter_async_context(LoopbackMailbox())
        settings = Settings(
            playbook=ROOT / "playbooks" / "reference.yaml",
            state_folder=folder,
            starts_per_person=0,
            server_port=0,
            ui_port=0,
            smtp_host=mailbox.host,
            smtp_port=mailbox.port,
            smtp_tls=SmtpTls.NONE,
            smtp_sender="escalations@support.example",
        )
        running = await stack.enter_async_context(serving(settings, always_embedded=True))
        yield running.client, mailbox


if __name__ == "__main__":
    main()
