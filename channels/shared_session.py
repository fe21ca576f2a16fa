"""
Channels whose messages share connections, made when the first messages need them.

Owns when a session begins and ends. Must not know what is connected to.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from channels.protocol import Delivered, OutboundMessage, RefusedForGood, RetryLater, Session


class ClosableSession(Session, Protocol):
    """A session that holds connections."""

    async def close(self) -> None: ...


class SharedSessionChannel(ABC):
    """Opens a session for a wave, or for one message alone."""

    @abstractmethod
    def _session(self) -> ClosableSession:
        """A fresh one, with nothing open yet."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """A session whose messages share connections."""
        session = self._session()
        try:
            yield session
        finally:
            await session.close()

    async def send(self, message: OutboundMessage) -> Delivered | RetryLater | RefusedForGood:
        """Deliver one message over a connection of its own."""
        async with self.open() as session:
            return await session.send(message)
