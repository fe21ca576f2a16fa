"""
Backups of the state folder: one file with all that an embedded installation keeps.

Theory of operation. The databases are copied while they are used, each as of one moment (SQLite's online backup). The
record is copied first: what the server knows beyond it is put on record again by `escalate records rebuild`, while a
record that knew more than the server would keep what, for the server, never happened. Keys go along, so
that links in letters stay valid.

    manifest.json     when it was made; size and SHA-256 of each file
    records.sqlite    the record, unless it is in PostgreSQL
    temporal.db       the embedded server's file: every open escalation
    *.key             keys

Laws:
1. A backup is seen whole or not at all, and only its owner can read it: customers' data and keys are in there.
2. What is restored was checked first, and nothing of the folder is overwritten: what was there is put aside.
"""

import hashlib
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from runtime.errors import BackupFault
from runtime.settings import PROOF_KEY_FILE
from runtime.signed_links import KEY_FILE
from runtime.state_folder import DATABASE, keep_private

DATABASES = ("records.sqlite", DATABASE)
"""In the order in which they are copied."""
KEYS = (KEY_FILE, PROOF_KEY_FILE)
MANIFEST = "manifest.json"
_PUT_ASIDE = "replaced-"
_PAGES = 4_096
"""Copied at a time: others may write in between."""

Say = Callable[[str], None]


class BackedUpFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    bytes: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """Contents of a backup."""

    model_config = ConfigDict(frozen=True)

    version: int = 1
    made_at: AwareDatetime
    files: tuple[BackedUpFile, ...]


def back_up(folder: Path, target: Path, say: Say) -> Manifest:
    """
    Write all that *folder* keeps to *target*, while it is used. *say* gets a line for each file.

    Raises:
        BackupFault: If there is nothing to keep, or *target* is there already or cannot be written.
    """
    if not (folder / DATABASE).is_file():
        raise BackupFault(f"{folder} holds no embedded server's state: it has no {DATABASE}")
    if target.exists():
        raise BackupFault(f"{target} is there already; name a file that is not")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as copies:
            files = [_described(copy) for copy in _copies(folder, Path(copies), say)]
            manifest = Manifest(made_at=datetime.now(UTC), files=tuple(files))
            (Path(copies) / MANIFEST).write_text(manifest.model_dump_json(indent=2))
            keep_private(draft)
            with tarfile.open(draft, "w:gz") as archive:
                for name in (MANIFEST, *(file.name for file in files)):
                    archive.add(Path(copies) / name, arcname=name)
            draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupFault(f"the backup cannot be written to {target}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(source: Path, folder: Path, say: Say, *, replace: bool = False) -> Manifest:
    """
    Put a backup into *folder*, on which nothing runs. What it keeps already is put aside, if *replace* allows it.

    Raises:
        BackupFault: If *source* is no whole backup, or *folder* is not empty; nothing is changed then.
    """
    there = [folder / name for name in _names_in(folder)]
    if there and not replace:
        names = ", ".join(file.name for file in there)
        raise BackupFault(f"{folder} has state already: {names}; --replace puts it aside")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".restore-") as unpacked:
            manifest = _unpack(source, Path(unpacked))
            aside = _put_aside(there, folder)
            if aside:
                say(f"put aside in {aside}")
            for file in manifest.files:
                (Path(unpacked) / file.name).replace(folder / file.name)
                say(f"{file.bytes:>15,}  {file.name}")
    except OSError as error:
        raise BackupFault(f"the backup cannot be restored to {folder}: {error}") from error
    return manifest


def _copies(folder: Path, into: Path, say: Say) -> Iterator[Path]:
    for name in (*DATABASES, *KEYS):
        if (folder / name).is_file():
            keep_private(into / name)
            copy = _copy_database if name in DATABASES else shutil.copyfile
            copy(folder / name, into / name)
            say(f"{(into / name).stat().st_size:>15,}  {name}")
            yield into / name


def _copy_database(source: Path, target: Path) -> None:
    # `as_uri` escapes what a path may hold. Read-write, since a reader of a write-ahead log needs its index.
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=60)) as used,
        closing(sqlite3.connect(target)) as copy,
    ):
        used.backup(copy, pages=_PAGES, sleep=0.01)
        copy.execute("PRAGMA journal_mode=DELETE")


def _described(file: Path) -> BackedUpFile:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return BackedUpFile(name=file.name, bytes=file.stat().st_size, sha256=digest)


def _unpack(source: Path, into: Path) -> Manifest:
    """Unpack what the manifest lists, and check it: nothing else of the archive is read."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = Manifest.model_validate_json(_member(archive, MANIFEST).read())
            _require_known(source, manifest)
            for file in manifest.files:
                keep_private(into / file.name)
                with (into / file.name).open("wb") as copy:
                    shutil.copyfileobj(_member(archive, file.name), copy)
                if _described(into / file.name) != file:
                    raise BackupFault(f"{source} is damaged: {file.name} is not what was backed up")
    except FileNotFoundError:
        raise BackupFault(f"{source} does not exist; name a file that `escalate backup` wrote") from None
    except (tarfile.TarError, EOFError, ValidationError, OSError) as error:
        kind = type(error).__name__
        raise BackupFault(f"{source} is no whole backup ({kind}); name a file of `escalate backup`") from None
    return manifest


def _require_known(source: Path, manifest: Manifest) -> None:
    known = {*DATABASES, *KEYS}
    names = [file.name for file in manifest.files]
    if manifest.version != 1 or not known.issuperset(names) or DATABASE not in names:
        raise BackupFault(
            f"{source} is a backup of another version; restore it with the program that made it"
        )


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = archive.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise tarfile.ReadError(f"it has no {name}")
    return found


def _names_in(folder: Path) -> list[str]:
    """Return the names of what *folder* keeps, write-ahead logs included."""
    parts = [name + end for name in DATABASES for end in ("", "-wal", "-shm")]
    return [name for name in (*parts, *KEYS) if (folder / name).exists()]


def _put_aside(files: list[Path], folder: Path) -> Path | None:
    if not files:
        return None
    aside = folder / f"{_PUT_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir(mode=0o700)
    for file in files:
        file.replace(aside / file.name)
    return aside
