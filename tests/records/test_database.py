"""A database that cannot be used is named, and its password is not."""

import socket
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from records.errors import NotStored, StoreUnreachable, WrongUrl
from records.store import RecordStore
from records.tables import PlaybookRow


@pytest.mark.parametrize(
    "url",
    [
        "mysql://us:secret@db/records",
        "nonsense secret",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://us:secret@db:port/records",
        "",
    ],
)
def test_a_url_of_no_use_is_refused_without_its_password(url: str) -> None:
    """
    RECORD-1: what is allowed is said, what was given is not shown.
    """
    with pytest.raises(WrongUrl, match="allowed: sqlite:////PATH/TO/FILE or postgresql://") as refused:
        RecordStore(SecretStr(url))

    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    """
    RECORD-1: nor with options, which can hold secrets too.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        store = RecordStore(f"postgresql://us:s3cret@127.0.0.1:{port}/records?application_name=hidden1")

        with pytest.raises(
            StoreUnreachable, match=f"postgresql://127.0.0.1:{port}/records cannot be used"
        ) as told:
            store.require_usable()

    assert "s3cret" not in str(told.value)
    assert "hidden1" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    """
    RECORD-1: one clear error.
    """
    file = tmp_path / "records.sqlite"
    file.write_text("my notes, not to be lost, and long enough to look like something\n" * 20)

    with (
        pytest.raises(StoreUnreachable, match="file is not a database"),
        closing(RecordStore(f"sqlite:///{file}")) as store,
    ):
        store.require_usable()

    assert file.read_text().startswith("my notes")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """
    RECORD-1: one clear error.
    """
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StoreUnreachable, match=r"taken/records\.sqlite cannot be used"):
        RecordStore(f"sqlite:///{tmp_path}/taken/records.sqlite").require_usable()


def test_a_refused_value_shows_no_statement_and_no_row(tmp_path: Path) -> None:
    """
    RECORD-1: customers' data stays out of messages and logs.
    """
    store = RecordStore(f"sqlite:///{tmp_path / 'records.sqlite'}")
    store.migrate()
    row = {"sha256": "1", "name": "the customer's secret", "version": "1"}

    with pytest.raises(NotStored) as refused, store.database.writing() as connection:
        connection.execute(insert(PlaybookRow), [row, row])

    assert "report it" in str(refused.value)
    assert "INSERT" not in str(refused.value)
    assert "secret" not in str(refused.value)
    store.close()


def test_a_file_lies_in_the_state_folder_if_nothing_is_set(tmp_path: Path) -> None:
    """
    RECORD-1: odd names of folders included.
    """
    folder = tmp_path / "state of 50 % & more?"
    store = RecordStore.at(None, folder)
    store.require_usable()
    store.close()

    assert str(folder / "records.sqlite") == store.database.where
    assert (folder / "records.sqlite").exists()
