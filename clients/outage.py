"""
Outages of a Temporal server: since when it has not answered, as those found who ask it over one connection.

While it is known to be away, whoever asks learns so at once, and no question is sent that could be taken in later.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from clients.run_errors import ServerAway

_ANSWERS_WITHIN = timedelta(seconds=2)
_SILENT = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})


@dataclass
class Outage:
    """The outage that goes on, if there is one."""

    since: datetime | None = None

    def begin(self) -> datetime:
        """Note that the server did not answer, and return since when."""
        self.since = self.since or datetime.now(UTC)
        return self.since

    def end(self) -> None:
        """Note that the server answered."""
        self.since = None

    async def require_end(self, client: Client) -> None:
        """
        Ask the server whether it is back, if it was away; nobody waits until it is.

        Raises:
            ServerAway: If it is not.
        """
        if self.since is not None and not await self.has_answer(client):
            raise ServerAway("temporal_away", self.begin())

    async def has_answer(self, client: Client) -> bool:
        """Ask the server for a sign of life, and return whether there was one."""
        try:
            await client.service_client.check_health(retry=False, timeout=_ANSWERS_WITHIN)
        except RPCError as error:
            if error.status in _SILENT:
                self.begin()
                return False
        self.end()
        return True
