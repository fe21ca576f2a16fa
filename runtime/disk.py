"""The disk under a folder: whether it still takes what is written. Must not know what is kept there."""

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

PROBE = "disk.probe"
LITTLE = 256 * 1024 * 1024
"""Bytes that are left when it is time to say so."""
_WRITTEN = b"\0" * 64 * 1024
_EVERY = 15.0
"""Seconds."""


def find_disk_fault(folder: Path, little: int = LITTLE) -> str:
    """Say what keeps *folder* from being written to, or that there is little room left; empty if all is well."""
    probe = folder / PROBE
    try:
        with probe.open("wb") as file:
            file.write(_WRITTEN)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    finally:
        with suppress(OSError):
            probe.unlink()
    free = shutil.disk_usage(folder).free
    return f"only {free // 1024**2:,} MiB are left" if free < little else ""


async def watch_disk(folder: Path, say: Callable[[str], None], every: float = _EVERY) -> NoReturn:
    """Say it once when there is trouble, and once when it is over."""
    before = ""
    while True:
        trouble = await asyncio.to_thread(find_disk_fault, folder)
        if bool(trouble) != bool(before):
            say(
                f"Disk       {folder}: {trouble}; make room, or escalations wait (none is lost)"
                if trouble
                else f"Disk       {folder}: there is room again"
            )
        before = trouble
        await asyncio.sleep(every)
