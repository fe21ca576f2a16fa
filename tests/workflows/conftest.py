"""A desk to make stories at: real server with a clock that can be moved, real workers, a real mailbox."""

from collections.abc import AsyncIterator

import pytest

from tests.desk import Desk, desk_on_skipping_server


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with desk_on_skipping_server() as at_work:
        yield at_work
        await at_work.nothing_went_wrong()
