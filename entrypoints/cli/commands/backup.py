"""`escalate backup`: all that an embedded installation keeps, in one file."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import argument


def backup(
    target: Annotated[Path, argument("FILE", "Where to write it, such as escalations-2030-01-31.tar.gz.")],
) -> None:
    """Back up the embedded server's state, its record and its keys, while it runs."""
    from entrypoints.terminal import out
    from runtime.settings import Settings
    from runtime.state_backup import back_up

    settings = Settings.load()
    made = back_up(settings.state_folder, target, lambda line: out.print(line, markup=False))
    out.print(f"{target}: the state of {settings.state_folder} at {made.made_at:%Y-%m-%d %H:%M:%S} UTC")
    if settings.records_url is not None:
        out.print("The record is in a database of its own (ESCALATION_RECORDS_URL), and not in this backup.")
