"""
Many lives at once, timed: the same course for the engine and for the bare workflow.

Owns the course of a standard life and the watch. It must not know how a side makes a move.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from pydantic import BaseModel

BEFORE_THE_RISE = ("acknowledge",)
AFTER_THE_RISE = (
    "revise_plan",
    "send_update",
    "declare_resolved",
    "verify_resolution",
    "confirm_access",
    "file_rca",
    "derive_rca",
    "approve_rca",
    "share_rca",
    "close",
)
_MARGIN = 0.1  # seconds after the end of the window, so that the rise is behind us


class Side(Protocol):
    """One of the two that are compared."""

    async def start(self, key: str) -> None: ...

    async def move(self, key: str, move: str) -> int | None:
        """Make *move*; answers with the level, where there is one."""
        ...

    async def has_ended(self, key: str) -> None:
        """Return when the workflow has completed, its last messages delivered."""
        ...


class Round(BaseModel):
    """An order: so many lives, so many of them at work at a time."""

    name: str
    lives: int
    at_once: int
    window: float
    """Seconds from a start to its rise."""


class Measured(BaseModel):
    """The result of a round. Times in seconds."""

    lives: int
    at_once: int
    busy: float
    """Time at work, of all lives together: what they waited for their windows does not count."""
    wall: float
    cpu: float
    """Of client and worker."""
    starts: list[float]
    moves: list[float]
    rss: int
    out_of_step: int
    """Lives whose window ended before they were acknowledged: the machine was too busy for it."""

    @property
    def per_second(self) -> float:
        """Lives a second with ``at_once`` of them at work all the time."""
        return self.lives * self.at_once / self.busy


class _Turn(NamedTuple):
    """Whoever comes back from a window goes first, so that not all begin before any goes on."""

    is_new: bool
    number: int


@dataclass
class _Watch:
    starts: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    busy: float = 0.0
    out_of_step: int = 0


class Lives:
    """A round of lives on *side*: agents that each go on with one life until it waits, then take the next."""

    def __init__(self, side: Side, order: Round, tell: Callable[[int], None]) -> None:
        self._side = side
        self._order = order
        self._tell = tell
        self._turns: asyncio.PriorityQueue[_Turn] = asyncio.PriorityQueue()
        self._watch = _Watch()
        self._left = order.lives
        self._all_ended = asyncio.Event()

    async def measured(self, rss: Callable[[], int]) -> Measured:
        for number in range(self._order.lives):
            self._turns.put_nowait(_Turn(is_new=True, number=number))
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            agents = [group.create_task(self._work()) for _ in range(self._order.at_once)]
            await self._all_ended.wait()
            for agent in agents:
                agent.cancel()
        return Measured(
            lives=self._order.lives,
            at_once=self._order.at_once,
            busy=self._watch.busy,
            wall=time.perf_counter() - wall,
            cpu=time.process_time() - cpu,
            starts=self._watch.starts,
            moves=self._watch.moves,
            rss=rss(),
            out_of_step=self._watch.out_of_step,
        )

    async def _work(self) -> None:
        while True:
            turn = await self._turns.get()
            key = f"{self._order.name}/{turn.number}"
            begun = time.perf_counter()
            await (self._begin(key, turn.number) if turn.is_new else self._go_on(key))
            self._watch.busy += time.perf_counter() - begun

    async def _begin(self, key: str, number: int) -> None:
        begun = time.perf_counter()
        await self._side.start(key)
        started = time.perf_counter()
        self._watch.starts.append(started - begun)
        for move in BEFORE_THE_RISE:
            if await self._moved(key, move) not in {None, 1}:
                self._watch.out_of_step += 1
        wait = max(0.0, started + self._order.window + _MARGIN - time.perf_counter())
        asyncio.get_running_loop().call_later(
            wait, self._turns.put_nowait, _Turn(is_new=False, number=number)
        )

    async def _go_on(self, key: str) -> None:
        for move in AFTER_THE_RISE:
            await self._moved(key, move)
        await self._side.has_ended(key)
        self._left -= 1
        self._tell(self._order.lives - self._left)
        if not self._left:
            self._all_ended.set()

    async def _moved(self, key: str, move: str) -> int | None:
        begun = time.perf_counter()
        level = await self._side.move(key, move)
        self._watch.moves.append(time.perf_counter() - begun)
        return level
