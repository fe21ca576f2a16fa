"""
Runs that Temporal stores of a case: which are open, so that nothing may be erased yet, and how they are deleted.

Asks Temporal and nobody else. It must not know what is on record, nor keys.
"""

import asyncio
from contextlib import suppress

from temporalio.api.common.v1 import WorkflowExecution as ExecutionName
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from escalation import contract
from escalation.kernel.ids import RunId, is_key, split_task_force_id


class StoredRuns:
    """The runs of one namespace."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, scope: str) -> tuple[WorkflowExecution, ...]:
        """Return all runs of a case, or the one of a sponsorship or an inbox; open ones too."""
        own = _quoted(scope)
        query = f"WorkflowId = {own}"
        if is_key(scope):
            # Two slashes cannot be in a key, nor an @: what begins like this belongs to it (``kernel/ids.py``).
            rest = (f"WorkflowId STARTS_WITH {_quoted(scope + mark)}" for mark in "@/")
            query = " OR ".join((query, *rest))
        return tuple([run async for run in self._client.list_workflows(query)])

    async def open_of(self, scope: str) -> tuple[str, ...]:
        """Return what of *scope* goes on, for people: nothing of it may be erased while it does."""
        found = [_says(run) for run in await self.of(scope) if run.status is WorkflowExecutionStatus.RUNNING]
        if not found and await self._has_just_begun(scope):
            found = [f"{scope} is open"]
        return tuple(sorted(set(found)))

    async def delete(self, scope: str) -> int:
        """Delete the closed runs of *scope*; what is gone already is no fault. Return how many there were."""
        runs = [run for run in await self.of(scope) if run.status is not WorkflowExecutionStatus.RUNNING]
        await asyncio.gather(*map(self._delete, runs))
        return len(runs)

    async def _delete(self, run: WorkflowExecution) -> None:
        name = ExecutionName(workflow_id=run.id, run_id=run.run_id)
        request = DeleteWorkflowExecutionRequest(namespace=self._client.namespace, workflow_execution=name)
        try:
            await self._client.workflow_service.delete_workflow_execution(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _has_just_begun(self, scope: str) -> bool:
        """Ask the server's own state, which is ahead of its lists."""
        with suppress(RPCError):
            found = await self._client.get_workflow_handle(scope).describe()
            return found.status is WorkflowExecutionStatus.RUNNING
        return False


def _says(run: WorkflowExecution) -> str:
    key, name = split_task_force_id(run.id)
    match run.workflow_type:
        case contract.FOLLOW_UP:
            return f"the follow-up of {RunId.read(run.id).key} goes on, with its survey and its actions"
        case contract.TASK_FORCE_WORKFLOW:
            return f"the task force {name} of {key} works"
        case contract.SPONSORSHIP:
            return f"the {run.id.replace(':', ' of ')} is open"
        case contract.RECORD_WORKFLOW:
            return f"{RunId.read(run.id).key} is still being put on record"
        case _:
            return f"{run.id} is open"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
