"""
Queries that have passed their workflow task are asked again, by each client of ours.

They must not be answered then (`workflows.workflow_task_boundaries`); the task itself is under way and takes
milliseconds where a worker is there. A run that has ended gets no more tasks, so its query says so.
"""

import asyncio
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    DescribeWorkflowInput,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
)

from workflows.workflow_task_boundaries import HAS_ENDED, PASSED_ITS_TASK

_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before a query is asked again."""


class RepeatedQueries(Interceptor):
    """Asks again what could not be answered because the query was too quick."""

    def intercept_client(self, sends: OutboundInterceptor) -> OutboundInterceptor:
        return _Asking(sends)


class _Asking(OutboundInterceptor):
    async def query_workflow(self, query: QueryWorkflowInput) -> Any:
        for pause in _PAUSES:
            try:
                return await super().query_workflow(query)
            except WorkflowQueryFailedError as error:
                if PASSED_ITS_TASK not in error.message:
                    raise
            if await self._has_ended(query):
                query.headers = {**query.headers, HAS_ENDED: Payload()}
            else:
                await asyncio.sleep(pause)
        return await super().query_workflow(query)

    async def _has_ended(self, query: QueryWorkflowInput) -> bool:
        run = await self.next.describe_workflow(
            DescribeWorkflowInput(
                id=query.id,
                run_id=query.run_id,
                rpc_metadata=query.rpc_metadata,
                rpc_timeout=query.rpc_timeout,
            )
        )
        return run.status is not WorkflowExecutionStatus.RUNNING
