"""
Health of a worker, for operators and their tools: that the process lives, and what it can reach.

Owns the addresses `/livez` and `/readyz`. A worker that cannot reach the database or the mail server still works:
what it cannot hand over waits. So Temporal alone makes it unready.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError

from records.errors import RecordStoreFault
from records.migration import require_head
from records.store import RecordStore
from runtime.errors import SettingsFault
from runtime.http_server import serve_http
from runtime.settings import Settings

_PATIENCE = 2.0
"""Seconds for each of what is asked; all are asked at once."""
_NEEDED = "temporal"

log = structlog.get_logger("worker")


@asynccontextmanager
async def serve_health(client: Client, store: RecordStore, settings: Settings) -> AsyncIterator[None]:
    """
    Answer on the health address of the settings while the block runs; nowhere, if there is none.

    Raises:
        SettingsFault: If nothing can listen there.
    """
    async with answer_at(settings.health_address, _Readiness(client, store, settings).answer):
        yield


@asynccontextmanager
async def answer_at(
    address: str | None, ready: Callable[[Request], Awaitable[Response]]
) -> AsyncIterator[None]:
    """
    Answer `/livez`, and `/readyz` by *ready*, at *address* while the block runs; nowhere, if there is none.

    Raises:
        SettingsFault: If nothing can listen there.
    """
    if address is None:
        yield
        return
    routes = [Route("/livez", _live), Route("/readyz", ready)]
    with _listener(address) as listener:
        async with serve_http(Starlette(routes=routes), listener):
            yield


def _listener(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=family)
    except (OSError, OverflowError) as error:
        raise SettingsFault(
            f"ESCALATION_HEALTH_ADDRESS is {address}, where health cannot be served: {error}"
        ) from None


async def _live(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class _Readiness:
    def __init__(self, client: Client, store: RecordStore, settings: Settings) -> None:
        self._client = client
        self._store = store
        self._mail = (settings.smtp_host, settings.smtp_port) if settings.smtp_host else None

    async def answer(self, _: Request) -> Response:
        """Say what can be reached, each by name; 503 if the worker cannot work without what is away."""
        asked: Mapping[str, Awaitable[None]] = {
            "temporal": self._ask_temporal(),
            "records": asyncio.to_thread(require_head, self._store.database),
            **({"mail": self._ask_mail(*self._mail)} if self._mail else {}),
        }
        found = dict(zip(asked, await asyncio.gather(*map(_state, asked.values())), strict=True))
        is_ready = found[_NEEDED] == "ok"
        is_whole = all(state == "ok" for state in found.values())
        status = ("ok" if is_whole else "degraded") if is_ready else "unavailable"
        if not is_whole:
            log.warning("health_not_whole", **{name: state for name, state in found.items() if state != "ok"})
        return JSONResponse({"status": status, **found}, 200 if is_ready else 503)

    async def _ask_temporal(self) -> None:
        await self._client.service_client.check_health()

    @staticmethod
    async def _ask_mail(host: str, port: int) -> None:
        _, writer = await asyncio.open_connection(host, port)
        writer.close()


async def _state(asked: Awaitable[None]) -> str:
    """Return "ok", or the kind of trouble: no address and nobody's words."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await asked
    except TimeoutError:
        return "does not answer"
    except RPCError as error:
        return error.status.name.lower()
    except RecordStoreFault as fault:
        return fault.code
    except OSError:
        return "away"
    return "ok"
