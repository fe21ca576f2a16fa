"""
Reaching Temporal: one client for all requests, made by the first that needs it.

A server that is away is no reason for the web service not to start; once made, the client finds its server again
by itself.
"""

import asyncio
from time import monotonic

import structlog

from client import EscalationClient, Outage, ServerAway, WorkersSilent
from escalation.kernel.reasons import Part
from runtime.errors import NoServer
from runtime.settings import Settings

PATIENCE = 10.0
"""Seconds before a reader learns that nobody answers: people do not wait longer for a page."""
AGAIN_AFTER = 2.0
"""Seconds before a server that was not there is looked for again: each look may take some, and all wait for it."""

log = structlog.get_logger("web_service")


def why_away(error: Exception) -> Part:
    """Return what callers may be told of *error*; empty, where it has addresses in it: the log has those."""
    return error.why if isinstance(error, ServerAway | WorkersSilent) else ""


class TemporalClientSource:
    """Of the server that is configured in *settings*, unless a *client* is at hand."""

    def __init__(self, settings: Settings, client: EscalationClient | None = None) -> None:
        self._settings = settings
        self._client = client
        self._connecting = asyncio.Lock()
        self._outage = Outage()
        self._again_at = float("-inf")

    async def client(self) -> EscalationClient:
        """
        Raises:
            RuntimeFault: If there is no server, or the settings are wrong.
        """
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> EscalationClient:
        if monotonic() >= self._again_at:
            try:
                return await EscalationClient.connect(self._settings, patience=PATIENCE)
            except NoServer as away:
                if type(away) is not NoServer:  # it is there, and does not let us in: no waiting helps
                    raise
                log.warning("temporal_away", why=str(away))
                self._again_at = monotonic() + AGAIN_AFTER
        raise ServerAway("temporal_away", self._outage.begin())
