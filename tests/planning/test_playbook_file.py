"""
The playbook of a worker: read again whenever a file that it is made of changes, however it changes.
"""

import os
import shutil
from pathlib import Path

from planning.playbook.playbook_file import PlaybookFile
from tests.planning.builders import REFERENCE, reference_with

REFERENCE_TEXT = reference_with()


def ours(folder: Path, base: str = REFERENCE.name, *, version: str = "1", at: int = 1000) -> Path:
    """A playbook that extends *base*, last changed *at* so many seconds since 1970."""
    path = folder / "ours.yaml"
    return saved(path, f'extends: {base}\nname: Ours\nversion: "{version}"\n', at=at)


def saved(path: Path, text: str, *, at: int) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))
    return path


def test_a_playbook_replaced_by_an_older_file_is_read(tmp_path: Path) -> None:
    """MATRIX-1: files that are deployed keep their times, and another playbook of the folder may be newer."""
    saved(tmp_path / REFERENCE.name, REFERENCE_TEXT, at=5000)
    file = PlaybookFile(ours(tmp_path, version="1", at=2000))

    ours(tmp_path, version="2", at=1000)

    assert "2" == file.current().version


def test_a_playbook_replaced_at_the_same_time_and_size_is_read(tmp_path: Path) -> None:
    """MATRIX-1: another file in its place is another file."""
    saved(tmp_path / REFERENCE.name, REFERENCE_TEXT, at=5000)
    file = PlaybookFile(ours(tmp_path, version="1", at=1000))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    shutil.move(ours(elsewhere, version="2", at=1000), tmp_path / "ours.yaml")

    assert "2" == file.current().version


def test_a_change_of_an_extended_file_counts_whatever_its_name(tmp_path: Path) -> None:
    """MATRIX-1: what a playbook extends is part of it."""
    base = saved(tmp_path / "base.yml", REFERENCE_TEXT, at=5000)
    file = PlaybookFile(ours(tmp_path, base.name))

    saved(base, reference_with(("chase_every: 24 h", "chase_every: 12 h")), at=4000)

    assert "12 h" == file.current().chase_every.written


def test_a_mended_base_ends_a_fault(tmp_path: Path) -> None:
    """A faulty playbook leaves the last good one in use, until any file that it is made of is mended."""
    saved(tmp_path / REFERENCE.name, REFERENCE_TEXT, at=5000)
    base = saved(tmp_path / "base.yml", "no playbook", at=5000)
    file = PlaybookFile(ours(tmp_path))
    ours(tmp_path, base.name, version="2")
    kept = file.current().version

    saved(base, REFERENCE_TEXT, at=5000)

    assert ("1", "2") == (kept, file.current().version)


def test_a_playbook_that_is_gone_serves_on_until_it_is_back(tmp_path: Path) -> None:
    """A start is not refused because somebody is just saving the file."""
    saved(tmp_path / REFERENCE.name, REFERENCE_TEXT, at=5000)
    path = ours(tmp_path)
    file = PlaybookFile(path)
    path.unlink()
    kept = file.current().version

    ours(tmp_path, version="2")

    assert ("1", "2") == (kept, file.current().version)
