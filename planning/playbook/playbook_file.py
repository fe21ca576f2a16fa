"""The playbook that a worker serves: read again when one of its files changes."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import structlog

from escalation.kernel.refusals import BadRequest
from planning.playbook.loader import Playbook, list_files, load_playbook

log = structlog.get_logger(__name__)


class PlaybookFile:
    """
    The playbook that new escalations are compiled from: read again when the file changes.

    A file that has become faulty does not stop new escalations: the last good one serves on, and the faults are
    logged.

    Raises:
        BadRequest: At once, if the first reading finds faults.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files, self._marks = _watch_files(path)
        self._playbook = load_playbook(path)

    def current(self) -> Playbook:
        if self._marks == _marks_of(self._files, self._path.parent):
            return self._playbook
        self._files, self._marks = _watch_files(
            self._path
        )  # before it is read: a change meanwhile is a change
        try:
            self._playbook = load_playbook(self._path)
            log.info("playbook_read", path=str(self._path))
        except BadRequest as fault:
            log.error("playbook_faulty_last_good_one_kept", path=str(self._path), fault=str(fault))
        return self._playbook


Marks = Mapping[Path, tuple[int, int, int] | None]
"""Marks of each file that change with it: time of change, size, identity; None: there is no file."""


def _watch_files(path: Path) -> tuple[tuple[Path, ...], Marks]:
    """Return the files that the playbook is made of, and their marks."""
    files = list_files(path)
    return files, _marks_of(files, path.parent)


def _marks_of(files: Iterable[Path], folder: Path) -> Marks:
    """Return those of *files* and of the other playbooks of the *folder*, which a corrected one may extend."""
    return {file: _mark_of(file) for file in {*files, *folder.glob("*.yaml")}}


def _mark_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
