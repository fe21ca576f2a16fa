"""
The front door: knock as a reader's browser or another system would, and see what became of it inside.
"""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr
from standardwebhooks import Webhook
from temporalio.client import Client

from channels.loopback_mailbox import ReceivedMessage
from client import EscalationClient
from entrypoints.web.app import make_app
from entrypoints.web.temporal_client import TemporalClientSource
from entrypoints.web.web_server import bind_port, serve_app
from escalation.case.resolution import ResolutionKind
from escalation.case.view import MoveResult
from escalation.kernel.refusals import StillFinishing
from escalation.kernel.values import from_plain
from escalation.notifications.links import Link, Question
from escalation.policy.classification import CancelCause
from runtime.settings import Settings
from runtime.signed_links import SignedLinks
from tests.complaint import a_complaint
from tests.mailbox import Mailbox

LINK_KEY = SecretStr("a key that signs links in tests alone".replace(" ", "-"))
INTAKE_KEY = b"a key for webhooks in tests"
INTAKE_SECRET = SecretStr("whsec_" + base64.b64encode(INTAKE_KEY).decode())
ANSWERED = {"content-type": "application/x-www-form-urlencoded"}
_ADDRESS = re.compile(r"https://answer\.example\.com(/answer/[\w.-]+)")
_PAGE = re.compile(r"https://answer\.example\.com(/case/[\w.-]+)")
OF_A_START = ("assigned", "case_received", "first_notification")


@dataclass(frozen=True)
class Door:
    """The browser of one test: calls without another key are about the escalation `key`."""

    http: httpx.AsyncClient
    client: EscalationClient
    mailbox: Mailbox
    links: SignedLinks
    temporal: Client
    settings: Settings
    key: str = "ACME/4711"

    def for_subject(self, key: str) -> "Door":
        return replace(self, key=key)

    async def start(self, **changes: Any) -> MoveResult:
        """At level 1, with the call centre; also where one of the same subject is just ending."""
        while True:
            try:
                return await self.client.start(a_complaint(**{"key": self.key, "priority": "P3", **changes}))
            except StillFinishing:
                await asyncio.sleep(0.05)

    async def declare(self) -> None:
        """Until somebody verifies."""
        await self.client.declare_resolved(
            self.key,
            by="elena",
            resolution=ResolutionKind.FIX,
            done="Replaced bay 3",
            customer_text="New pallets sent.",
        )

    async def resolve(self) -> None:
        """Until customers are asked."""
        await self.declare()
        await self.client.verify_resolution(self.key, by="aisha")

    async def cancel(self) -> None:
        await self.client.cancel(self.key, by="elena", why="They withdrew it", cause=CancelCause.WITHDRAWN)

    async def link(self, question: Question, who: str, **changes: Any) -> str:
        """The path of a link to the running escalation."""
        escalation = (await self.client.view(self.key)).id
        link = from_plain(Link, {"question": question, "escalation": escalation, "who": who, **changes})
        return self.links.address(link, base_url="")

    async def to_acknowledge(self, who: str = "maya", **changes: Any) -> str:
        return await self.link(Question.ACKNOWLEDGE, who, **changes)

    async def press(self, path: str, **form: str) -> httpx.Response:
        """As a browser does: urlencoded, even if nothing is filled in."""
        return await self.http.post(path, content=urlencode(form), headers=ANSWERED)

    async def happened(self, kind: str) -> int:
        """Count the events of this kind."""
        return sum(entry.kind == kind for entry in await self.client.timeline(self.key))

    async def messages(self, *awaited: str) -> dict[str, list[ReceivedMessage]]:
        """By occasion, once those of a start and the *awaited* occasions are out."""
        async with asyncio.timeout(10):
            while not {*OF_A_START, *awaited} <= (found := self._received()).keys():  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.05)
        return found

    def _received(self) -> dict[str, list[ReceivedMessage]]:
        found: dict[str, list[ReceivedMessage]] = {}
        for letter in self.mailbox.messages():
            if letter.thread.startswith(f"{self.key}@"):
                found.setdefault(letter.key.removeprefix(letter.thread).split(":")[2], []).append(letter)
        return found

    async def hand_in(self, request: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Start by webhook, signed as it should be unless *headers* say otherwise."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return await self.http.post("/escalations", content=body, headers=signed(body) | dict(headers or {}))


def signed(
    body: bytes, at: datetime | None = None, key: bytes = INTAKE_KEY, delivery: str = "msg_1"
) -> dict[str, str]:
    sent = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(key).sign(delivery, sent, body.decode(errors="replace")),
    }


def links_in(*letters: ReceivedMessage) -> list[str]:
    """The paths that these letters lead to."""
    return [path for letter in letters for path in _ADDRESS.findall(letter.text)]


def pages_in(*letters: ReceivedMessage) -> list[str]:
    """The paths of the pages that these letters name."""
    return [path for letter in letters for path in _PAGE.findall(letter.text)]


def seen(answer: httpx.Response) -> str:
    """Return what a reader sees of a page, without tags and style."""
    body = re.sub(r"(?s)<style>.*?</style>|<title>.*?</title>", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@asynccontextmanager
async def open_door(
    settings: Settings,
    mailbox: Mailbox,
    temporal: Client,
    links: SignedLinks | None = None,
    *,
    client_type: type[EscalationClient] = EscalationClient,
    patience: float = 10.0,
) -> AsyncIterator[Door]:
    """The web service as `escalate serve` runs it."""
    client = client_type(temporal, patience=patience)
    links = links or SignedLinks.from_settings(settings)
    app = make_app(settings, TemporalClientSource(settings, client), links)
    with bind_port(settings) as listener:
        async with (
            serve_app(app, listener),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as http,
        ):
            yield Door(http, client, mailbox, links, temporal, settings)
