"""
Health of a worker, as a supervisor asks for it while what it needs goes away and comes back.
"""

import asyncio
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from records.store import RecordStore
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.ports import LOOPBACK, free_port
from runtime.setting_types import SmtpTls
from runtime.settings import Settings
from tests.mailbox import Mailbox
from workers.worker_health import serve_health
from workflows import search_attributes


async def ready(address: str) -> tuple[int, dict[str, Any]]:
    async with AsyncClient() as http:
        answer = await http.get(f"http://{address}/readyz", timeout=10)
        assert 200 == (await http.get(f"http://{address}/livez")).status_code
    return answer.status_code, answer.json()


async def test_a_worker_says_what_it_cannot_reach(tmp_path: Path) -> None:
    """
    Without mail or records it works on, and says so; without Temporal it cannot work.
    """
    address = f"{LOOPBACK}:{free_port()}"
    server = EmbeddedServer(
        tmp_path / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with server:
        async with Mailbox() as mailbox:
            settings = Settings(
                health_address=address,
                state_folder=tmp_path,
                smtp_host=LOOPBACK,
                smtp_port=mailbox.port,
                smtp_tls=SmtpTls.NONE,
            )
            store = RecordStore.at(None, tmp_path)
            temporal = await connect(settings, address=server.address)
            health = serve_health(temporal, store, settings)
            await health.__aenter__()
            everything = {"temporal": "ok", "records": "ok", "mail": "ok"}
            assert (200, {"status": "ok", **everything}) == await ready(address)
        assert (200, {"status": "degraded", **everything, "mail": "away"}) == await ready(address)
    status, said = await ready(address)
    assert (503, "unavailable", "ok") == (status, said["status"], said["records"])
    assert said["temporal"] in {"unavailable", "does not answer", "cancelled"}
    await health.__aexit__(None, None, None)
    await asyncio.sleep(0)
