"""
Progress of one attempt at a batch: what is settled, what was decided, and what waits for the next attempt.

It must not know Temporal, channels, texts or inboxes: `activities.batch_heartbeat` keeps it with the server.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from delivery.recipient_message import Message
from escalation.kernel.reasons import Part
from escalation.notifications.delivery_results import DeliveryResult

LATE_AFTER = timedelta(minutes=1)
"""Age of an attempt from which on a message is checked again before it leaves."""
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Attempt:
    """One attempt at a batch, as Temporal makes it."""

    number: int
    """From 1 on, within one activity."""
    scheduled_at: datetime
    """The same for every attempt."""
    started_at: datetime
    is_repeat: bool
    """An earlier activity, of which nothing is known, may have sent any message of this batch."""
    is_stopping: Callable[[], bool]
    """True when the worker stops, or nobody waits for this activity any more."""
    save: Callable[["Progress"], Coroutine[Any, Any, bool]]
    """Have the server keep the progress now, before anything else happens; False, if it cannot."""

    @property
    def is_late(self) -> bool:
        """True if the facts of the batch may have changed since it was made (COMM-12)."""
        return self.is_repeat or (self.number > 1 and self.started_at - self.scheduled_at > LATE_AFTER)


@dataclass(frozen=True)
class Deferral:
    """Not before *until*, and why."""

    until: datetime
    why: Part
    is_quiet: bool


@dataclass(frozen=True)
class PendingDelivery:
    """Nothing is settled: what stands in the way, and how long the channel asked to wait."""

    results: tuple[DeliveryResult, ...]
    after: timedelta | None = None


Outcome = tuple[DeliveryResult, ...] | PendingDelivery
"""End of a message's way in this attempt."""


@dataclass
class Progress:
    """Law: what is in `settled` stays as it is, and a decision is made once (COMM-12)."""

    messages: Sequence[Message]
    settled: dict[str, DeliveryResult] = field(default_factory=dict)
    """By the keys of the notifications."""
    decisions: dict[str, Deferral | None] = field(default_factory=dict)
    """By the key of a message that may be deferred: how long it is; None: it leaves by itself."""
    postponed: dict[str, PendingDelivery] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, *results: DeliveryResult) -> None:
        self.settled |= {result.key: result for result in results}
        self.changed.set()

    def note(self, message: Message, outcome: Outcome) -> None:
        if isinstance(outcome, PendingDelivery):
            self.postponed[message.key] = outcome
            self.changed.set()
        else:
            self.settle(*outcome)

    @property
    def pending(self) -> Iterator[Message]:
        """Each message that is still to leave, without what is settled of it."""
        left = (message.without(self.settled) for message in self.messages)
        return (message for message in left if message)

    @property
    def pending_count(self) -> int:
        return sum(len(message.notices) for message in self.pending)

    @property
    def count(self) -> int:
        return sum(len(message.notices) for message in self.messages)

    @property
    def results(self) -> tuple[DeliveryResult, ...]:
        """In the order of the batch."""
        keys = (key for message in self.messages for key in message.keys)
        return tuple(self.settled[key] for key in keys if key in self.settled)

    @property
    def obstacles(self) -> tuple[DeliveryResult, ...]:
        """Undelivered results of those that wait for another attempt."""
        return tuple(result for each in self.postponed.values() for result in each.results)

    @property
    def figures(self) -> dict[str, int]:
        """Count for the log: delivered, undelivered, waiting; if there are any, deferred or dropped."""
        results = self.results
        delivered = sum(result.delivered_at is not None for result in results)
        failed = sum(result.has_failed for result in results)
        figures = {"delivered": delivered, "undelivered": failed, "waiting": self.pending_count}
        others = len(results) - delivered - failed
        return figures | ({"deferred_or_dropped": others} if others else {})

    @property
    def retry_after(self) -> timedelta | None:
        """The shortest wait that a channel asked for, if all did; None: the retry policy says."""
        # Not all were tried: this worker stops, and another goes on.
        if len(self.postponed) < sum(1 for _ in self.pending):
            return timedelta(seconds=1)
        waits = [each.after for each in self.postponed.values() if each.after is not None]
        is_asked_by_all = len(waits) == len(self.postponed)
        return min(max(min(waits), SHORTEST_WAIT), LONGEST_WAIT) if is_asked_by_all else None
