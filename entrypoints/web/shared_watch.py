"""
Shared watches: whoever follows the same escalation shares one look at it.

Any number of streams costs Temporal as much as one, and this process the timeline once. A look that fails because
nobody answers is made again, so streams go on where they were. Must not know HTTP.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import Context

import structlog

from client import EscalationClient, Stalled
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.kernel.refusals import UnknownEscalation
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.policy.sight import Sight
from runtime.errors import RuntimeFault

LOOKS_EVERY = 2.0
"""Seconds between two looks at an escalation that somebody follows."""

_Entries = Sequence[TimelineEntry]

log = structlog.get_logger("web_service")


class Watch:
    """Looks at one escalation, for as long as somebody follows it."""

    def __init__(self, client: EscalationClient, key: str) -> None:
        self.followers = 0
        self.trouble: Exception | None = None
        """The reason why nothing is known now: nobody answers."""
        self.changed = asyncio.Event()
        """Set at the next change, and then another one."""
        self._client = client
        self._key = key
        self._entries = list[TimelineEntry]()
        self._covered = dict[Sight, bool]()
        self._asking = asyncio.Lock()
        # In a context of its own: the looks are no part of the request that happened to come first.
        self._looking = asyncio.create_task(self._look(), context=Context())
        self._looking.add_done_callback(_note_end)

    @property
    def is_over(self) -> bool:
        return self._looking.done()

    @property
    def last(self) -> int:
        """The number of the last entry."""
        return self._entries[-1].seq if self._entries else 0

    def end(self) -> None:
        self._looking.cancel()

    async def begun(self) -> None:
        """
        Wait for the first look.

        Raises:
            EscalationError, RuntimeFault: If the escalation, or Temporal, is not there.
        """
        if not self._entries and not self.is_over:
            await self.changed.wait()
        if not self._entries:
            self._looking.result()

    async def entries(self, visitor: EscalationClient, sight: Sight, after: int) -> AsyncIterator[_Entries]:
        """Yield what happened past the number *after*, as it happens, as long as *visitor*, of *sight*, may look."""
        while True:
            changed, is_over = self.changed, self.is_over
            new = self._entries[bisect_right(self._entries, after, key=_seq) :]
            if new and not await self.is_covered(visitor, sight):
                return
            if new:
                after = new[-1].seq
                yield new
            elif is_over:
                return
            else:
                await changed.wait()

    async def is_covered(self, visitor: EscalationClient, sight: Sight) -> bool:
        """Ask once for all of one sight each time that something happened: who has a part in it may have changed."""
        async with self._asking:
            if sight not in self._covered:
                try:
                    await visitor.require_sight(self._key)
                    self._covered[sight] = True
                except UnknownEscalation:
                    self._covered[sight] = False
            return self._covered[sight]

    async def _look(self) -> None:
        try:
            while not await self._has_ended():  # noqa: ASYNC110 - nothing announces that Temporal is back
                await asyncio.sleep(LOOKS_EVERY)
        finally:
            self._tell()

    async def _has_ended(self) -> bool:
        """Look until the escalation ends, or, once there was a first look, until nobody answers."""
        try:
            async for _, found in self._client.watch(self._key, every=LOOKS_EVERY):
                self._entries += [entry for entry in found if entry.seq > self.last]
                self.trouble = None
                self._tell()
        except (RuntimeFault, Stalled) as away:
            if not self._entries:
                raise
            log.warning("watch_waits", why=type(away).__name__)
            self.trouble = away
            self._tell()
            return False
        return True

    def _tell(self) -> None:
        self._covered.clear()
        self.changed.set()
        self.changed = asyncio.Event()


class Watches:
    """The escalations that somebody follows at this process."""

    def __init__(self, reach: TemporalClientSource) -> None:
        self._reach = reach
        self._watches = dict[str, Watch]()

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[Watch]:
        """Share the watch of *key*; the last one who leaves ends it."""
        client = await self._reach.client()
        watch = self._watches.get(key)
        if watch is None or watch.is_over:
            watch = self._watches[key] = Watch(client, key)
        watch.followers += 1
        try:
            yield watch
        finally:
            watch.followers -= 1
            if not watch.followers:
                watch.end()
                if self._watches.get(key) is watch:
                    del self._watches[key]


def _seq(entry: TimelineEntry) -> int:
    return entry.seq


def _note_end(looking: asyncio.Task[None]) -> None:
    """Look at the error that ended a watch, if one did: else asyncio logs that nobody has."""
    if not looking.cancelled():
        looking.exception()
