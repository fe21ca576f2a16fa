"""
Reaching Temporal: one client for all requests, made by the first that needs it.

A server that is away is no reason for the web service not to start; once made, the client finds its server again
by itself.
"""

import asyncio

from client import EscalationClient
from runtime.settings import Settings

PATIENCE = 10.0
"""Seconds before a reader learns that nobody answers: people do not wait longer for a page."""


class TemporalClientSource:
    """Of the server that is configured in *settings*, unless a *client* is at hand."""

    def __init__(self, settings: Settings, client: EscalationClient | None = None) -> None:
        self._settings = settings
        self._client = client
        self._connecting = asyncio.Lock()

    async def client(self) -> EscalationClient:
        """
        Raises:
            RuntimeFault: If there is no server, or the settings are wrong.
        """
        async with self._connecting:
            if self._client is None:
                self._client = await EscalationClient.connect(self._settings, patience=PATIENCE)
            return self._client
