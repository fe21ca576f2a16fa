"""A mail server."""

from collections.abc import AsyncIterator

import pytest

from tests.mailbox import Mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox
