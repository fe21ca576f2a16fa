"""The service where people sign in: the front door, the identity provider before it, and the keys of machines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from escalation.kernel.values import to_plain
from identity.api_keys import ApiKeys
from identity.session import SESSION_COOKIE, Session, Sessions
from records.store import RecordStore
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.setting_types import Access
from runtime.signed_links import link_keys
from tests.complaint import a_complaint
from tests.escalations import REFERENCE, mail_settings
from tests.identity.provider import CLIENT, COMMAND_LINE, SECRET, FakeProvider, running_provider
from tests.mailbox import Mailbox
from tests.web.web_client import LINK_KEY, Door, open_door
from workers.queue_workers import plugin_of, serve_queues
from workflows import search_attributes

API = "/api/v1"


@dataclass
class SignedIn:
    """The front door, the provider, and the keys of machines."""

    door: Door
    provider: FakeProvider
    keys: ApiKeys

    def bearer(self, email: str) -> dict[str, str]:
        self.provider.email = email
        return {"Authorization": f"Bearer {self.provider.id_token()}"}

    def cookie(self, email: str) -> dict[str, str]:
        """As the browser of somebody who signed in."""
        settings = self.door.settings
        sessions = Sessions(link_keys(settings), timedelta(hours=settings.session_hours))
        return {"Cookie": f"{SESSION_COOKIE}={sessions.write(Session(email=email))}"}

    def machine(self, **scopes: Any) -> dict[str, str]:
        now = datetime.now(UTC)
        _, written = self.keys.create("m", "maya", now=now, expires_at=now + timedelta(days=1), **scopes)
        return {"Authorization": f"Bearer {written}"}

    async def start(self, key: str, headers: dict[str, str], **changes: Any) -> httpx.Response:
        said = {
            name: value
            for name, value in to_plain(a_complaint(key=key, **changes), but_defaults=True).items()
            if name != "submitted_by"
        }
        return await self.door.http.post(f"{API}/escalations", json=said, headers=headers)

    async def move(self, key: str, move: str, headers: dict[str, str]) -> httpx.Response:
        return await self.door.http.post(f"{API}/escalations/{key}/moves/{move}", json={}, headers=headers)


PLAYBOOK = """
extends: reference.yaml
access:
  everything: [escalation_manager, executive]
  own_accounts: [sales_manager]
accounts:
  ACME: {team: [sofia]}
"""
"""Maya looks at what she or the call centre has a part in, Sofia at ACME's too, Elena at everything."""


@asynccontextmanager
async def where_people_sign_in(
    folder: Path, written: str = PLAYBOOK, **changes: Any
) -> AsyncIterator[SignedIn]:
    """Open the front door before a server whose workers want proof; *changes* are settings."""
    playbook = folder / "playbook.yaml"
    playbook.write_text(written)
    (folder / REFERENCE.name).write_bytes(REFERENCE.read_bytes())
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with Mailbox() as mailbox, running_provider() as provider, server:
        settings = mail_settings(
            mailbox,
            playbook,
            state_folder=folder / "state",
            **{"gateway_port": 0, "gateway_url": "https://answer.example.com", **changes},
            link_key=LINK_KEY,
            access=Access.SIGNED_IN,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_command_line_id=COMMAND_LINE,
        )
        client = await connect(settings, plugins=[plugin_of(settings)], address=server.address)
        store = RecordStore.at(settings.records_url, settings.state_folder)
        async with serve_queues(client, settings), open_door(settings, mailbox, client) as door:
            yield SignedIn(door, provider, ApiKeys(store))
        store.close()
        server.kill()
