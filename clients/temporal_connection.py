"""
One connection to Temporal, and the patience of whoever asks: how answers and failures become ours.

It must not know what is asked, nor that some runs are escalations. All that is asked passes `answer`, all lists pass
`executions` or `execution_page`; these three keep to what may be looked at.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from clients.memo_texts import MemoTexts
from clients.outage import Outage
from clients.run_errors import (
    RunEnded,
    RunHidden,
    RunNotFound,
    RunNotReady,
    RunStalled,
    ServerAway,
    WorkersSilent,
    refusal_of,
)
from clients.sight_guard import SightGuard
from clients.stored_names import names_of
from escalation.kernel.list_page import Item, ListPage
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import UnknownEscalation
from escalation.policy.sight import UNLIMITED, Sight
from runtime.errors import NoServer
from runtime.stalls import Stall, stall_of

PATIENCE = 15.0
"""Seconds to wait for a worker's answer before saying that none is there."""
_LOOKS_AFTER = 3.0
"""Seconds without an answer before it is looked whether the run is stalled."""
_ENDINGS = ("already completed", "aborted by closing workflow")
"""Temporal's words for a run that has ended: before the message, and while the message waited for the run."""
_NOT_READY = "unexpected workflow task failure"
Answered = TypeVar("Answered")


class TemporalConnection:
    """A connection, a task queue, and the seconds to wait for an answer."""

    def __init__(
        self,
        client: Client,
        task_queue: str,
        patience: float,
        sight: Sight = UNLIMITED,
        outage: Outage | None = None,
    ) -> None:
        self.client = client
        self.task_queue = task_queue
        self.patience = patience
        self.outage = outage or Outage()
        self.names = names_of(client)
        self.texts = MemoTexts(client.data_converter)
        self._guard = SightGuard(client, sight, self.names)

    def seen_by(self, sight: Sight) -> "TemporalConnection":
        """The same connection, as somebody sees through it (IDENTITY-4); for what is no look, without limits."""
        seen = TemporalConnection(self.client, self.task_queue, self.patience, sight, self.outage)
        seen.texts = self.texts
        return seen

    def handle(self, key: str, run_id: str | None = None) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(key, run_id=run_id)

    async def query_run(
        self, key: str, name: str, kind: type[Answered], *given: object, run_id: str | None = None
    ) -> Answered:
        asked = self.handle(key, run_id).query(name, args=given, result_type=kind)
        return await self.answer(key, asked, kind, run_id=run_id)

    async def answer(
        self, key: str, asked: Awaitable[Any], _: type[Answered], *, run_id: str | None = None
    ) -> Answered:
        """
        Return the answer to what was *asked* of a run, within our patience. A stall is never blamed on the server.

        Raises:
            RunNotFound: If there is no such run, or it may not be looked at.
            RunStalled: If it cannot answer because it is stalled.
            ServerAway: If the server does not answer.
        """
        try:
            async with asyncio.timeout(self.patience):
                await self._require_sight(key, asked, run_id)
                answer: Answered = await self._unless_stalled(key, asked, run_id)
                return answer
        except TimeoutError:
            raise await self.explain_silence(key, self.no_worker(), run_id) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:  # what the SDK makes of either end of our patience
            task = asyncio.current_task()
            if task and task.cancelling():
                raise asyncio.CancelledError from None
            raise await self.explain_silence(key, self.no_worker(), run_id) from None
        except WorkflowUpdateFailedError as error:
            raise refusal_of(error) from error
        except WorkflowQueryFailedError as error:
            raise await self.explain_silence(key, UnknownEscalation(error.message), run_id) from error
        except RPCError as error:
            raise await self.failure_of(key, error, run_id) from error

    async def _require_sight(self, key: str, asked: Awaitable[Any], run_id: str | None) -> None:
        """Let whatever is asked of a run pass here: one that may not be looked at is not even asked."""
        is_seen = False
        try:
            await self.outage.require_end(self.client)
            is_seen = await self.may_look_at(key, run_id)
        finally:
            if not is_seen and isinstance(asked, Coroutine):
                asked.close()
        if not is_seen:
            raise RunHidden(_unknown(key))

    async def may_look_at(self, key: str, run_id: str | None = None) -> bool:
        """Return whether the run of *key* may be looked at; one that is not there may be."""
        try:
            return await self._guard.covers(key, run_id)
        except RPCError as error:
            raise self.no_server(error) from error

    async def _unless_stalled(self, key: str, asked: Awaitable[Any], run_id: str | None) -> Any:
        """Do not spend all patience on a run that is known not to answer."""
        answer = asyncio.ensure_future(asked)
        try:
            await asyncio.wait({answer}, timeout=min(_LOOKS_AFTER, self.patience))
            if not answer.done() and (stall := await self.stall(key, run_id)):
                raise RunStalled(stall)
            return await answer
        finally:
            if not answer.done():
                answer.cancel()
                await asyncio.wait({answer}, timeout=1)
            if answer.done() and not answer.cancelled():
                answer.exception()  # else asyncio logs, with a traceback, that nobody looked at it

    async def failure_of(self, key: str, error: RPCError, run_id: str | None) -> Exception:
        """Return the error for a run whose server did not answer."""
        if error.status is RPCStatusCode.NOT_FOUND:
            if any(ending in error.message for ending in _ENDINGS):
                return RunEnded(f"{key}: was just ending; try again")
            return RunNotFound(_unknown(key))
        if _NOT_READY in error.message:
            return RunNotReady(f"{key}: was just not ready: {error.message}")
        if error.status is RPCStatusCode.UNAVAILABLE:
            return self.no_server(error)
        return await self.explain_silence(key, self.no_server(error), run_id)

    async def explain_silence(self, key: str, otherwise: Exception, run_id: str | None = None) -> Exception:
        """Return the error for a run that did not answer: the server is away, or it is stalled; else *otherwise*."""
        if not await self.outage.has_answer(self.client):
            return self._away()
        stall = await self.stall(key, run_id)
        return RunStalled(stall) if stall else otherwise

    async def stall(self, key: str, run_id: str | None = None) -> Stall | None:
        """Return the stall of a run; None if it goes on, or the server does not say."""
        with suppress(RPCError, TimeoutError):
            async with asyncio.timeout(self.patience):
                handle = self.client.get_workflow_handle(key, run_id=run_id)
                return await stall_of(self.client, await handle.describe())
        return None

    async def executions(self, query: str, limit: int | None = None) -> AsyncIterator[WorkflowExecution]:
        """Yield the runs that may be looked at, of the first *limit* that *query* finds."""
        await self.outage.require_end(self.client)
        try:
            async for execution in self.client.list_workflows(self._guard.narrowed(query), limit=limit):
                if await self._guard.covers_run(execution):
                    yield execution
        except RPCError as error:
            raise self.no_server(error) from error

    async def execution_page(
        self, query: str, size: int, after: bytes
    ) -> tuple[Sequence[WorkflowExecution], bytes]:
        """Return a page of executions, from the place *after* which a page ended, and where the next one begins."""
        await self.outage.require_end(self.client)
        wanted = self._guard.narrowed(query)
        pages = self.client.list_workflows(wanted, page_size=size, next_page_token=after or None)
        try:
            await pages.fetch_next_page()
        except RPCError as error:
            raise self.no_server(error) from error
        seen = [run for run in pages.current_page or () if await self._guard.covers_run(run)]
        return seen, pages.next_page_token or b""

    def no_worker(self) -> WorkersSilent:
        return WorkersSilent(reason("no_worker", f"{self.patience:g}"))

    def _away(self) -> ServerAway:
        return ServerAway("temporal_lost", self.outage.begin())

    def no_server(self, error: RPCError) -> NoServer:
        if error.status in {RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}:
            return self.no_worker()
        if error.status is RPCStatusCode.UNAVAILABLE:
            return self._away()
        return NoServer(f"the Temporal server refused or went away: {error.message}")


def _unknown(key: str) -> str:
    return f"no escalation {key!r} is known here"


async def read_pages(
    ask: Callable[[int], Awaitable[ListPage[Item]]], number: Callable[[Item], int] | None = None
) -> tuple[Item, ...]:
    """Return what is on all pages that *ask* answers: after the last item's *number*, or else after so many items."""
    found, after = list[Item](), 0
    while True:
        page = await ask(after)
        found += page.items
        if not page.has_more:
            return tuple(found)
        after = number(found[-1]) if number else len(found)
