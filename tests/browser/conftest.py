"""
A browser before the console: the system's own Chromium, driven over its own protocol; nothing is downloaded.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from tests.browser.cases import open_cases, write_playbook
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from tests.web.web_client import LINK_KEY, Door, open_door
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin

_TICKETS = count(1)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = "apt-get install chromium, or CHROMIUM=/path/to/chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Called by pytest.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def find_browser() -> str:
    """Return the path of the browser; the tests end with one clear line where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.exit(f"no browser for the tests of the console; install one: {HOW}", returncode=2)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield started
        await started.close()


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[Door]:
    """Open the service before a server and workers of its own, where whoever comes in is believed."""
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with Mailbox() as mailbox, server:
        playbook = write_playbook(folder)
        settings = mail_settings(
            mailbox, playbook, state_folder=folder / "state", gateway_port=0, link_key=LINK_KEY
        )
        client = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        async with serve_queues(client, settings), open_door(settings, mailbox, client) as door:
            yield door
        server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with open_house(tmp_path_factory.mktemp("console")) as door:
        yield door


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cases(house: Door) -> Door:
    """The service, with a case of every kind."""
    await open_cases(house)
    return house


@pytest.fixture
def door(house: Door) -> Door:
    return house.for_subject(f"ACME/{next(_TICKETS)}")


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, door: Door) -> AsyncIterator[Page]:
    """A page of a browser that nobody has used before."""
    context = await browser.new_context(base_url=str(door.http.base_url), locale="en-GB")
    yield await context.new_page()
    await context.close()
