"""
Escalations as the console lists them, open ones and ended ones: read once for all readers who look within the same
moment.

A list of a thousand costs the server a tenth of a second. Each process keeps the last list for a few seconds; nothing
else is in memory, so that any number of processes can stand side by side.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from client import EscalationClient, EscalationFilter, EscalationListing, FoundByWords
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.case.lifecycle import OPEN, State
from escalation.policy.classification import Priority
from escalation.policy.sight import Sight
from runtime.errors import RuntimeFault

FRESH_FOR = 2.0
"""Seconds for which a list is shown again."""
MOST = 10_000
"""Open escalations that are read; who has more of them looks for them by filters."""
MOST_ENDED = 1_000
"""Escalations of each state that has ended that are read: the last started ones."""
ENDED = tuple(state for state in State if state not in OPEN)


class ListFilter(NamedTuple):
    """Filter of the rows of the list, as the address of the page says; empty: anything."""

    state: str = ""
    priority: str = ""
    owner: str = ""
    customer: str = ""
    breached: str = ""
    words: str = ""

    @property
    def is_of_ended(self) -> bool:
        return self.state in ENDED

    @property
    def covers_ended(self) -> bool:
        """True for the states of ended ones, and for a search by words in all states."""
        return self.is_of_ended or (bool(self.words.split()) and not self.state)

    def matches(self, row: EscalationListing, more_words: str = "") -> bool:
        """*more_words*: those of the escalation that its row does not show."""
        return (
            self.state in {"", row.state.value}
            and self.priority in {"", row.priority.value}
            and self.owner in {"", row.owner}
            and (not self.customer or self.customer in row.customers)
            and (not self.breached or row.is_breached)
            and _has_words(row, more_words, self.words)
        )


def _has_words(row: EscalationListing, more: str, words: str) -> bool:
    wanted = words.casefold().split()
    if not wanted:
        return True  # nearly always: a list without a search reads none of its texts
    text = " ".join((row.key, row.subject, row.category, row.owner, *row.customers, more)).casefold()
    return all(word in text for word in wanted)


class Covered(NamedTuple):
    """The rows that one sight covers."""

    rows: Sequence[EscalationListing]
    found: Sequence[FoundByWords]
    """The same rows, with what a search goes by."""
    digest: int
    """Another one where something has changed."""


class ListedEscalations(ABC):
    """A list for all readers; each sees of it what they may look at (IDENTITY-4)."""

    def __init__(self, reach: TemporalClientSource) -> None:
        self._reach = reach
        self._rows: Sequence[FoundByWords] = ()
        self._away: RuntimeFault | None = None
        self._covered = dict[Sight, Covered]()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def rows(self, sight: Sight) -> Sequence[EscalationListing]:
        """
        Return the rows that *sight* covers, in their order.

        Raises:
            RuntimeFault: If Temporal does not answer, or did not just now.
        """
        return (await self.covered_by(sight)).rows

    async def search(self, sight: Sight, wanted: ListFilter) -> Sequence[EscalationListing]:
        """Return the rows that *sight* covers and that are *wanted*, in their order."""
        found = (await self.covered_by(sight)).found
        return [each.line for each in found if wanted.matches(each.line, each.words)]

    async def covered_by(self, sight: Sight) -> Covered:
        """As `rows`, with their digest."""
        async with self._reading:
            if monotonic() - self._read_at > FRESH_FOR:
                await self._read()
        if self._away is not None:
            raise self._away.with_traceback(None)
        if sight not in self._covered:
            found = [each for each in self._rows if sight.covers(each.line.concerned)]
            rows = tuple(each.line for each in found)
            self._covered[sight] = Covered(rows, found, hash(rows))
        return self._covered[sight]

    async def _read(self) -> None:
        self._covered = {}
        try:
            self._rows = await self._rows_of(await self._reach.client())
            self._away = None
        except RuntimeFault as away:
            self._away = away
        self._read_at = monotonic()

    def forget(self) -> None:
        """Read again the next time."""
        self._read_at = float("-inf")

    @abstractmethod
    async def _rows_of(self, client: EscalationClient) -> Sequence[FoundByWords]:
        """Read all rows, in their order."""


class OpenEscalations(ListedEscalations):
    """The open escalations, those that are due first before the others."""

    async def _rows_of(self, client: EscalationClient) -> Sequence[FoundByWords]:
        found = [each async for each in client.list_with_words(EscalationFilter(), limit=MOST)]
        return sorted((each for each in found if not each.line.has_ended), key=lambda each: by_due(each.line))


class EndedEscalations(ListedEscalations):
    """The ended escalations that Temporal still keeps, the last ended first."""

    @property
    def is_cut(self) -> bool:
        """True if there may be more than were read."""
        return any(count >= MOST_ENDED for count in Counter(each.line.state for each in self._rows).values())

    async def _rows_of(self, client: EscalationClient) -> Sequence[FoundByWords]:
        found = [
            each
            for state in ENDED
            async for each in client.list_with_words(EscalationFilter(state=state), limit=MOST_ENDED)
        ]
        return sorted(found, key=lambda each: each.line.ended_at or datetime.now(UTC), reverse=True)


def count_by_state(rows: Iterable[EscalationListing]) -> Sequence[tuple[State, int]]:
    """Return how many rows there are in each state that has some, in the order of the lifecycle."""
    counted = Counter(row.state for row in rows)
    return [(state, counted[state]) for state in State if counted[state]]


def count_by_priority(rows: Iterable[EscalationListing]) -> Sequence[tuple[Priority, int]]:
    """Return how many rows there are of each priority that has some."""
    counted = Counter(row.priority for row in rows)
    return [(priority, counted[priority]) for priority in Priority if counted[priority]]


def latest_by_key(rows: Iterable[EscalationListing]) -> Mapping[str, datetime]:
    """Return when the latest escalation of each key was opened: the key leads to that one."""
    found = dict[str, datetime]()
    for row in rows:
        found[row.key] = max(row.opened_at, found.get(row.key, row.opened_at))
    return found


def by_due(row: EscalationListing) -> tuple[bool, datetime]:
    """Return the place of a row in a list: what is due first stands first, what has no due time last."""
    return row.next_due_at is None, row.next_due_at or row.opened_at
