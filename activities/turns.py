"""
Letters take their turns: a channel with a limit as a whole sends none before its turn, from any worker (COMM-12).

Owns the asking, together for all letters of this worker that ask at once, and the wait for a turn that is near; for one
that is not, Temporal tries again. It must not know what a turn depends on (`escalation.pace`), nor who is told what.

Only times from an answer on are reckoned with, never the clocks of two machines: a turn begins, at the latest, that
long after the answer came, and ends `LEEWAY` and that long after it was asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from time import monotonic
from typing import Any

from temporalio import activity
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from channels.protocol import Channel, Delivered, Later, Letter, Never, Session
from escalation.pace import LEEWAY, MOST_TURNS, Pace, TakeTurns, Turns
from escalation.preferences import Limit

PACE = "Pace"
"""The workflow's name on the wire; it starts with a `Pace`."""
TAKE_TURNS = "take_turns"
"""Its update: takes a `TakeTurns`, gives `Turns`."""
PACE_QUEUE = "escalations"

SOON = timedelta(seconds=10)
SOON_IF_URGENT = timedelta(seconds=20)
"""How far off a turn may be. What is urgent reaches further, so that it goes before all that does not."""
_GATHERED_FOR = timedelta(seconds=0.1)
_PATIENCE = timedelta(seconds=10)


class NotYet(Later):
    """Its turn is not near: no failure, since nothing was tried."""


@dataclass(frozen=True)
class _Turn:
    """By this process's monotonic clock."""

    begins: float
    ends: float


class Paced:
    """*channel*, one for each worker process, which together send no more by it than *limit* allows."""

    def __init__(self, name: str, channel: Channel, limit: Limit) -> None:
        self.name = name
        self._channel = channel
        self._line, self._urgent_line = (_Line(name, limit, soon) for soon in (SOON, SOON_IF_URGENT))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        async with self._channel.open() as session:
            yield _PacedSession(session, self._line, self._urgent_line)

    async def send(self, letter: Letter) -> Delivered | Later | Never:
        async with self.open() as session:
            return await session.send(letter)


@dataclass(frozen=True)
class _PacedSession:
    session: Session
    line: "_Line"
    urgent_line: "_Line"

    async def send(self, letter: Letter) -> Delivered | Later | Never:
        turn = await (self.urgent_line if letter.urgent else self.line).turn()
        if isinstance(turn, Later):
            return turn
        await asyncio.sleep(turn.begins - monotonic())
        if monotonic() > turn.ends:
            return NotYet(why="its turn was missed", after=timedelta())
        return await self.session.send(letter)


class _Line:
    """Letters that want a turn. They gather for a moment, and ask together: a wave asks a few times, not for each."""

    def __init__(self, channel: str, limit: Limit, soon: timedelta) -> None:
        self._channel = channel
        self._limit = limit
        self._soon = soon
        self._waiting: list[asyncio.Future[_Turn | Later]] = []
        self._asking: asyncio.Task[None] | None = None
        self._last = self._next = monotonic()
        """When the last turn that was given begins, and the first that was not."""

    async def turn(self) -> _Turn | Later:
        if self._next > monotonic() + self._soon.total_seconds():
            return self._not_yet()
        mine: asyncio.Future[_Turn | Later] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await mine

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHERED_FOR.total_seconds())
            lot = self._waiting[:MOST_TURNS]
            del self._waiting[:MOST_TURNS]
            turns, otherwise = await self._answer(len(lot))
            for mine, turn in zip_longest(lot, turns):
                if not mine.done():
                    mine.set_result(turn or otherwise)

    async def _answer(self, count: int) -> tuple[Sequence[_Turn], Later]:
        """So many turns at most, and what is said to everybody else."""
        try:
            return await self._asked(count), self._not_yet()
        except Exception as fault:  # whatever it is, nobody may wait for ever
            about = {"channel": self._channel, "fault": type(fault).__name__}
            activity.logger.warning("turns_not_given", extra=about)
            return (), Later(why="no turn could be asked for")

    async def _asked(self, count: int) -> Sequence[_Turn]:
        asked_at = monotonic()
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            given: Turns = await activity.client().execute_update_with_start_workflow(
                TAKE_TURNS,
                TakeTurns(
                    at_most=self._limit.at_most, within=self._limit.within, count=count, reach=self._soon
                ),
                start_workflow_operation=_pace_of(self._channel),
                result_type=Turns,
            )
        answered_at = monotonic()
        turns = [
            _Turn(answered_at + after, asked_at + after + LEEWAY.total_seconds())
            for after in (each.total_seconds() for each in given.after)
        ]
        self._last = turns[-1].begins if turns else self._last
        self._next = answered_at + given.next_after.total_seconds()
        return turns

    def _not_yet(self) -> NotYet:
        """The attempt goes on until the last turn that was given: only then the time until the next begins."""
        after = self._next - max(self._last, monotonic())
        return NotYet(why="its turn has not come", after=timedelta(seconds=max(after, 0)))


def _pace_of(channel: str) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        PACE,
        Pace(),
        id=f"pace/{channel}",
        task_queue=PACE_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
