"""
Letters, and a mail server to send them to.
"""

from collections.abc import AsyncIterator

import pytest

from tests.mailbox import Mailbox
from tests.receiver import Receiver


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as receiver:
        yield receiver
