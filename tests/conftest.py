"""
Fixtures and options of every test.

`--cold` has the workers remember no run: each workflow task is replayed from the start of its history.
"""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Its plugin would import it at the end of a run. Threads may import then, too, and Python 3.11 confuses two modules
# that are parsed at the same time ("AST constructor recursion depth mismatch").
import hypothesis  # noqa: F401
import pytest
import structlog

import messages.speaker  # noqa: F401 - refusals read in English

COLD = "ESCALATION_MAX_CACHED_WORKFLOWS"
"""Of the environment; the workers of the tests take it from there."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Called by pytest.
    """
    parser.addoption("--cold", action="store_true", help="workers that remember no run")


def pytest_configure(config: pytest.Config) -> None:
    """
    Called by pytest, in each process that runs tests.
    """
    if config.getoption("--cold"):
        os.environ[COLD] = "0"


_LONG = (
    "tests/workflows/test_budgets.py",
    "tests/durability/test_outages.py",
    "tests/browser/test_moves.py",
    "tests/durability/test_campaign.py",
    "tests/durability/test_restarts.py",
    "tests/workflows/test_inbox.py",
    "tests/durability/test_held.py",
    "tests/entrypoints/test_doctor.py",
)
"""The longest files. They begin first, so that at the end no process waits for one of them; some wait, some work."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Called by pytest.
    """
    rank = {path: place for place, path in enumerate(_LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(_LONG)))


for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
"""The width of a terminal is the test's own, wherever it runs; Rich reads it when it is imported."""


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """
    A test may configure logging, or run a command that does; the next one of this process finds it as it was.
    """
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


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
