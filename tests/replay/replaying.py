"""
Replay a history and look at the state that it leads to.

Temporal's replayer compares commands, and not what is in them: a due time, a level or a message could have changed
unnoticed. So the workflow itself is kept, and asked what its queries would answer.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.exceptions import TemporalError
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.escalation import EscalationWorkflow
from workflows.follow_up import FollowUpWorkflow
from workflows.joined_case import JoinedCaseWorkflow
from workflows.plugin import escalation_plugin
from workflows.sponsorship import SponsorshipWorkflow
from workflows.task_force import TaskForceWorkflow

_reader_of: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
"""Not those of the engine: what a run has built itself is counted."""
_KEEP = "keep_the_instance"
_KINDS = [EscalationWorkflow, FollowUpWorkflow, TaskForceWorkflow, SponsorshipWorkflow, JoinedCaseWorkflow]


LOOKS = ("view", "timeline", "joined_escalation")
"""Queries by which people see a workflow; each kind answers some of them."""


def shown(answers: dict[str, Any]) -> dict[str, Any] | None:
    """Return what people see, as plain JSON; None if there was nothing to see."""
    found = {
        look: _reader_of(type(answer)).dump_python(answer, mode="json") for look, answer in answers.items()
    }
    if "timeline" in found:
        found["timeline"] = found["timeline"]["items"]
    return {look: seen for look, seen in found.items() if seen} or None


async def replayed(
    history: WorkflowHistory, kind: type[Any] | None = None, runner: WorkflowRunner | None = None
) -> dict[str, Any] | None:
    """
    Return the answers of the queries after *history*, replayed by *kind* or by today's workflows.

    Raises:
        NondeterminismError: If the workflow, as it is now, would have asked for something else.
    """
    kept: list[Any] = []
    replayer = Replayer(
        workflows=[kind] if kind else _KINDS,
        plugins=[escalation_plugin()],
        interceptors=[_Keeping(kept)],
        workflow_runner=runner or SandboxedWorkflowRunner(),
        debug_mode=True,  # a step that takes two seconds on a busy machine is no deadlock
    )
    await replayer.replay_workflow(history)
    (instance,) = kept
    answers: dict[str, Any] = {}
    for look in LOOKS:
        with suppress(AttributeError, TemporalError):  # of another kind, or never opened
            answers[look] = getattr(instance, look)()
    return shown(answers)


class _Keeping(Interceptor):
    """Hands the workflow out of its sandbox."""

    def __init__(self, kept: list[Any]) -> None:
        self._kept = kept

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        input.unsafe_extern_functions[_KEEP] = self._kept.append
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 - the SDK's name
        workflow.extern_functions()[_KEEP](workflow.instance())
        return await super().execute_workflow(input)
