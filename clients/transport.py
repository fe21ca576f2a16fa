"""
The connection to the server, and the translation of its answers and failures into ours.

Every other class here asks through this one. It must not know what is asked.
"""

import asyncio
import shlex
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from clients.visibility import quote, visibility_query
from escalation import contract
from escalation.case.engine import in_words
from escalation.case.lifecycle import Move, State
from escalation.case.view import View
from escalation.kernel.budgets import MOVE, size_of
from escalation.kernel.ids import is_of_escalation
from escalation.kernel.list_page import Item, ListPage
from escalation.kernel.refusals import (
    EscalationError,
    MoveNotAllowed,
    StillFinishing,
    UnknownEscalation,
    did_you_mean,
)
from escalation.kernel.timeline_entry import minute
from runtime.connection import connect
from runtime.errors import NoServer, NoWorker
from runtime.search_attribute_setup import RegistrationResult, ensure_search_attributes
from runtime.settings import Settings
from runtime.stalls import Stall, stall_of
from workflows import search_attributes as sa
from workflows.inputs import require_at_most
from workflows.plugin import escalation_plugin

PATIENCE = 15.0
"""Seconds to wait for a worker's answer before saying that none is there."""
_LOOKS_AFTER = 3.0
"""Seconds without an answer before it is looked whether the run is stalled."""
_PAUSES = (0.05, 0.2, 0.5, 1.0)
"""Seconds before a move is made again, under the same id: it is followed once."""
_MOST_LOOKED_AT = 1000
Answered = TypeVar("Answered")


class Transport:
    """A connection, and the patience of whoever asks."""

    def __init__(
        self, client: Client, *, task_queue: str = contract.ESCALATION_QUEUE, patience: float = PATIENCE
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._patience = patience

    @classmethod
    async def connect(cls, settings: Settings | None = None, *, patience: float = PATIENCE) -> Self:
        """
        Connect to the cluster that is configured, or to the embedded server of ``escalate serve``.

        Raises:
            RuntimeFault: If there is no server, or the settings are wrong.
        """
        client = await connect(settings or Settings.load(), plugins=[escalation_plugin()])
        return cls(client, patience=patience)

    async def prepare(self) -> RegistrationResult:
        """
        Make the cluster ready: register the search attributes. Can be repeated.

        Raises:
            RuntimeFault: If the cluster does not let us.
        """
        return await ensure_search_attributes(self._client, sa.ALL)

    async def ping(self) -> None:
        """
        See whether the server is there; no worker is asked.

        Raises:
            NoServer: If it is not.
        """
        try:
            await self._client.service_client.check_health(timeout=timedelta(seconds=self._patience))
        except RPCError as error:
            raise self._no_server(error) from error

    def _handle(self, key: str, run_id: str | None = None) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(key, run_id=run_id)

    async def _query(self, key: str, name: str, kind: type[Answered], *given: object) -> Answered:
        """Of a subject that joined an outage, the escalation there answers (START-5)."""
        await self._require_escalation(key)
        try:
            return await self._ask_run(key, name, kind, *given)
        except UnknownEscalation as unknown:
            if joined := await self._joined(key):
                with suppress(UnknownEscalation):
                    return await self._ask_run(joined, name, kind, *given)
            elif run_id := await self._last_opened(key):
                with suppress(UnknownEscalation):
                    return await self._ask_run(key, name, kind, *given, run_id=run_id)
            if isinstance(unknown, RunNotFound):
                raise await self._unknown(key) from None
            if joined is not None:
                raise await self._joined_nothing(key) from None
            raise

    async def _all_pages(
        self,
        ask: Callable[[int], Awaitable[ListPage[Item]]],
        number: Callable[[Item], int] | None = None,
    ) -> tuple[Item, ...]:
        """All pages that *ask* answers: after the last item's *number*, or else after so many items."""
        found, after = list[Item](), 0
        while True:
            page = await ask(after)
            found += page.items
            if not page.has_more:
                return tuple(found)
            after = number(found[-1]) if number else len(found)

    async def _require_escalation(self, key: str) -> None:
        """
        Raises:
            UnknownEscalation: If *key* can name none, but perhaps an inbox or another run of the engine's own.
        """
        if not is_of_escalation(key):
            raise await self._unknown(key)

    async def _ask_run(
        self, key: str, name: str, kind: type[Answered], *given: object, run_id: str | None = None
    ) -> Answered:
        asked = self._handle(key, run_id).query(name, args=given, result_type=kind)
        return await self._answer(key, asked, kind, run_id=run_id)

    async def _last_opened(self, key: str) -> str | None:
        """
        The last run of *key* that ended as an escalation does; None, if there is none.

        Later starts of the key that were refused leave a run that failed, or none, and hide it from the server's eyes.
        """
        query = f"WorkflowId = {quote(key)} AND WorkflowType = '{contract.WORKFLOW}' AND ExecutionStatus = 'Completed'"
        with suppress(NoServer):
            runs = [run async for run in self._executions(query)]
            return max(runs, key=lambda run: run.start_time).run_id if runs else None
        return None

    async def _joined(self, key: str) -> str | None:
        """The key of the escalation that a subject joined; empty, if it joined none; None, if it is no such subject."""
        try:
            return await self._ask_run(key, contract.JOINED_ESCALATION, str)
        except UnknownEscalation:
            return None

    async def _joined_nothing(self, key: str) -> UnknownEscalation:
        if (await self._describe(key)).status is WorkflowExecutionStatus.RUNNING:
            return UnknownEscalation(f"{key}: is still joining its outage; try again in a moment")
        return UnknownEscalation(f"{key}: was never opened, because its start was refused")

    async def _describe(self, key: str) -> WorkflowExecutionDescription:
        """The run of *key*; if that is one of a refused start, or gone, the last one that opened before it."""
        kind = WorkflowExecutionDescription
        try:
            found = await self._answer(key, self._handle(key).describe(), kind)
            if found.status is not WorkflowExecutionStatus.FAILED:
                return found
        except UnknownEscalation:
            if not (run_id := await self._last_opened(key)):
                raise
        else:
            if not (run_id := await self._last_opened(key)):
                return found
        return await self._answer(key, self._handle(key, run_id).describe(), kind, run_id=run_id)

    async def _ended(self, key: str) -> contract.EscalationResult | None:
        run_id = (await self._describe(key)).run_id
        handle = self._client.get_workflow_handle(key, run_id=run_id, result_type=contract.EscalationResult)
        try:
            ended: contract.EscalationResult = await handle.result()
        except WorkflowFailureError:
            return None  # terminated, or a start that was refused
        return ended

    async def _has_ended(self, key: str, move: Move) -> EscalationError:
        """Says what is allowed in the same words as one that goes on, and as all who look at it."""
        description = await self._describe(key)
        if description.status is WorkflowExecutionStatus.COMPLETED:
            with suppress(EscalationError, NoWorker):
                view = await self._last_view(key)
                return _not_allowed(view.key, move, view.state, view.allowed_moves, view.merged_into)
            if ended := await self._ended(key):  # no worker is there to ask
                returns = (Move.REOPEN,) if ended.state == State.CLOSED else ()
                return _not_allowed(key, move, ended.state, returns, ended.merged_into)
        state = description.status.name.lower() if description.status else "unknown"
        return _not_allowed(key, move, state)

    async def _last_view(self, key: str) -> View:
        """The escalation as it is: an ended one as its follow-up has it, or as it was."""
        found = await self._query(key, contract.VIEW, View)
        if found.ended_at is not None:
            with suppress(UnknownEscalation):
                return await self._query(found.id, contract.VIEW, View)
        return found

    async def _answer(
        self, key: str, asked: Awaitable[Any], _: type[Answered], *, run_id: str | None = None
    ) -> Answered:
        """
        Ask a run, within our patience. The server is never blamed for a stalled run.

        Raises:
            RunStalled: If it cannot answer because it is stalled.
        """
        try:
            async with asyncio.timeout(self._patience):
                answer: Answered = await self._unless_stalled(key, asked, run_id)
                return answer
        except TimeoutError:
            raise await self._or_stalled(key, self._no_worker(), run_id) from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:  # what the SDK makes of either end of our patience
            task = asyncio.current_task()
            if task and task.cancelling():
                raise asyncio.CancelledError from None
            raise await self._or_stalled(key, self._no_worker(), run_id) from None
        except WorkflowUpdateFailedError as error:
            raise _refusal(error) from error
        except WorkflowQueryFailedError as error:
            raise await self._or_stalled(key, UnknownEscalation(error.message), run_id) from error
        except RPCError as error:
            raise await self._worded(key, error, run_id) from error

    async def _unless_stalled(self, key: str, asked: Awaitable[Any], run_id: str | None) -> Any:
        """Do not spend all patience on a run that is known not to answer."""
        answer = asyncio.ensure_future(asked)
        try:
            await asyncio.wait({answer}, timeout=min(_LOOKS_AFTER, self._patience))
            if not answer.done() and (stall := await self._stall(key, run_id)):
                raise RunStalled(stall)
            return await answer
        finally:
            if not answer.done():
                answer.cancel()
                await asyncio.wait({answer}, timeout=1)

    async def _worded(self, key: str, error: RPCError, run_id: str | None) -> Exception:
        """Explain in our words why the server did not answer for a run."""
        if error.status is RPCStatusCode.NOT_FOUND:
            if any(ending in error.message for ending in _ENDINGS):
                return RunEnded(f"{key}: was just ending; try again")
            return RunNotFound(f"no escalation {key!r} is known here")
        if _NOT_READY in error.message:
            return RunNotReady(str(self._no_server(error)))
        if error.status is RPCStatusCode.UNAVAILABLE:
            return self._no_server(error)
        return await self._or_stalled(key, self._no_server(error), run_id)

    async def _or_stalled(self, key: str, otherwise: Exception, run_id: str | None = None) -> Exception:
        """Explain why a run did not answer: that it is stalled, if it is."""
        stall = await self._stall(key, run_id)
        return RunStalled(stall) if stall else otherwise

    async def _stall(self, key: str, run_id: str | None = None) -> Stall | None:
        """Say how a run is stalled; None if it is not, or if the server does not say."""
        with suppress(RPCError, TimeoutError):
            async with asyncio.timeout(self._patience):
                handle = self._client.get_workflow_handle(key, run_id=run_id)
                return await stall_of(self._client, await handle.describe())
        return None

    async def _moved(
        self,
        key: str,
        ask: Callable[[], Awaitable[Any]],
        kind: type[Answered],
        *again: type[StillFinishing],
    ) -> Answered:
        """
        Return the answer to *ask*, which must send the same id each time. A run that was not ready, or that
        answers one of *again*, is asked again a moment later.
        """
        for pause in (*_PAUSES, None):
            try:
                return await self._answer(key, ask(), kind)
            except RunNotFound:
                if await self._last_opened(key):  # behind a refused start whose run is gone
                    raise RunEnded(f"{key}: has ended") from None
                raise await self._unknown(key) from None
            except RunStalled as stalled:
                raise RunStalled(stalled.stall, is_move=True) from None
            except (RunNotReady, StillFinishing) as refusal:
                if type(refusal) not in {RunNotReady, *again}:
                    raise
                if pause is None:
                    raise await self._or_stalled(key, refusal) from None
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _update(
        self,
        workflow_id: str,
        name: str,
        argument: object,
        kind: type[Answered],
        *again: type[StillFinishing],
        id_: str | None = None,
    ) -> Answered:
        id_ = id_ or uuid.uuid4().hex
        if argument is not None:
            largest = getattr(argument, "largest", MOVE)
            require_at_most(largest, size_of(argument), name.replace("_", " "))

        def ask() -> Awaitable[Any]:
            return self._handle(workflow_id).execute_update(name, argument, id=id_, result_type=kind)

        return await self._moved(workflow_id, ask, kind, *again)

    async def _unknown(self, key: str) -> UnknownEscalation:
        """
        Names the open escalations of the same ticket number: another spelling, tenant or none was typed. A number
        itself is never guessed at: the next ticket is another customer's.
        """
        ticket = _ticket(key)
        try:
            running = self._executions(visibility_query({}, ended=False), _MOST_LOOKED_AT)
            meant = [each.id async for each in running if _ticket(each.id) == ticket]
        except NoServer:
            meant = []
        form = "" if "/" in key else "; a key is TENANT/TICKET, such as ACME/4711"
        hint = did_you_mean(" or ".join(meant)) or form
        return UnknownEscalation(f"no escalation {key!r} is known here{hint}")

    def _no_worker(self) -> NoWorker:
        return NoWorker(
            f"no worker answered within {self._patience:g} s; start one with `escalate serve` or `python worker.py`, "
            "and where workers have an ESCALATION_BUILD, make one of them current"
        )

    def _no_server(self, error: RPCError) -> NoServer:
        if error.status in {RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}:
            return self._no_worker()
        return NoServer(f"the Temporal server refused or went away: {error.message}")

    async def _executions(self, query: str, limit: int | None = None) -> AsyncIterator[WorkflowExecution]:
        try:
            async for execution in self._client.list_workflows(query, limit=limit):
                yield execution
        except RPCError as error:
            raise self._no_server(error) from error


class RunStalled(EscalationError):
    """The run cannot answer, because it is stalled."""

    code = "stalled"

    def __init__(self, stall: Stall, *, is_move: bool = False) -> None:
        again = "; look first whether this move was made, before you make it again" if is_move else ""
        super().__init__(
            f"{stall.key}: is stalled since {minute(stall.since)}, because workers fail its next step again and "
            f"again: {stall.why}; all that was accepted is kept; `escalate doctor {shlex.quote(stall.key)}` says what "
            f"fixes it{again}"
        )
        self.stall = stall


def _not_allowed(
    key: str, move: Move, state: str, moves: Iterable[Move] = (), merged_into: str | None = None
) -> MoveNotAllowed:
    allowed = in_words((each for each in moves if each is not move), merged_into)
    return MoveNotAllowed(f"{key}: cannot {move.words} while {state}; allowed now: {allowed}")


class RunNotFound(UnknownEscalation):
    """No run of that id is known; what may have been meant is not looked for."""


class RunEnded(StillFinishing):
    """The run has ended, or is just ending: no message reaches it."""


class RunNotReady(NoServer):
    """A step of the run was given back while it took the move in, such as when it goes on as a new run."""


_ENDINGS = ("already completed", "aborted by closing workflow")
"""Temporal's two ways to say so: before the message, and while the message waited for the run."""
_NOT_READY = "unexpected workflow task failure"


def _ticket(key: str) -> str:
    """``4711`` of ``ACME/4711``, however it is spelled."""
    return key.casefold().rpartition("/")[2].strip()


def _refusal(error: WorkflowUpdateFailedError) -> Exception:
    return error.cause if isinstance(error.cause, EscalationError) else EscalationError(str(error.cause))
