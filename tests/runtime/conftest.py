"""Fixtures of these tests: one server in memory, and an environment in which no cluster is configured."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.embedded import EmbeddedServer
from runtime.settings import Settings


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """
    A bare server in memory, for tests that neither stop it nor count what is on it.
    """
    server = EmbeddedServer(tmp_path_factory.mktemp("server"), ui_port=None, in_memory=True)
    asyncio.run(server.start())
    yield server
    server.kill()
    asyncio.run(server.stop())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """
    Settings with a state folder of their own, on which nothing runs.
    """
    return Settings.load({"ESCALATION_STATE_FOLDER": str(tmp_path / "state")})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """
    An environment that configures no cluster, whatever this user's own temporal.toml says.
    """
    profiles = tmp_path / "temporal.toml"
    profiles.touch()
    return {"TEMPORAL_CONFIG_FILE": str(profiles)}
