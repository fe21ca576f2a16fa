"""
The worker process: connect, register, run until asked to stop. `python worker.py`, or `escalate serve` with a server.

Owns the process: its connection, its signals, and what runs beside. What it works on is wired in ``workers/``.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

import structlog
from temporalio.client import Client
from temporalio.runtime import Runtime

from encryption.encryption_setup import encryption_of
from escalation.kernel.characters import remove_harmful
from escalation.kernel.refusals import EscalationError
from runtime import disk
from runtime.connection import connect, is_configured
from runtime.embedded import EmbeddedServer, keep_stopped
from runtime.errors import EmbeddedServerFault, RuntimeFault, SettingsFault
from runtime.garbage_collection import collect_garbage_seldom
from runtime.log_setup import configure_logging, logging_runtime
from runtime.process_exit import exit_process
from runtime.search_attribute_setup import ensure_search_attributes
from runtime.settings import Settings
from workers.queue_workers import GRACE, plugin_of, serve_queues, usable_record_store
from workflows import search_attributes

TOO_SOON = timedelta(seconds=5)  # a server that ends so soon after its start will do so again
KEPT_FOR = timedelta(days=90)
"""The time for which the embedded server keeps ended runs: to look at, and to reopen."""

_HELP = (
    "Run a worker for the Temporal server that TEMPORAL_ADDRESS or a profile names, until Ctrl-C or SIGTERM. "
    "`escalate serve` runs one together with a server of its own."
)
_SETTINGS = (
    "It takes no arguments. Its settings are environment variables: docs/reference/settings.md lists them."
)

log = structlog.get_logger("worker")


async def run_worker(client: Client, settings: Settings, stop: asyncio.Event) -> None:
    """
    Register what the cluster lacks, then work until *stop* is set.

    Raises:
        SearchAttributesFault: If the cluster lacks search attributes and this client may not add them.
    """
    await ensure_search_attributes(client, search_attributes.ALL)
    async with serve_queues(client, settings):
        collect_garbage_seldom()
        log.info(
            "worker_started",
            address=client.service_client.config.target_host,
            namespace=client.namespace,
            build=settings.build,
        )
        await stop.wait()
        log.info("worker_stopping", within_seconds=GRACE.total_seconds())
    log.info("worker_stopped")


@dataclass(frozen=True)
class Serving:
    """The services that `serving` runs: a connected client, and the embedded server unless a cluster is configured."""

    client: Client
    server: EmbeddedServer | None


@asynccontextmanager
async def serving(settings: Settings, *, always_embedded: bool = False) -> AsyncIterator[Serving]:
    """Run server and workers while the block runs; the cluster that is configured, else an embedded server."""
    server = None
    if always_embedded or not is_configured():
        server = EmbeddedServer.from_settings(settings, search_attributes.ALL)
    async with AsyncExitStack() as running:
        if server is not None:
            await running.enter_async_context(server)
        address = server.address if server is not None else None
        client = await connect(settings, plugins=[plugin_of(settings)], address=address)
        await ensure_search_attributes(client, search_attributes.ALL)
        if server is not None:
            await keep_stopped(client, KEPT_FOR)
        await running.enter_async_context(serve_queues(client, settings))
        collect_garbage_seldom()
        yield Serving(client, server)


say_now = partial(print, flush=True)
"""Whoever waits for these lines may read them from a file or a pipe."""

Beside = Callable[[Serving], AbstractAsyncContextManager[str]]
"""Run the tasks beside server and workers for as long as these run; yields a line that says so."""


async def serve(
    settings: Settings, *, beside: Sequence[Beside] = (), say: Callable[[str], None] = say_now
) -> None:
    """
    `escalate serve`: server and workers until Ctrl-C or SIGTERM, and what runs *beside*; nothing is left running.

    Raises:
        EmbeddedServerFault: If the server cannot start, or ends soon after; later it is started again.
    """
    with stop_signals() as stop:
        async with serving(settings) as running, AsyncExitStack() as others:
            lines = [await others.enter_async_context(other(running)) for other in beside]
            for line in (*_summary(running, settings), *lines, "Ready; Ctrl-C stops."):
                say(line)
            await _until_stopped(stop, running.server, say)
            say("stopping: work under way has 30 s to finish; Ctrl-C again leaves at once")
    say("stopped")


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """
    Turn the first SIGINT or SIGTERM into an event; a second one ends the process at once.

    Nothing is lost then either: the server's keeper ends the server, and Temporal retries what was under way.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note_signal(signum: signal.Signals) -> None:
        if stop.is_set():
            exit_process(128 + signum)
        stop.set()

    handled = (signal.SIGINT, signal.SIGTERM)
    for signum in handled:
        loop.add_signal_handler(signum, note_signal, signum)
    try:
        yield stop
    finally:
        for signum in handled:
            loop.remove_signal_handler(signum)


def _summary(running: Serving, settings: Settings) -> Iterator[str]:
    if running.server is None:
        yield f"Temporal   {running.client.service_client.config.target_host} (as configured)"
    else:
        yield f"Temporal   {running.server.address} (embedded)"
        yield f"Web UI     {running.server.ui_url}"
        yield f"State      {running.server.state}"
    yield f"Namespace  {running.client.namespace}"
    yield f"Playbook   {settings.playbook}"
    yield f"Encrypted  {_encryption_line(settings)}"
    yield f"Records    {usable_record_store(settings).database.where}"
    printed = "printed here; ESCALATION_SMTP_HOST names a server that sends"
    yield f"Mail       {f'{settings.smtp_host}:{settings.smtp_port}' if settings.smtp_host else printed}"


def _encryption_line(settings: Settings) -> str:
    if ring := encryption_of(settings).ring:
        return f"what Temporal stores, by the key {ring.keys[0].name}"
    return "nothing; ESCALATION_ENCRYPTION_KEYS has keys that do"


async def _until_stopped(
    stop: asyncio.Event, server: EmbeddedServer | None, say: Callable[[str], None]
) -> None:
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
    if server is not None:
        waits += [
            asyncio.create_task(_keep_running(server)),
            asyncio.create_task(disk.watch_disk(server.state, say)),
        ]
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    for wait in done:
        wait.result()


async def _keep_running(server: EmbeddedServer) -> NoReturn:
    """Start the server again when it ends by itself: its file has everything, and the workers find it again."""
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            await server.until_gone()
        except EmbeddedServerFault:
            if clock() - began < TOO_SOON.total_seconds():
                raise
            log.error("embedded_server_ended", runs_again=True, log=str(server.log))
            await server.restart()


def prepared(*, measures: bool = True) -> Settings:
    """The settings of this process, and its logging set up as they say; its metrics too, if it *measures*."""
    settings = Settings.load()
    configure_logging(settings.log_format, settings.log_level)
    Runtime.set_default(logging_runtime(settings.metrics_address if measures else None))
    return settings


async def work() -> None:
    """Run one worker in this process until asked to stop."""
    settings = prepared()
    with stop_signals() as stop:
        client = await connect(settings, plugins=[plugin_of(settings)])
        await run_worker(client, settings, stop)


def main() -> None:
    """Run a worker until asked to stop; exit 0 then, 2 if a setting is wrong, 1 after any other fatal error."""
    argparse.ArgumentParser(prog="python worker.py", description=_HELP, epilog=_SETTINGS).parse_args()
    try:
        asyncio.run(work())
    except (RuntimeFault, EscalationError) as fault:
        sys.stderr.write(f"{remove_harmful(str(fault))}\n")
        exit_process(2 if isinstance(fault, SettingsFault) else 1)
    except BaseException:
        log.exception("worker_failed")
        exit_process(1)
    exit_process(0)


if __name__ == "__main__":
    main()
