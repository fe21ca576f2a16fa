"""
Backups: taken while everything runs, put back after everything is lost; what is damaged changes nothing.
"""

import asyncio
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from runtime.errors import BackupFault
from runtime.state_backup import back_up, restore
from tests.complaint import a_complaint
from tests.durability.installation import Installation

API = "/api/v1/escalations"
COMPLAINT = {name: value for name, value in a_complaint().items() if name not in {"key", "submitted_by"}}


def silent(_: str) -> None:
    """Nobody reads it."""


async def test_what_was_backed_up_while_it_ran_goes_on_after_all_was_lost(tmp_path: Path) -> None:
    """
    Open escalations, the record and the keys come back; what happened after the backup is not there.
    """
    installed, backup = Installation(tmp_path), tmp_path / "kept.tar.gz"
    async with installed.running() as http:
        for number in range(5):
            await started(http, f"ACME/{number}")
        writing = asyncio.create_task(comment_on(http, "ACME/0"))
        status, said = await asyncio.to_thread(installed.type, "backup", str(backup))
        writing.cancel()
        assert 0 == status, said
        assert 0o600 == backup.stat().st_mode & 0o777
        key = (installed.state / "link.key").read_bytes()
        await started(http, "ACME/after")
        status, said = await asyncio.to_thread(installed.type, "restore", str(backup), "--replace")
        assert 3 == status
        assert "a server already runs on the state folder" in said
    shutil.rmtree(installed.state)

    status, said = installed.type("restore", str(backup))
    assert 0 == status, said
    assert "escalate records rebuild" in said
    assert key == (installed.state / "link.key").read_bytes()
    async with installed.running() as http:
        open_ones = {item["key"] for item in (await http.get(API)).json()["items"]}
        assert {f"ACME/{number}" for number in range(5)} == open_ones
        noted = await http.post(f"{API}/ACME/3/moves/add_comment", json={"note": "Here"})
        assert 200 == noted.status_code, noted.text
        status, said = await asyncio.to_thread(installed.type, "records", "rebuild")
        assert 0 == status, said


async def started(http: AsyncClient, key: str) -> None:
    answer = await http.post(API, json={"key": key, **COMPLAINT})
    assert 201 == answer.status_code, answer.text


async def comment_on(http: AsyncClient, key: str) -> None:
    while True:
        await http.post(f"{API}/{key}/moves/add_comment", json={"note": "Still on the road"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a server's file, which a server could still have open."""
    folder = tmp_path / "state"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "temporal.db")) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE t (n)")
        db.executemany("INSERT INTO t VALUES (?)", ((n,) for n in range(1_000)))
        db.commit()
    return folder


def rows(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "temporal.db")) as db:
        (count,) = db.execute("SELECT count(*) FROM t").fetchone()
    return int(count)


def test_what_is_there_is_put_aside_only_if_asked(state: Path, tmp_path: Path) -> None:
    back_up(state, tmp_path / "b", silent)
    with pytest.raises(BackupFault, match=r"has state already: temporal\.db; --replace puts it aside"):
        restore(tmp_path / "b", state, silent)
    with closing(sqlite3.connect(state / "temporal.db")) as db:
        db.execute("DELETE FROM t")
        db.commit()

    restore(tmp_path / "b", state, silent, replace=True)
    (aside,) = state.glob("replaced-*")
    assert (1_000, 0) == (rows(state), rows(aside))


def cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-200])


def change(backup: Path, name: str, content: bytes) -> None:
    folder = backup.parent / "changed"
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    (folder / name).write_bytes(content)
    with tarfile.open(backup, "w:gz") as archive:
        for file in folder.iterdir():
            archive.add(file, arcname=file.name)


def of_other_version(backup: Path) -> None:
    manifest = b'{"version": 2, "made_at": "2030-01-31T12:00:00Z", "files": []}'
    change(backup, "manifest.json", manifest)


def with_other_names(backup: Path) -> None:
    file = '{"name": "../../passwd", "bytes": 1, "sha256": ""}'
    change(backup, "manifest.json", f'{{"made_at": "2030-01-31T12:00:00Z", "files": [{file}]}}'.encode())


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "is no whole backup"),
        (lambda backup: backup.write_bytes(b"letter"), "is no whole backup"),
        (lambda backup: backup.unlink(), "does not exist"),
        (lambda backup: change(backup, "temporal.db", b"x"), "temporal.db is not what was backed up"),
        (lambda backup: change(backup, "manifest.json", b"{}"), "is no whole backup"),
        (of_other_version, "a backup of another version"),
        (with_other_names, "a backup of another version"),
    ],
    ids=["cut", "letter", "gone", "changed", "no manifest", "newer", "other names"],
)
def test_what_is_damaged_changes_nothing(state: Path, tmp_path: Path, damage: Any, says: str) -> None:
    backup = tmp_path / "b"
    back_up(state, backup, silent)
    damage(backup)
    with pytest.raises(BackupFault, match=says):
        restore(backup, state, silent, replace=True)
    assert 1_000 == rows(state)
    assert ["temporal.db"] == sorted(file.name for file in state.iterdir() if "db-" not in file.name)


def test_a_backup_replaces_no_file_and_needs_something_to_keep(state: Path, tmp_path: Path) -> None:
    back_up(state, tmp_path / "b", silent)
    with pytest.raises(BackupFault, match="is there already"):
        back_up(state, tmp_path / "b", silent)
    with pytest.raises(BackupFault, match="holds no embedded server's state"):
        back_up(tmp_path / "nowhere", tmp_path / "c", silent)
    with pytest.raises(BackupFault, match="cannot be written"):
        back_up(state, tmp_path / "no" / "folder", silent)
    assert not (tmp_path / "c").exists()
