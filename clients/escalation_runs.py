"""
The runs of an escalation: which of them answers for a key, and what is said where none does.

A key can be that of a case that joined an outage, of an escalation that has ended, or of a start that was refused after
one had ended; an escalation that is closed goes on in a follow-up of its own.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowFailureError

from clients.erased_cases import erasure_of
from clients.run_errors import RunEnded, RunNotFound, RunNotReady, RunStalled, WorkersSilent
from clients.temporal_connection import Answered, TemporalConnection
from clients.visibility import quote, visibility_query
from escalation import contract
from escalation.case.lifecycle import Move, State
from escalation.case.view import View
from escalation.kernel.budgets import MOVE, size_of
from escalation.kernel.ids import is_of_escalation
from escalation.kernel.reasons import Term, continued_as, reason
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, StillFinishing, UnknownEscalation
from messages.speaker import did_you_mean
from runtime.errors import NoServer, NoWorker
from workflows.inputs import require_at_most

_PAUSES = (0.05, 0.2, 0.5, 1.0)
"""Seconds before a move is made again, under the same id: it is followed once."""
MOST_LOOKED_AT = 1000
"""Open escalations among which one that was meant is looked for."""


class EscalationRuns:
    """Ask the run that has a key, whichever that is."""

    def __init__(self, transport: TemporalConnection) -> None:
        self._temporal = transport

    async def query(self, key: str, name: str, kind: type[Answered], *given: object) -> Answered:
        """Of a subject that joined an outage, the escalation there answers (START-5)."""
        await self.require_escalation(key)
        try:
            return await self._temporal.query_run(key, name, kind, *given)
        except UnknownEscalation as unknown:
            if joined := await self._joined(key):
                with suppress(UnknownEscalation):
                    return await self._temporal.query_run(joined, name, kind, *given)
            elif run_id := await self._last_opened(key):
                with suppress(UnknownEscalation):
                    return await self._temporal.query_run(key, name, kind, *given, run_id=run_id)
            if isinstance(unknown, RunNotFound):
                raise await self.unknown(key) from None
            if joined is not None:
                raise await self._joined_nothing(key) from None
            raise

    async def require_escalation(self, key: str) -> None:
        """
        Raises:
            UnknownEscalation: If *key* can name none, but perhaps an inbox or another run of the engine's own.
        """
        if not is_of_escalation(key):
            raise await self.unknown(key)

    async def describe(self, key: str) -> WorkflowExecutionDescription:
        """The run of *key*; if that is one of a refused start, or gone, the last one that opened before it."""
        kind = WorkflowExecutionDescription
        try:
            found = await self._temporal.answer(key, self._temporal.handle(key).describe(), kind)
            if found.status is not WorkflowExecutionStatus.FAILED:
                return found
        except UnknownEscalation:
            if not (run_id := await self._last_opened(key)):
                raise
        else:
            if not (run_id := await self._last_opened(key)):
                return found
        return await self._temporal.answer(
            key, self._temporal.handle(key, run_id).describe(), kind, run_id=run_id
        )

    async def result_of(self, key: str) -> contract.EscalationResult | None:
        run_id = (await self.describe(key)).run_id
        handle = self._temporal.client.get_workflow_handle(
            key, run_id=run_id, result_type=contract.EscalationResult
        )
        try:
            ended: contract.EscalationResult = await handle.result()
        except WorkflowFailureError:
            return None  # terminated, or a start that was refused
        return ended

    async def why_ended(self, key: str, move: Move) -> EscalationError:
        """Says what is allowed in the same words as one that goes on, and as all who look at it."""
        description = await self.describe(key)
        if description.status is WorkflowExecutionStatus.COMPLETED:
            with suppress(EscalationError, NoWorker):
                view = await self.view(key)
                return _not_allowed(view.key, move, view.state, view.allowed_moves, view.merged_into)
            if ended := await self.result_of(key):  # no worker is there to ask
                returns = (Move.REOPEN,) if ended.state == State.CLOSED else ()
                return _not_allowed(key, move, ended.state, returns, ended.merged_into)
        state = description.status.name.lower() if description.status else "unknown"
        return _not_allowed(key, move, state)

    async def view(self, key: str) -> View:
        """The escalation as it is: an ended one as its follow-up has it, or as it was."""
        found = await self.query(key, contract.VIEW, View)
        if found.ended_at is not None:
            with suppress(UnknownEscalation):
                return await self.query(found.id, contract.VIEW, View)
        return found

    async def update(
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
            return self._temporal.handle(workflow_id).execute_update(name, argument, id=id_, result_type=kind)

        try:
            return await self.repeat(workflow_id, ask, kind, *again)
        except WorkersSilent as nobody:  # the server may keep it, and nothing takes it back
            raise WorkersSilent(reason("move_handed_in", nobody.why)) from None

    async def repeat(
        self,
        key: str,
        ask: Callable[[], Awaitable[Any]],
        kind: type[Answered],
        *again: type[StillFinishing],
    ) -> Answered:
        """
        Return the answer to *ask*, which must send the same id each time. A run that was just not ready, or says one of
        *again*, is asked again a moment later.
        """
        for pause in (*_PAUSES, None):
            try:
                return await self._temporal.answer(key, ask(), kind)
            except RunNotFound:
                if await self._last_opened(key):  # behind a refused start whose run is gone
                    raise RunEnded(f"{key}: has ended") from None
                raise await self.unknown(key) from None
            except RunStalled as stalled:
                raise RunStalled(stalled.stall, is_move=True) from None
            except (RunNotReady, StillFinishing) as refusal:
                if type(refusal) not in {RunNotReady, *again}:
                    raise
                if pause is None:
                    raise await self._temporal.explain_silence(key, refusal) from None
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def unknown(self, key: str) -> UnknownEscalation:
        if erased := await erasure_of(self._temporal.client, key):
            return UnknownEscalation(f"{key}: {erased}")
        try:
            running = self._temporal.executions(visibility_query({}, ended=False), MOST_LOOKED_AT)
            return unknown_among(key, [each.id async for each in running])
        except NoServer:
            return unknown_among(key, ())

    async def _last_opened(self, key: str) -> str | None:
        """
        The last run of *key* that ended as an escalation does; None, if there is none.

        Later starts of the key that were refused leave a run that failed, or none, and hide it from the server's eyes.
        """
        query = f"WorkflowId = {quote(key)} AND WorkflowType = '{contract.WORKFLOW}' AND ExecutionStatus = 'Completed'"
        with suppress(NoServer):
            runs = [run async for run in self._temporal.executions(query)]
            return max(runs, key=lambda run: run.start_time).run_id if runs else None
        return None

    async def _joined(self, key: str) -> str | None:
        """The key of the escalation that a subject joined; empty, if it joined none; None, if it is no such subject."""
        try:
            return await self._temporal.query_run(key, contract.JOINED_ESCALATION, str)
        except UnknownEscalation:
            return None

    async def _joined_nothing(self, key: str) -> UnknownEscalation:
        if (await self.describe(key)).status is WorkflowExecutionStatus.RUNNING:
            return UnknownEscalation(f"{key}: is still joining its outage; try again in a moment")
        return UnknownEscalation(f"{key}: was never opened, because its start was refused")


def _not_allowed(
    key: str, move: Move, state: str, moves: Iterable[Move] = (), merged_into: str | None = None
) -> MoveNotAllowed:
    obstacle = continued_as(reason("cannot_while", move, Term("State", state)), merged_into)
    others = [each for each in moves if each is not move]
    return MoveNotAllowed(obstacle, subject=key, allowed_moves=others)


def unknown_among(key: str, running: Iterable[str]) -> UnknownEscalation:
    """
    Return the refusal of *key*, which names those *running* of the same ticket number: another spelling, tenant or none
    was typed. A number itself is never guessed at: the next ticket is another customer's.
    """
    meant = [each for each in running if _ticket(each) == _ticket(key)]
    listed = "; `escalate list --all` shows those that are"
    form = listed if "/" in key else "; a key is an account, a slash and a number, such as ACME/4711"
    hint = did_you_mean(" or ".join(meant)) or form
    return UnknownEscalation(f"no escalation {key!r} is known here{hint}")


def _ticket(key: str) -> str:
    """``4711`` of ``ACME/4711``, however it is spelled."""
    return key.casefold().rpartition("/")[2].strip()
