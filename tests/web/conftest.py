"""
A front door for each test: the web service on loopback, before a real server, workers and a mailbox.

All tests of this folder share them, and so one event loop; each has a subject of its own.
"""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from tests.web.signed_in import SignedIn, where_people_sign_in
from tests.web.web_client import INTAKE_SECRET, LINK_KEY, Door, open_door
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin

_TICKETS = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Called by pytest.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(folder: Path) -> AsyncIterator[Door]:
    server = EmbeddedServer(
        folder / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with Mailbox() as mailbox, server:
        settings = mail_settings(
            mailbox,
            state_folder=folder / "state",
            gateway_port=0,
            gateway_url="https://answer.example.com",
            link_key=LINK_KEY,
            intake_secret=INTAKE_SECRET,
        )
        client = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        async with serve_queues(client, settings), open_door(settings, mailbox, client) as door:
            yield door
        server.kill()


@pytest.fixture
def door(house: Door) -> Door:
    house.http.cookies.clear()  # a browser that nobody has used yet
    return house.for_subject(f"ACME/{next(_TICKETS)}-")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signed_in(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SignedIn]:
    async with where_people_sign_in(tmp_path_factory.mktemp("signed_in")) as opened:
        yield opened
