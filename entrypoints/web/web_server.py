"""
Run the web service: beside server and worker (`escalate serve`), or alone (`escalate web`).

Owns the socket and the HTTP server's life. Tokens are in addresses, so the HTTP server writes no access log.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from starlette.types import ASGIApp

from client import EscalationClient
from entrypoints.web.access import access_line, open_audit
from entrypoints.web.app import make_app
from entrypoints.web.event_stream import STOPPING
from entrypoints.web.slow_client_limit import PromptProtocol
from entrypoints.web.temporal_client import PATIENCE, TemporalClientSource
from runtime.connection import connect_config
from runtime.errors import PortTaken, SettingsFault
from runtime.http_server import serve_http
from runtime.setting_types import Access, is_this_machine
from runtime.settings import Settings
from runtime.signed_links import is_all_printed
from worker import Serving, serve, stop_signals

log = structlog.get_logger("web_service")


async def serve_with_web_service(settings: Settings) -> None:
    """
    Run server, worker and web service until stopped; without the web service, where its port is off.

    Raises:
        RuntimeFault: If one of them cannot start.
    """
    if settings.gateway_port is None:
        await serve(settings)
        return
    with bind_port(settings) as listener:
        if is_all_printed(settings):  # here, so links may lead here
            settings = settings.model_copy(
                update={"gateway_url": settings.gateway_url or local_url(listener)}
            )
        await serve(settings, beside=[partial(run_beside, settings, listener)])


async def serve_web_service(settings: Settings, *, say: Callable[[str], None] = print) -> None:
    """
    Run the web service alone until stopped. Temporal may be away, now or later: readers are asked to try again.

    Raises:
        RuntimeFault: If it cannot start.
    """
    connect_config()  # a wrong profile is reported now, not to the first reader
    with bind_port(settings) as listener, stop_signals() as stop:
        async with (
            open_audit(settings) as audit,
            serve_app(make_app(settings, TemporalClientSource(settings), audit=audit), listener),
        ):
            say(f"Console    {local_url(listener)}")
            say(access_line(settings))
            say("Ready; Ctrl-C stops.")
            await stop.wait()
    say("stopped")


@asynccontextmanager
async def run_beside(settings: Settings, listener: socket.socket, running: Serving) -> AsyncIterator[str]:
    client = EscalationClient(running.client, patience=PATIENCE)
    unlinked = "" if settings.gateway_url else "; messages carry no links until ESCALATION_GATEWAY_URL is set"
    async with (
        open_audit(settings) as audit,
        serve_app(make_app(settings, TemporalClientSource(settings, client), audit=audit), listener),
    ):
        yield f"Console    {local_url(listener)}{unlinked}\n{access_line(settings)}"


@contextlib.contextmanager
def bind_port(settings: Settings) -> Iterator[socket.socket]:
    """
    A socket on the port of the web service, closed at the end.

    Raises:
        PortTaken: If something else listens there.
        SettingsFault: If there is no such host here, or the port is off.
    """
    host, port = settings.gateway_host, settings.gateway_port
    if port is None:
        raise SettingsFault("ESCALATION_GATEWAY_PORT is 'off'; allowed here: a port, 0 to 65535")
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        _require_guarded(settings, str(address[0]))
        listener = socket.create_server(address[:2], family=family)
    except PermissionError:
        raise SettingsFault(
            f"ESCALATION_GATEWAY_PORT is {port}, which this user may not use; allowed: a port from 1024 on"
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} is wanted for the web service, but something else already listens there; stop that, or "
                "choose another port with ESCALATION_GATEWAY_PORT (0 picks a free one, off leaves the gateway out)"
            ) from None
        raise SettingsFault(
            f"ESCALATION_GATEWAY_HOST is {host!r} ({error.strerror}); allowed: a name or address of this machine"
        ) from None
    # Its connections inherit this. asyncio sets it only where a socket says its protocol, and without it each answer on
    # a connection that is kept waits 40 ms: for the reader to confirm the headers, before the body leaves.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with listener:
        yield listener


def _require_guarded(settings: Settings, address: str) -> None:
    """
    Raises:
        SettingsFault: If everybody on the network would be believed, and nobody said so.
    """
    if settings.access is Access.OPEN and not is_this_machine(address):
        raise SettingsFault(
            f"ESCALATION_GATEWAY_HOST is {settings.gateway_host!r}, where others reach the gateway, and nobody signs "
            "in; allowed: 127.0.0.1, or ESCALATION_ACCESS=signed_in, or open_to_network to believe whoever reaches it"
        )


@asynccontextmanager
async def serve_app(
    app: ASGIApp, listener: socket.socket, protocol: type[PromptProtocol] = PromptProtocol
) -> AsyncIterator[None]:
    """Answer on *listener* while the block runs; requests under way at the end have 5 s to finish."""
    stopping = asyncio.Event()
    async with serve_http(app, listener, protocol=protocol, state={STOPPING: stopping}):
        log.info("web_service_started", address=local_url(listener))
        try:
            yield
        finally:
            stopping.set()


def local_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
