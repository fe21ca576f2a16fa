"""
Commands that run things: ``serve``, ``setup``, ``demo``.
"""

import asyncio
from typing import Annotated

import typer

from entrypoints.asking import with_client
from entrypoints.demo import demo as tell_demo
from entrypoints.showing import out
from runtime.logging import configure_logging
from runtime.settings import LogFormat, LogLevel
from worker import serve_forever

app = typer.Typer()


@app.command()
def serve() -> None:
    """Run the embedded server and a worker until Ctrl-C; only a worker, where a cluster is configured."""
    raise typer.Exit(serve_forever())


@app.command()
def setup() -> None:
    """Make a Temporal cluster ready: register the search attributes. Can be repeated."""

    registered = with_client(lambda client: client.prepare())
    names = ", ".join(registered.added) or "nothing to do"
    out.print(
        f"Search attributes: {len(registered.present)} were there, {len(registered.added)} added: {names}"
    )


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running afterwards, until Ctrl-C.")] = False,
) -> None:
    """Take a complaint through its whole life, on a server of its own, in about a minute."""
    configure_logging(LogFormat.CONSOLE, LogLevel.ERROR)
    asyncio.run(tell_demo(keep=keep))
