"""
How far a wave is: who is settled, what is decided, who waits for another attempt, and what the server knows of it.

Owns heartbeats and the error that asks for another attempt. It must not know channels, texts or inboxes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from delivery.message import Message
from delivery.quiet_and_limits import Deferral
from escalation.numbers import number_of
from escalation.receipts import DeliveryResult

DELIVERY_PENDING = "delivery_pending"
"""The type of the error that asks for another attempt; its details are those of the heartbeats."""

HEARTBEAT_AT_LEAST_EVERY = timedelta(seconds=5)
HEARTBEAT_AT_MOST_EVERY = timedelta(seconds=0.1)
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)

_PATIENCE = timedelta(seconds=10)
_RECEIPTS = TypeAdapter(tuple[DeliveryResult, ...])
_DECIDED = TypeAdapter(dict[str, Deferral | None])


@dataclass(frozen=True)
class PendingDelivery:
    """
    Not told yet, and may well be: what stands in the way, and how long the medium asked to wait.
    """

    receipts: tuple[DeliveryResult, ...]
    after: timedelta | None


Result = tuple[DeliveryResult, ...] | PendingDelivery
"""What became of a message."""


@dataclass
class Progress:
    """
    Who was told. What is in `settled` is so, for better or worse.
    """

    messages: Sequence[Message]
    settled: dict[str, DeliveryResult]
    decided: dict[str, Deferral | None] = field(default_factory=dict)
    """By the key of a message that can wait: how long it does; None: it leaves by itself. Decided once (COMM-12)."""
    pending: dict[str, PendingDelivery] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, *receipts: DeliveryResult) -> None:
        self.settled |= {receipt.key: receipt for receipt in receipts}
        self.changed.set()

    def note(self, message: Message, result: Result) -> None:
        if isinstance(result, PendingDelivery):
            self.pending[message.key] = result
            self.changed.set()
        else:
            self.settle(*result)

    @property
    def untold(self) -> Iterator[Message]:
        """Each message that is still to leave, without what is settled of it."""
        left = (message.without(self.settled) for message in self.messages)
        return (message for message in left if message)

    @property
    def is_complete(self) -> bool:
        return next(self.untold, None) is None

    @property
    def receipts(self) -> tuple[DeliveryResult, ...]:
        keys = (key for message in self.messages for key in message.keys)
        return tuple(self.settled[key] for key in keys if key in self.settled)

    @property
    def figures(self) -> dict[str, int]:
        """
        For the log line: how many were told, could not be told, are held or dropped, and are still to be told.
        """
        receipts = self.receipts
        told = sum(receipt.delivered_at is not None for receipt in receipts)
        failed = sum(receipt.has_failed for receipt in receipts)
        figures = {"delivered": told, "undelivered": failed, "waiting": self._missing}
        if others := len(receipts) - told - failed:
            figures["held_or_dropped"] = others
        return figures

    @property
    def _missing(self) -> int:
        return sum(len(message.notices) for message in self.untold)

    @property
    def details(self) -> tuple[Any, ...]:
        """
        The receipts so far, undelivered ones of those who wait, and what was decided if anything was, as plain JSON.
        """
        pending = tuple(receipt for each in self.pending.values() for receipt in each.receipts)
        told = (
            _RECEIPTS.dump_python(self.receipts, mode="json"),
            _RECEIPTS.dump_python(pending, mode="json"),
        )
        return (*told, _DECIDED.dump_python(self.decided, mode="json")) if self.decided else told

    def asks_for_another_attempt(self) -> ApplicationError:
        all_of_them = sum(len(message.notices) for message in self.messages)
        return ApplicationError(
            f"{self._missing} of {number_of(all_of_them, 'message')} still to be delivered",
            *self.details,
            type=DELIVERY_PENDING,
            next_retry_delay=self._next_retry_after(),
            category=ApplicationErrorCategory.BENIGN,
        )

    def _next_retry_after(self) -> timedelta | None:
        """
        The shortest wait that a medium asked for, if all did; else the retry policy says.
        """
        if len(self.pending) < sum(1 for _ in self.untold):
            return timedelta(seconds=1)  # not all were tried: this worker stops, and another goes on
        afters = [pending.after for pending in self.pending.values()]
        asked = [after for after in afters if after is not None]
        return min(max(min(asked), SHORTEST_WAIT), LONGEST_WAIT) if len(asked) == len(afters) else None


def settled_before() -> dict[str, DeliveryResult]:
    """
    From the last heartbeat of an earlier attempt. If it cannot be read, all are told again rather than nobody.
    """
    details = activity.info().heartbeat_details
    try:
        receipts = _RECEIPTS.validate_python(details[0]) if details else ()
    except ValidationError:
        receipts = ()
    return {receipt.key: receipt for receipt in receipts}


def decided_before() -> dict[str, Deferral | None]:
    """As `settled_before`: which messages leave by themselves, and which wait."""
    details = activity.info().heartbeat_details
    try:
        return _DECIDED.validate_python(details[2]) if len(details) > 2 else {}
    except ValidationError:
        return {}


async def record_decisions(progress: Progress) -> None:
    """
    Have the server keep *progress* now. Other heartbeats are gathered for a while, and a crash loses them; so call this
    before the first of those, which could arrive later and hold less.

    Raises:
        RPCError: If the server cannot keep it.
        AsyncActivityCancelledError: If nobody waits for this activity any more.
    """
    ours = activity.client().get_async_activity_handle(task_token=activity.info().task_token)
    await ours.heartbeat(*progress.details, rpc_timeout=_PATIENCE)


@asynccontextmanager
async def heartbeats(progress: Progress) -> AsyncIterator[None]:
    """
    Tell the server of all progress soon, and of being alive in between; for the last time when it does not end well.
    """
    beating = asyncio.create_task(_beat(progress))
    try:
        yield
    except BaseException:
        activity.heartbeat(*progress.details)
        raise
    finally:
        beating.cancel()


async def _beat(progress: Progress) -> None:
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_AT_LEAST_EVERY.total_seconds()):
                await progress.changed.wait()
        except TimeoutError:
            pass
        # Waits before it speaks: a small wave is over by then, and needs none.
        await asyncio.sleep(HEARTBEAT_AT_MOST_EVERY.total_seconds())
        progress.changed.clear()
        activity.heartbeat(*progress.details)
