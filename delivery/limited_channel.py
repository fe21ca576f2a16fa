"""
A channel with a limit as a whole: no message leaves before its slot, from any worker (COMM-12).

It must not know what a slot depends on (`escalation.notifications.channel_limit`), nor who is notified of what.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from time import monotonic
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from channels.protocol import Channel, OutboundMessage, RetryLater, SendResult, Session
from escalation.contract import CHANNEL_LIMIT, ESCALATION_QUEUE, RESERVE_SLOTS
from escalation.kernel.ids import Own, own_id
from escalation.notifications.channel_limit import LEEWAY, MOST_SLOTS, ChannelLimit, ReserveSlots, Slots
from escalation.policy.preferences import Limit

# One workflow for each limited channel (`workflows.channel_limit`) gives slots, and all workers ask it. A worker asks
# once for all messages that want a slot at the same moment, and waits for a slot that is near. For one that is not, the
# messages stay pending, and come back with the next attempt.
#
# Nobody computes with the clocks of two machines. A slot begins, at the latest, that long after the answer came; it
# ends, at the earliest, that long and `LEEWAY` after it was asked for.

_SOON = {False: timedelta(seconds=10), True: timedelta(seconds=20)}
"""Distance of a slot that is waited for, by urgency: what is urgent reaches further, and so goes first."""
_GATHERED_FOR = timedelta(seconds=0.1)
_PATIENCE = timedelta(seconds=10)

log = structlog.get_logger(__name__)


class NoSlotYet(RetryLater):
    """No slot is near. It is no failure, since nothing was tried."""


@dataclass(frozen=True)
class _Slot:
    """By this process's monotonic clock."""

    begins: float
    ends: float


class LimitedChannel(Channel):
    """*channel*, one for each worker process, which together send no more by it than *limit* allows."""

    def __init__(self, name: str, channel: Channel, limit: Limit) -> None:
        self.name = name
        self._channel = channel
        self._queues = {urgent: _SlotQueue(name, limit, soon) for urgent, soon in _SOON.items()}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        async with self._channel.open() as session:
            yield _LimitedSession(session, self._queues)


class _LimitedSession:
    """One attempt at a batch. Once a slot is too far off for it, the rest of its messages come back together."""

    def __init__(self, session: Session, queues: "Mapping[bool, _SlotQueue]") -> None:
        self._session = session
        self._queues = queues
        self._back_at: dict[bool, float] = {}
        self._last_slot = monotonic()

    async def send(self, message: OutboundMessage) -> SendResult:
        slot = None if message.urgent in self._back_at else await self._queues[message.urgent].slot()
        return await self._send_in(slot, message) if slot else self._not_yet(message.urgent)

    async def _send_in(self, slot: _Slot, message: OutboundMessage) -> SendResult:
        self._last_slot = max(self._last_slot, slot.begins)
        await asyncio.sleep(slot.begins - monotonic())
        if monotonic() > slot.ends:
            return NoSlotYet(why="its slot was missed", after=timedelta())
        return await self._session.send(message)

    def _not_yet(self, urgent: bool) -> NoSlotYet:
        # Counted from the last slot of this attempt, which goes on until then.
        if urgent not in self._back_at:
            self._back_at[urgent] = self._queues[urgent].back_at()
        after = self._back_at[urgent] - max(self._last_slot, monotonic())
        return NoSlotYet(why="the channel may send no more now", after=timedelta(seconds=max(after, 0)))


class _SlotQueue:
    """Messages that want a slot. They gather for a moment and ask together: a batch asks a few times, not for each."""

    def __init__(self, channel: str, limit: Limit, soon: timedelta) -> None:
        self._channel = channel
        self._limit = limit
        self._soon = soon
        self._waiting: list[asyncio.Future[_Slot | None]] = []
        self._asking: asyncio.Task[None] | None = None
        self._next_at = self._promised_at = monotonic()

    async def slot(self) -> _Slot | None:
        """Return a slot that is near; None, if there is none."""
        if self._next_at > monotonic() + self._soon.total_seconds():
            return None
        mine: asyncio.Future[_Slot | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await mine

    def back_at(self) -> float:
        """Return when to ask again: each batch at another time, so that a thousand do not come back for one slot."""
        at = max(self._next_at, self._promised_at)
        self._promised_at = at + ((self._limit.within + LEEWAY) / self._limit.at_most).total_seconds()
        return at

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHERED_FOR.total_seconds())
            lot = self._waiting[:MOST_SLOTS]
            del self._waiting[:MOST_SLOTS]
            for mine, slot in zip_longest(lot, await self._slots(len(lot))):
                if not mine.done():
                    mine.set_result(slot)

    async def _slots(self, count: int) -> Sequence[_Slot]:
        asked_at = monotonic()
        try:
            given = await self._reserve(count)
        except Exception as fault:  # whatever it is, nobody may wait for ever
            log.warning("slots_not_given", channel=self._channel, fault=type(fault).__name__)
            return ()
        answered_at = monotonic()
        self._next_at = answered_at + given.next_after.total_seconds()
        return [
            _Slot(answered_at + after, asked_at + after + LEEWAY.total_seconds())
            for after in (each.total_seconds() for each in given.after)
        ]

    async def _reserve(self, count: int) -> Slots:
        limit = self._limit
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            given: Slots = await activity.client().execute_update_with_start_workflow(
                RESERVE_SLOTS,
                ReserveSlots(at_most=limit.at_most, within=limit.within, count=count, reach=self._soon),
                start_workflow_operation=_start_of(self._channel),
                result_type=Slots,
            )
        return given


def _start_of(channel: str) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        CHANNEL_LIMIT,
        ChannelLimit(),
        id=own_id(Own.CHANNEL_LIMIT, channel),
        task_queue=ESCALATION_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
