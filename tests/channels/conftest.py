"""
Letters, and a mail server to send them to.
"""

import io
import logging
from collections.abc import AsyncIterator, Iterator

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


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Every line that reaches the log of a process that logs all that it can."""
    root, lines = logging.getLogger(), io.StringIO()
    handler, level = logging.StreamHandler(lines), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)
