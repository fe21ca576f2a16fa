"""The start of an escalation, in one round trip (START-4, START-5, START-6)."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WithStartWorkflowOperation, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from clients.client_part import ClientPart
from clients.escalation_runs import EscalationRuns
from clients.run_errors import RunEnded, WorkersSilent
from escalation import contract
from escalation.case.case_size import require_request_fits
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, RoleNotAllowed, faults_of
from escalation.kernel.values import from_plain, to_plain
from escalation.policy.sight import UNLIMITED
from workflows import web_ui

MoreFaults = Callable[[Mapping[str, Any]], Sequence[Fault]]
"""Faults that a playbook finds in a start, as it was written."""


def no_more(_written: Mapping[str, Any]) -> Sequence[Fault]:
    return ()


class Starts(ClientPart):
    """Start escalations."""

    async def start(
        self,
        request: StartRequest | Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002
        more: MoreFaults = no_more,
    ) -> MoveResult:
        """
        Start an escalation, or find the one that runs for the same subject (START-4): one round trip. One that names
        an outage joins the escalation of that key, or opens it (START-5); the answer's key is that one's.

        *id* makes a repeat of this very call harmless. *more*: what else is wrong with what was written, for a refusal
        without a worker, who would find it.

        Raises:
            BadRequest: With every fault; nothing is started then (START-6).
            RoleNotAllowed: If one runs already, in which whoever asks has no part.
        """
        wanted = request_of(request, more)
        begin = contract.EscalationInput(request=to_plain(wanted, but_defaults=True))
        require_request_fits(wanted, "the start")
        is_part = wanted.outage not in {None, wanted.key}
        id_ = id or uuid.uuid4().hex
        begun: list[WithStartWorkflowOperation[Any, Any]] = []

        def ask() -> Awaitable[Any]:
            operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                contract.JOINED_CASE_WORKFLOW if is_part else contract.WORKFLOW,
                begin,
                id=wanted.key,
                task_queue=self._temporal.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=web_ui.start_summary(wanted),
                static_details=web_ui.start_details(wanted),
            )
            begun.append(operation)
            return self._temporal.client.execute_update_with_start_workflow(
                contract.START,
                contract.WrittenStart(request=begin.request),
                start_workflow_operation=operation,
                id=id_,
                result_type=MoveResult,
            )

        try:
            unguarded = EscalationRuns(self._temporal.seen_by(UNLIMITED))  # a start looks at nothing yet
            result = await unguarded.repeat(wanted.key, ask, MoveResult, RunEnded)
        except EscalationError:
            await self._forget(begun[-1])
            raise
        except WorkersSilent as nobody:
            raise WorkersSilent(reason("handed_in", nobody.why, wanted.key)) from None
        if result.is_repeat and not await self._temporal.may_look_at(result.key):
            raise RoleNotAllowed(reason("no_part_in_it", wanted.submitted_by), subject=wanted.key)
        return result

    async def _forget(self, begun: WithStartWorkflowOperation[Any, Any]) -> None:
        """
        Delete the run that a refused start left: it is of no use, and holds customers' data for as long as the server
        keeps what has ended. One that runs is another one, and stays.
        """
        with suppress(RPCError, WorkflowAlreadyStartedError):  # not allowed to, or there is none
            handle = await begun.workflow_handle()
            found = await handle.describe()
            if found.status is WorkflowExecutionStatus.FAILED:
                run = WorkflowExecution(workflow_id=found.id, run_id=found.run_id)
                await self._temporal.client.workflow_service.delete_workflow_execution(
                    DeleteWorkflowExecutionRequest(
                        namespace=self._temporal.client.namespace, workflow_execution=run
                    )
                )


def request_of(request: StartRequest | Mapping[str, Any], more: MoreFaults = no_more) -> StartRequest:
    """
    Raises:
        BadRequest: If *request* is no start, with every fault.
    """
    if isinstance(request, StartRequest):
        return request
    try:
        return from_plain(StartRequest, request)
    except ValidationError as error:
        shape = faults_of(error)
        named = {fault.where for fault in shape}
        others = (fault for fault in more(request) if fault.where not in named)
        raise BadRequest.because(reason("of.a_start"), (*shape, *others)) from None
