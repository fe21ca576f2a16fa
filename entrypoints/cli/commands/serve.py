"""
Commands that run things: ``serve``, ``gateway``, ``setup``, ``demo``. What they run is imported when it runs.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from entrypoints.cli.client_call import call_client
from entrypoints.cli.render.escalation import out
from escalation.kernel.refusals import BadRequest
from planning.playbook.faults import file_fault

app = typer.Typer()


@app.command()
def serve() -> None:
    """Run the embedded server, a worker and the gateway until Ctrl-C; no server, where a cluster is configured."""
    from entrypoints.web.web_server import serve_with_gateway
    from worker import prepared

    asyncio.run(serve_with_gateway(prepared()))


@app.command()
def gateway() -> None:
    """Run the gateway alone until Ctrl-C: the pages behind links in messages, and starts by webhook."""
    from entrypoints.web.web_server import serve_gateway
    from worker import prepared, say_now

    asyncio.run(serve_gateway(prepared(works=False), say=say_now))


@app.command()
def setup(
    records_only: Annotated[
        bool, typer.Option("--records", help="Only the record store; no Temporal server is needed.")
    ] = False,
) -> None:
    """Make the record store and a Temporal cluster ready: tables, search attributes. Can be repeated."""
    from entrypoints.cli.commands.report.period import open_store

    with open_store() as store:
        out.print(f"Record store: {store.prepare()}")
    if records_only:
        return
    registered = call_client(lambda client: client.prepare())
    names = ", ".join(registered.added) or "nothing to do"
    out.print(
        f"Search attributes: {len(registered.present)} were there, {len(registered.added)} added: {names}"
    )


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running afterwards, until Ctrl-C.")] = False,
    papers: Annotated[
        Path | None,
        typer.Option(
            "--papers",
            metavar="FOLDER",
            file_okay=False,
            help="Write letters, RCA and report there, to look at.",
        ),
    ] = None,
) -> None:
    """Take a complaint through its whole life, on a server of its own, in half a minute."""
    from temporalio.runtime import Runtime

    from entrypoints.demo.walkthrough import demo as tell_demo
    from runtime.log_setup import configure_logging, logging_runtime
    from runtime.setting_types import LogFormat, LogLevel

    if papers:
        _make_folder(papers)
    configure_logging(LogFormat.CONSOLE, LogLevel.ERROR)
    Runtime.set_default(logging_runtime())
    asyncio.run(tell_demo(keep=keep, papers=papers))


def _make_folder(folder: Path) -> None:
    """
    Raises:
        BadRequest: If nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fault = file_fault(folder, error, "a folder that can be written", "--papers")
        raise BadRequest.because("the command", (fault,)) from None


@app.command(hidden=True)
def docs() -> None:
    """Write docs/reference again from the code."""
    from entrypoints.reference_docs.reference import write

    write()
