"""
Outbox: work that a decision asked for, and that is done beside the workflow.

Theory of operation
-------------------
The rules answer a command with effects: notify these people, find out who is on call, order a task force down. Such
work takes a second, or hours while a mail server is down, and no move may wait for it. So a run keeps it in an outbox
and does it in tasks beside its loop:

    add()      pending    a decision asked for it; nothing has left the run yet
    start()    running    packed into jobs, one task each: an activity, a signal, a child
    (its end)  gone       what came of it was put to the rules in the same step of the run

The loop calls start() once a step, after everything that came with the step was decided. Packing at that moment lets
the notifications of several decisions leave as one activity. Kinds of work differ in how they are packed, and in how
many jobs run at a time, and in nothing else:

    Parallel         each item by itself, all at once      look-ups of who is on call, proposals, open hours
    InOrder          one item after the other              orders to task forces, what those report
    DeliveryOutbox   notifications in batches              workflows/delivery_outbox.py
    RecordOutbox     events in batches, one at a time      workflows/record_outbox.py

Continue-as-new ends every activity and timer of the run, so an outbox is carried over as data. What is pending was not
begun, and the next run begins it. What is running may have been done or not. Work that may be done twice, because its
receiver knows it by its key, is carried over with the rest: ``carried``. Work that must not be done twice keeps the run
from continuing until the outbox is at rest.

Example: an escalation is raised while the one before it is still being mailed, and then its history is long.

    raise_level     pending: [level 2]    running: []
    the next step   pending: []           running: [level 2]       who is on call for level 2 is looked up
    it is known     pending: []           running: []              the rules decide: notify maya
    continue        carried: []

Had the run continued one step earlier, ``carried`` were [level 2], and the next run would look it up.

What a handler awaits itself, such as the question whether another escalation takes this one over, is in no outbox: the
handler keeps the run alive, and its answer is nobody else's.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio import workflow

Item = TypeVar("Item")
Job = TypeVar("Job")

_A_WHILE = timedelta(minutes=1)


class Background:
    """
    The tasks beside one run, and the bell by which they wake its loop.

    Nobody awaits these tasks. A fault in one must stall the run, where an operator sees it and a fixed worker goes on:
    asyncio alone would let it vanish.
    """

    def __init__(self) -> None:
        self.is_awake = True
        """Something happened since the loop last looked."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None

    def wake(self) -> None:
        self.is_awake = True

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self._fault = fault
            self.wake()

    async def wait(self, is_enough: Callable[[], bool]) -> None:
        """
        Wait until something happened, or *is_enough*.

        Raises:
            RuntimeError: If a task beside the run failed.
        """
        await workflow.wait_condition(lambda: self.is_awake or is_enough())
        if self._fault:
            raise RuntimeError("a task beside the run failed") from self._fault


class Timer:
    """The one timer of a run. It is armed again only if something is due earlier: each timer is billed, and history."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._task: asyncio.Task[None] | None = None
        self._at: datetime | None = None

    def arm(self, due_at: datetime | None, summary: Callable[[], str]) -> None:
        """Wake the run at *due_at*; None: nothing is due."""
        now = workflow.now()
        if due_at is None:
            self._disarm()
            return
        # Only what is being worked on already can be behind us: open hours that are compiled further.
        at = due_at if due_at > now else now + _A_WHILE
        # A timer whose time has come is of no use any more: what it was for has just been judged.
        if self._at is None or at < self._at or self._at <= now:
            self._disarm()
            self._at = at
            self._task = self._background.start(self._sleep_until(at, summary))

    def _disarm(self) -> None:
        if self._task:
            self._task.cancel()
        self._task = self._at = None

    async def _sleep_until(self, at: datetime, summary: Callable[[], str]) -> None:
        await workflow.sleep(at - workflow.now(), summary=summary())
        self._task = self._at = None
        self._background.wake()


class Outbox(ABC, Generic[Item, Job]):
    """
    Work of one kind. *perform* does one job, and returns what comes of it: a command for the rules, or None if there is
    nothing to say. *decide* puts it to them. *at_most*: how many items may be pending; the oldest are left out.
    """

    def __init__(
        self,
        background: Background,
        perform: Callable[[Job], Awaitable[Any]],
        decide: Callable[[Any], None],
        carried: Iterable[Item] = (),
        at_most: int | None = None,
    ) -> None:
        self.pending = list(carried)
        self.running: list[Job] = []
        self._background, self._at_most = background, at_most
        self._perform, self._decide = perform, decide

    def add(self, *items: Item) -> None:
        self.pending += items
        if self._at_most is not None:
            del self.pending[: -self._at_most]
        self._background.wake()

    def start(self) -> None:
        """Begin as much as may run now. Called once a step, by the loop."""
        for job in self._pack():
            self.running.append(job)
            self._background.start(self._run(job))

    @abstractmethod
    def _pack(self) -> Iterable[Job]:
        """Take out of ``pending`` what may run now."""

    async def _run(self, job: Job) -> None:
        outcome = await self._perform(job)
        # By identity: two that are alike may be under way. And before the decision, which may ask for the same again.
        self.running = [other for other in self.running if other is not job]
        if outcome is not None:
            self._decide(outcome)
        self._background.wake()

    @property
    def is_at_rest(self) -> bool:
        """Nothing is running; something may be pending."""
        return not self.running

    @property
    def is_empty(self) -> bool:
        return not (self.pending or self.running)


class Parallel(Outbox[Item, Item]):
    """Each item is a job, and all run at once."""

    def _pack(self) -> list[Item]:
        items, self.pending = self.pending, []
        return items

    @property
    def carried(self) -> tuple[Item, ...]:
        return (*self.running, *self.pending)


class InOrder(Outbox[Item, Item]):
    """One item after the other: its receiver learns them in the order in which they were decided."""

    def _pack(self) -> list[Item]:
        return [self.pending.pop(0)] if self.pending and self.is_at_rest else []

    @property
    def carried(self) -> tuple[Item, ...]:
        """Only if it is at rest: another run could not tell whether the first one was received."""
        assert self.is_at_rest
        return tuple(self.pending)
