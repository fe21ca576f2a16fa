"""
The state folder: who uses it, and where the server that does can be reached.

Owns two small files in it. `embedded.lock` is locked as long as an embedded server runs on the folder (the server
process itself holds the lock, so a kill leaves none behind); `embedded.json` says where it listens. It must not know
what a server is.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.errors import EmbeddedServerFault, StateFolderInUse

LOCK = "embedded.lock"
NOTE = "embedded.json"
DATABASE = "temporal.db"
"""The server's own file."""


class ServerNote(BaseModel):
    """The address of the server on this state folder."""

    model_config = ConfigDict(frozen=True)

    address: str
    ui_url: str | None = None
    process: int


def read_note(folder: Path) -> ServerNote | None:
    """Say where the server on *folder* listens, if one left word. It may be gone: only dialling tells."""
    try:
        return ServerNote.model_validate_json((folder / NOTE).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_private(file: Path) -> None:
    """Make *file* if it is missing, and let this user alone read and write it: customers' data is in there."""
    opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(opened, 0o600)
    finally:
        os.close(opened)


def write_note(folder: Path, note: ServerNote) -> None:
    """Leave word for the other processes of this user. Readers see all of it or nothing."""
    # Written beside and renamed: a rename is seen as a whole or not at all (POSIX).
    draft = folder / f"{NOTE}.{os.getpid()}"
    keep_private(draft)
    draft.write_text(note.model_dump_json(), encoding="utf-8")
    draft.replace(folder / NOTE)


def remove_note(folder: Path) -> None:
    """Take the word back."""
    (folder / NOTE).unlink(missing_ok=True)


async def lock_folder(folder: Path, *, patience: timedelta = timedelta(seconds=3)) -> int:
    """
    Lock *folder* (made if missing) for this process and return the open file that holds the lock.

    A lock whose taker has died is waited for up to *patience*: its server is just being killed.

    Raises:
        StateFolderInUse: If another server runs on it.
        EmbeddedServerFault: If the folder cannot be made or written to.
    """
    held = _open_lock(folder)
    with _closed_on_error(held):
        deadline = asyncio.get_running_loop().time() + patience.total_seconds()
        while not _try(held):
            taker = _taker(held)
            if _is_running(taker) or asyncio.get_running_loop().time() > deadline:
                raise StateFolderInUse(
                    f"a server already runs on the state folder {folder} (process {taker or 'unknown'}); "
                    "stop it, or name another folder with ESCALATION_STATE_FOLDER"
                )
            await asyncio.sleep(0.05)
        # Our number is for those who find the folder locked: it names the process to stop.
        os.ftruncate(held, 0)
        os.pwrite(held, str(os.getpid()).encode(), 0)
    return held


def _open_lock(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # customers' data is in there
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EmbeddedServerFault(
            f"the state folder {folder} cannot be used ({error.strerror}); "
            "make it writable, or name another with ESCALATION_STATE_FOLDER"
        ) from error


@contextlib.contextmanager
def _closed_on_error(held: int) -> Iterator[None]:
    try:
        yield
    except BaseException:
        os.close(held)
        raise


def _try(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taker(held: int) -> int | None:
    with contextlib.suppress(ValueError):
        return int(os.pread(held, 20, 0))
    return None


def _is_running(process: int | None) -> bool:
    if process is None:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
