"""
Ports on this machine: which are free, and who has the others.

Owns the questions asked before a server starts. It must not know which server.
"""

import asyncio
import contextlib
import socket
from datetime import timedelta

from temporalio.service import ConnectConfig, RPCError, ServiceClient

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Pick a port that is free now; nothing keeps it free."""
    with _socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* now."""
    with _socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


async def is_temporal(address: str, *, within: timedelta = timedelta(seconds=1)) -> bool:
    """Say whether a healthy Temporal frontend answers at *address*."""
    # The SDK reports a failed connection as a bare RuntimeError, and a failed call as an RPCError, which is none: a
    # server that has begun to answer may not know its services yet.
    with contextlib.suppress(RuntimeError, RPCError, ValueError, TimeoutError):
        async with asyncio.timeout(within.total_seconds()):
            service = await ServiceClient.connect(ConnectConfig(target_host=address))
            return await service.check_health(timeout=within)
    return False


def _socket() -> socket.socket:
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As servers do; without it a port just left counts as taken for a minute.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
