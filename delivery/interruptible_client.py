"""
Client of activities: a question to a workflow ends when the workers of this process stop.

The workflow may be one of theirs, and they run none any more: the answer would come from the next worker only, and the
stop would wait for it. Whoever asks gets an error as when Temporal is away, so that the next worker does it again.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowUpdateHandle,
)
from temporalio.service import RPCError, RPCStatusCode

_Answer = TypeVar("_Answer")


class WorkerStops(RPCError):
    """There is no answer, because the worker of whoever asks is stopping."""

    def __init__(self) -> None:
        super().__init__("the worker stops", RPCStatusCode.UNAVAILABLE, b"")


def interruptible(client: Client, stop: asyncio.Event) -> Client:
    """
    Return a client with the connection and settings of *client*, whose questions end when *stop* is set.

    `activity.wait_for_worker_shutdown` would not do: the SDK does not tell it to an activity that is the first of its
    worker and begins at that moment.
    """
    config = client.config()
    config["interceptors"] = [*config["interceptors"], _EndsQuestions(stop)]
    return Client(**config)


class _EndsQuestions(Interceptor):
    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def intercept_client(self, sends: OutboundInterceptor) -> OutboundInterceptor:
        return _Asking(sends, self._stop)


class _Asking(OutboundInterceptor):
    """Queries and updates: the calls that a worker has to answer. The server answers the others by itself."""

    def __init__(self, sends: OutboundInterceptor, stop: asyncio.Event) -> None:
        super().__init__(sends)
        self._stop = stop

    async def query_workflow(self, query: QueryWorkflowInput) -> object:
        return await self._answer_to(super().query_workflow(query))

    async def start_workflow_update(self, update: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        return await self._answer_to(super().start_workflow_update(update))

    async def start_update_with_start_workflow(
        self, both: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        return await self._answer_to(super().start_update_with_start_workflow(both))

    async def _answer_to(self, question: Coroutine[Any, Any, _Answer]) -> _Answer:
        """
        Raises:
            WorkerStops: If it stops before the answer is there.
        """
        answer = asyncio.create_task(question)
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({answer, stop}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise WorkerStops
        finally:
            stop.cancel()
            answer.cancel()
            await asyncio.gather(answer, return_exceptions=True)  # a cancelled update ends with its own error
