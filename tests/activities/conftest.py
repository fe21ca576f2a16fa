"""
A mail server, and a folder for templates of an organisation's own.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.mailbox import Mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    """
    Write one template, by its path and its content, into a folder, which is returned.
    """

    def write(path: str, content: str) -> Path:
        file = tmp_path / "messages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return tmp_path / "messages"

    return write
