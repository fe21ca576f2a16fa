"""
Base class of what is asked over HTTP: every part of the client, none of which reaches the server itself.

What has no operation can be asked directly alone, and says so.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn, Self

from clients.conversations import Conversations
from clients.http_connection import HttpConnection, path_of
from clients.inboxes import Inboxes
from clients.intakes import Intakes
from clients.rebases import Rebases
from clients.report_schedules import ReportSchedules
from clients.sponsorships import Sponsorships
from clients.task_forces import TaskForces
from runtime.errors import OnlyDirectly


class HttpPart(TaskForces, Conversations, Rebases, Sponsorships, ReportSchedules, Inboxes, Intakes):
    """A part of the client that asks a service."""

    def __init__(self, service: HttpConnection) -> None:
        self._service = service

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, bearer: str = "") -> AsyncIterator[Self]:
        """Ask the service at *url* while the block runs; *bearer*: a key or token that says who asks."""
        service = HttpConnection(url, bearer)
        try:
            yield cls(service)
        finally:
            await service.close()

    def __getattr__(self, name: str) -> NoReturn:
        """
        Refuse what a call without an operation needs: the connection to the server itself, and its runs.

        Raises:
            OnlyDirectly: If that is asked for.
        """
        # Python comes here for what it does not find. The parts below reach the server through these two alone, so a
        # call that has no operation ends here, and never half done.
        if name in {"_temporal", "_runs"}:
            raise OnlyDirectly("this", self._service.url)
        raise AttributeError(name)

    async def _path(self, key: str, *more: str) -> str:
        """
        Raises:
            UnknownEscalation: If *key* can name no escalation; an address could not hold it.
        """
        await self._require_form(key)
        return path_of("escalations", *key.split("/"), *more)

    async def _require_form(self, key: str) -> None:
        raise NotImplementedError
