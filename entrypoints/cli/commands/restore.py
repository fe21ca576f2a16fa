"""`escalate restore`: a backup put back."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import argument, option


def restore(
    source: Annotated[Path, argument("FILE", "A file that `escalate backup` wrote.")],
    replace: Annotated[bool, option("--replace", "Put aside what the state folder has already.")] = False,
) -> None:
    """Put a backup into the state folder, on which nothing may run. What became due since is done at the next start."""
    import asyncio
    import os

    from entrypoints.terminal import out
    from runtime import state_backup
    from runtime.settings import Settings
    from runtime.state_folder import lock_folder

    folder = Settings.load().state_folder
    held = asyncio.run(lock_folder(folder))
    try:
        made = state_backup.restore(
            source, folder, lambda line: out.print(line, markup=False), replace=replace
        )
    finally:
        os.close(held)
    out.print(f"{folder} is as it was at {made.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    out.print(
        "Start it with `escalate serve`; then `escalate records rebuild` puts on record what the backup lacks."
    )
