"""Files that are read: plain ones of a limited size, and nothing that never ends."""

import os
from pathlib import Path

import pytest

from planning.plain_files import read_plain


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    """
    Through a link too.
    """
    (tmp_path / "a.yaml").write_bytes(b"name: a")
    (tmp_path / "b.yaml").symlink_to("a.yaml")

    assert b"name: a" == read_plain(tmp_path / "a.yaml") == read_plain(str(tmp_path / "b.yaml"), at_most=7)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "No such file or directory"),
        ("", "No such file or directory"),
        (".", "Is a directory"),
        ("/dev/zero", "no plain file; what another program writes is read as -"),
        ("pipe", "no plain file; what another program writes is read as -"),
        ("large", "more than 10 bytes"),
        ("a\0b", "no name of a file"),
        ("x" * 5000, "File name too long"),
        ("x/" * 3000, "File name too long"),
        ("large/x", "Not a directory"),
    ],
)
def test_anything_else_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    """
    START-6: at once, whatever it is: a pipe is not waited for.
    """
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("large").write_bytes(b"x" * 11)

    with pytest.raises(OSError, match=r".") as refused:
        read_plain(name, at_most=10)

    assert why == refused.value.strerror
