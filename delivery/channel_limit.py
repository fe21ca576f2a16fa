"""
Letters take their turns: a channel with a limit as a whole sends none before its turn, from any worker (COMM-12).

Owns the asking, together for all letters of this worker that ask at once, and the wait for a turn that is near; for one
that is not, Temporal tries again. It must not know what a turn depends on (`escalation.pace`), nor who is told what.

Only times from an answer on are reckoned with, never the clocks of two machines: a turn begins, at the latest, that
long after the answer came, and ends `LEEWAY` and that long after it was asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from time import monotonic
from typing import Any

from temporalio import activity
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from channels.protocol import Channel, Delivered, OutboundMessage, RefusedForGood, RetryLater, Session
from escalation.ids import Own, own_id
from escalation.pace import LEEWAY, MOST_TURNS, ChannelLimit, ReserveSlots, Slots
from escalation.preferences import Limit

PACE = "Pace"
"""The workflow's name on the wire; it starts with a `ChannelLimit`."""
TAKE_TURNS = "take_turns"
"""Its update: takes a `ReserveSlots`, gives `Slots`."""
PACE_QUEUE = "escalations"

_SOON = {False: timedelta(seconds=10), True: timedelta(seconds=20)}
"""How far off a turn may be. What is urgent reaches further, and so goes before all that is not."""
_GATHERED_FOR = timedelta(seconds=0.1)
_PATIENCE = timedelta(seconds=10)


class NoSlotYet(RetryLater):
    """Its turn is not near: no failure, since nothing was tried."""


@dataclass(frozen=True)
class _Turn:
    """By this process's monotonic clock."""

    begins: float
    ends: float


class LimitedChannel:
    """*channel*, one for each worker process, which together send no more by it than *limit* allows."""

    def __init__(self, name: str, channel: Channel, limit: Limit) -> None:
        self.name = name
        self._channel = channel
        self._lines = {urgent: _Line(name, limit, soon) for urgent, soon in _SOON.items()}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        async with self._channel.open() as session:
            yield _PacedSession(session, self._lines)

    async def send(self, letter: OutboundMessage) -> Delivered | RetryLater | RefusedForGood:
        async with self.open() as session:
            return await session.send(letter)


class _PacedSession:
    """One attempt at a wave. Once a turn is too far off for it, the rest of its letters come back together."""

    def __init__(self, session: Session, lines: "Mapping[bool, _Line]") -> None:
        self._session = session
        self._lines = lines
        self._back_at: dict[bool, float] = {}
        self._last_turn = monotonic()

    async def send(self, letter: OutboundMessage) -> Delivered | RetryLater | RefusedForGood:
        turn = None if letter.urgent in self._back_at else await self._lines[letter.urgent].turn()
        return await self._send_in(turn, letter) if turn else self._not_yet(letter.urgent)

    async def _send_in(self, turn: _Turn, letter: OutboundMessage) -> Delivered | RetryLater | RefusedForGood:
        self._last_turn = max(self._last_turn, turn.begins)
        await asyncio.sleep(turn.begins - monotonic())
        if monotonic() > turn.ends:
            return NoSlotYet(why="its turn was missed", after=timedelta())
        return await self._session.send(letter)

    def _not_yet(self, urgent: bool) -> NoSlotYet:
        """Counted from the last turn of this attempt, which goes on until then."""
        if urgent not in self._back_at:
            self._back_at[urgent] = self._lines[urgent].back_at()
        after = self._back_at[urgent] - max(self._last_turn, monotonic())
        return NoSlotYet(why="its turn has not come", after=timedelta(seconds=max(after, 0)))


class _Line:
    """Letters that want a turn. They gather for a moment, and ask together: a wave asks a few times, not for each."""

    def __init__(self, channel: str, limit: Limit, soon: timedelta) -> None:
        self._channel = channel
        self._limit = limit
        self._soon = soon
        self._waiting: list[asyncio.Future[_Turn | None]] = []
        self._asking: asyncio.Task[None] | None = None
        self._next_at = self._promised_at = monotonic()

    async def turn(self) -> _Turn | None:
        """A turn that is near; None, if there is none."""
        if self._next_at > monotonic() + self._soon.total_seconds():
            return None
        mine: asyncio.Future[_Turn | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await mine

    def back_at(self) -> float:
        """When to ask again: each wave at another time, so that a thousand do not come back for one turn."""
        at = max(self._next_at, self._promised_at)
        self._promised_at = at + ((self._limit.within + LEEWAY) / self._limit.at_most).total_seconds()
        return at

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHERED_FOR.total_seconds())
            lot = self._waiting[:MOST_TURNS]
            del self._waiting[:MOST_TURNS]
            for mine, turn in zip_longest(lot, await self._turns(len(lot))):
                if not mine.done():
                    mine.set_result(turn)

    async def _turns(self, count: int) -> Sequence[_Turn]:
        asked_at = monotonic()
        try:
            given = await self._asked(count)
        except Exception as fault:  # whatever it is, nobody may wait for ever
            about = {"channel": self._channel, "fault": type(fault).__name__}
            activity.logger.warning("turns_not_given", extra=about)
            return ()
        answered_at = monotonic()
        self._next_at = answered_at + given.next_after.total_seconds()
        return [
            _Turn(answered_at + after, asked_at + after + LEEWAY.total_seconds())
            for after in (each.total_seconds() for each in given.after)
        ]

    async def _asked(self, count: int) -> Slots:
        limit = self._limit
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            given: Slots = await activity.client().execute_update_with_start_workflow(
                TAKE_TURNS,
                ReserveSlots(at_most=limit.at_most, within=limit.within, count=count, reach=self._soon),
                start_workflow_operation=_pace_of(self._channel),
                result_type=Slots,
            )
        return given


def _pace_of(channel: str) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        PACE,
        ChannelLimit(),
        id=own_id(Own.PACE, channel),
        task_queue=PACE_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
