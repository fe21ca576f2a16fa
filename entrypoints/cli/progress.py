"""A bar of progress on standard error; the answer of the command is not touched."""

from typing import TYPE_CHECKING

from rich.progress import Progress, TimeElapsedColumn

from entrypoints.terminal import err

if TYPE_CHECKING:
    pass


def progress(in_json: bool) -> Progress:
    """On standard error, and only for people."""
    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=in_json or not err.is_terminal)
