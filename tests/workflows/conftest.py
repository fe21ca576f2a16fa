"""
A desk for each test to make stories at: real server with a clock that can be moved, real workers, a real mailbox.

All tests of this folder share one server, and so one event loop; each has a subject of its own.
"""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from tests.escalations import Desk, desk_on_skipping_server

_TICKETS = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Called by pytest.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office() -> AsyncIterator[Desk]:
    async with desk_on_skipping_server() as at_work:
        yield at_work


@pytest_asyncio.fixture(loop_scope="session")
async def desk(office: Desk) -> AsyncIterator[Desk]:
    at_work = Desk(office.env, office.mailbox, f"ACME/{next(_TICKETS)}-")
    yield at_work
    at_work.mailbox.turns_slow(0)
    await at_work.nothing_went_wrong()
