"""`escalate demo`: a complaint from start to end."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import option


def demo(
    keep: Annotated[bool, option("--keep", "Leave it running afterwards, until Ctrl-C.")] = False,
    papers: Annotated[
        Path | None,
        option(
            "--papers",
            "Write the messages, the RCA and the report there, to look at.",
            "FOLDER",
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Take a complaint through its whole life, on a server of its own, in half a minute."""
    import asyncio

    from temporalio.runtime import Runtime

    from entrypoints.cli.option_values import make_folder
    from entrypoints.cli.program import run
    from entrypoints.demo import walkthrough
    from runtime.log_setup import configure_logging, logging_runtime
    from runtime.setting_types import LogFormat, LogLevel

    if papers:
        make_folder(papers, "--papers")
    configure_logging(LogFormat.CONSOLE, LogLevel.ERROR)
    Runtime.set_default(logging_runtime())
    asyncio.run(walkthrough.demo(run, keep=keep, papers=papers))
