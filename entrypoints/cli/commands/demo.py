"""`escalate demo`: a complaint from start to end."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running afterwards, until Ctrl-C.")] = False,
    papers: Annotated[
        Path | None,
        typer.Option(
            "--papers",
            metavar="FOLDER",
            file_okay=False,
            help="Write the messages, the RCA and the report there, to look at.",
        ),
    ] = None,
) -> None:
    """Take a complaint through its whole life, on a server of its own, in half a minute."""
    import asyncio

    from temporalio.runtime import Runtime

    from entrypoints.cli.option_values import make_folder
    from entrypoints.demo import walkthrough
    from runtime.log_setup import configure_logging, logging_runtime
    from runtime.setting_types import LogFormat, LogLevel

    if papers:
        make_folder(papers, "--papers")
    configure_logging(LogFormat.CONSOLE, LogLevel.ERROR)
    Runtime.set_default(logging_runtime())
    asyncio.run(walkthrough.demo(keep=keep, papers=papers))
