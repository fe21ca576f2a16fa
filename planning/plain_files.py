"""
Reading files that somebody names: plain files alone, of a size that a file of the kind has.

A device gives data without end, a pipe waits for whoever writes, a folder gives nothing: none is read. Must not know
what a file holds.
"""

import errno
import os
import stat
from pathlib import Path

LARGEST = 512 * 1024 * 1024
"""Bytes; an export of some hundred thousand records is smaller."""


def read_plain(path: str | Path, at_most: int = LARGEST) -> bytes:
    """
    Raises:
        OSError: If there is no plain file at *path*, it cannot be read, or it has more than *at_most* bytes.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "no name of a file") from None
    with open(opened, "rb") as file:  # noqa: PTH123 - it is open already, and only looked at through that
        found = os.fstat(opened)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no plain file; what another program writes is read as -")
        data = file.read(at_most + 1)
    if len(data) > at_most:
        raise OSError(errno.EFBIG, f"more than {at_most:,} bytes")
    return data
