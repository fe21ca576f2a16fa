"""Temporal is away: everybody learns since when, nothing is done later unseen, and all goes on after."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from clients.run_errors import WorkersSilent
from entrypoints.cli import program
from entrypoints.web.app import make_app
from entrypoints.web.temporal_client import AGAIN_AFTER, TemporalClientSource
from entrypoints.web.web_server import bind_port, local_url, serve_app
from escalation.kernel.timeline_entry import minute
from escalation.kernel.values import to_plain
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from tests.web.web_client import ANSWERED, INTAKE_SECRET, LINK_KEY, Door, open_door, seen
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin

API = "/api/v1"
PATIENCE = 2.0
ELENA = {"cookie": "escalation_as=elena", "x-escalation-as": "elena"}


@dataclass
class Site:
    """A front door before a server that a test ends and begins, and workers that it may leave out."""

    door: Door
    server: EmbeddedServer

    async def look(self, path: str, **headers: str) -> httpx.Response:
        return await self.door.http.get(path, headers=ELENA | headers)

    async def move(self, move: str) -> httpx.Response:
        path = f"{API}/escalations/{self.door.key}/moves/{move}"
        return await self.door.http.post(path, json={}, headers=ELENA)

    async def press(self, move: str, **headers: str) -> httpx.Response:
        path = f"/case/{self.door.key}/{move}"
        return await self.door.http.post(path, headers=ELENA | ANSWERED | headers)

    async def restart(self) -> None:
        """Let the server be back, and wait until pages show it and workers have found it: they look now and then."""
        await self.server.restart()
        async with asyncio.timeout(60):
            for path in (f"{API}/escalations/{self.door.key}", "/all"):
                while 200 != (await self.look(path)).status_code:  # noqa: ASYNC110 - nothing announces it
                    await asyncio.sleep(0.2)

    def working(self) -> AbstractAsyncContextManager[object]:
        return serve_queues(self.door.temporal, self.door.settings)


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    server = EmbeddedServer(tmp_path / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with Mailbox() as mailbox, server:
        settings = mail_settings(
            mailbox,
            state_folder=tmp_path / "state",
            gateway_port=0,
            link_key=LINK_KEY,
            intake_secret=INTAKE_SECRET,
        )
        client = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        async with open_door(settings, mailbox, client, patience=PATIENCE) as door:
            yield Site(door, server)
        server.kill()


@asynccontextmanager
async def unconnected(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A service that has not reached Temporal yet."""
    with bind_port(settings) as listener:
        app = make_app(settings, TemporalClientSource(settings))
        async with (
            serve_app(app, listener),
            httpx.AsyncClient(base_url=local_url(listener), timeout=30) as http,
        ):
            yield http


async def test_moves_are_refused_while_temporal_is_away_and_never_made_later(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By API, page, webhook and command line, each with the word since when; then the same process goes on."""
    door = site.door
    monkeypatch.setenv("ESCALATION_URL", str(door.http.base_url).rstrip("/"))
    async with site.working():
        await door.start()
        site.server.kill()
        moved = await site.move("acknowledge")
        began = time.monotonic()
        problems = [await site.move("acknowledge"), await site.look(f"{API}/escalations")]
        problems.append(await site.look(f"{API}/escalations/{door.key}/events"))
        start = to_plain(a_complaint(key="ACME/away"), but_defaults=True)
        sent = {name: value for name, value in start.items() if name != "submitted_by"}
        problems.append(await door.http.post(f"{API}/escalations", json=sent, headers=ELENA))
        pages = [await site.press("nudge_owner"), await site.look("/"), await site.look("/all")]
        pages.append(await site.look(f"/case/{door.key}"))
        read = [await site.look("/look-back"), await site.look("/playbook")]
        handed_in = await door.hand_in(start)
        health = [await site.look("/readyz") for _ in range(2)]
        took = time.monotonic() - began
        typed = await asyncio.to_thread(program.run, ["ack", door.key, "--as", "elena"])
        said = capsys.readouterr().err
        await site.restart()
        back = await site.move("acknowledge")
        listed = await site.look("/all")
        unknown = await site.look(f"{API}/escalations/ACME/away")
        kinds = [entry.kind for entry in await door.client.timeline(door.key)]

    assert "if this was a move, look first whether it was made" in moved.json()["detail"]
    since = datetime.fromisoformat(health[0].json()["since"])
    for answer in (moved, *problems):
        assert (503, "30") == (answer.status_code, answer.headers["retry-after"]), answer.text
        assert "unavailable" == answer.json()["code"]
        assert f"Temporal has not answered since {minute(since)}" in answer.json()["detail"]
    for page in pages:
        assert (503, "30") == (page.status_code, page.headers["retry-after"])
        assert f"Temporal has not answered since {since:%a, %-d %b %Y, %H:%M} UTC" in seen(page)
        assert "nothing is kept for later" in seen(page)
    assert [200, 200] == [page.status_code for page in read]
    assert (503, health[0].json()) == (handed_in.status_code, health[1].json())
    assert took < 15 * PATIENCE
    assert program.NO_SERVER == typed
    assert f"cannot answer now: Temporal has not answered since {minute(since)}; nothing" in said
    assert (200, 200, 404) == (back.status_code, listed.status_code, unknown.status_code), back.text
    assert (1, 0) == (kinds.count("acknowledged"), kinds.count("nudged"))


async def test_pages_say_it_in_the_readers_language_and_zone(site: Site) -> None:
    """COMM-9: the instant is theirs, too."""
    site.server.kill()
    await site.look(f"{API}/escalations")
    page = await site.look(
        "/all", **{"accept-language": "id", "cookie": "escalation_zone=Asia%2FJakarta; escalation_as=elena"}
    )

    assert (503, "id") == (page.status_code, page.headers["content-language"])
    assert "Temporal tidak menjawab sejak" in seen(page)
    assert "WIB; tidak ada yang diminta darinya" in seen(page)


async def test_a_service_that_began_before_temporal_says_since_when(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of an address is told; and it connects by itself."""
    site.server.kill()
    monkeypatch.setenv("TEMPORAL_ADDRESS", site.server.address)
    async with unconnected(site.door.settings) as http:
        first = await http.get(f"{API}/escalations", headers=ELENA)
        page = await http.get("/all", headers=ELENA)
        await site.server.restart()
        await asyncio.sleep(AGAIN_AFTER)
        back = await http.get(f"{API}/escalations", headers=ELENA)

    assert (503, 503, 200) == (first.status_code, page.status_code, back.status_code)
    assert "Temporal has not answered since" in first.json()["detail"]
    assert "Temporal has not answered since" in seen(page)
    assert "127.0.0.1" not in first.text + page.text


async def test_a_move_that_no_worker_answers_may_be_made_later(site: Site) -> None:
    """The server may keep it, and nothing can take it back: whoever asked learns that, with what to do."""
    async with site.working():
        await site.door.start()
    moved, page = await site.move("acknowledge"), await site.press("nudge_owner")

    for status, text in (
        (moved.status_code, moved.json()["detail"]),
        (page.status_code, " ".join(seen(page).split())),
    ):
        assert 503 == status
        assert f"no worker answered within {PATIENCE:g} s; start one with `escalate serve`" in text
        assert "this move was handed in, and may yet be made when one works" in text


async def until_said(stream: AsyncIterator[str], said: str) -> str:
    """Return the line after the one that is *said*."""
    async with asyncio.timeout(60):
        async for line in stream:
            if line == said:
                return await anext(stream)
    raise AssertionError(f"the stream ended before it said {said!r}")


async def test_streams_go_on_after_an_outage(site: Site) -> None:
    """Live pages say since when; events are followed where they were, over the same connection."""
    http, key = site.door.http, site.door.key
    async with site.working():
        await site.door.start()
        async with (
            http.stream("GET", f"{API}/escalations/{key}/events", headers=ELENA) as events,
            http.stream("GET", "/live", headers=ELENA) as live,
        ):
            happening, changes = events.aiter_lines(), live.aiter_lines()
            await until_said(happening, "event: opened")
            site.server.kill()
            away = await until_said(changes, "event: away")
            await site.restart()
            await until_said(changes, "event: changed")
            with suppress(WorkersSilent):  # the move is handed in, and made when they find the server again
                await site.door.client.acknowledge(key, by="maya")
            await until_said(happening, "event: acknowledged")

    assert away.startswith("data: Temporal has not answered since")
