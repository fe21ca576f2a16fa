"""
What holds for every test.

`--cold` has the workers remember no run: each workflow task is replayed from the start of its history.
"""

import os

import pytest

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


for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)
"""The width of a terminal is the test's own, wherever it runs; Rich reads it when it is imported."""
