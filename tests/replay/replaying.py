"""
Replay a history and look at the state that it leads to.

Temporal's replayer compares commands, and not what is in them: a due time, a level or a message could have changed
unnoticed. So the workflow itself is kept, and asked what its queries would answer.
"""

from typing import Any

from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.client import WorkflowHistory
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
from workflows.plugin import escalation_plugin

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
_KEEP = "keep_the_instance"


def shown(view: Any, timeline: Any) -> dict[str, Any]:
    """What people see, as plain JSON."""
    found: dict[str, Any] = _ANYTHING.dump_python({"view": view, "timeline": timeline}, mode="json")
    found["timeline"] = list(found["timeline"])
    return found


async def replayed(
    history: WorkflowHistory, kind: type[Any] = EscalationWorkflow, runner: WorkflowRunner | None = None
) -> dict[str, Any] | None:
    """
    What the queries answer after *history*; None if it was never opened.

    Raises:
        NondeterminismError: If the workflow, as it is now, would have asked for something else.
    """
    kept: list[Any] = []
    replayer = Replayer(
        workflows=[kind],
        plugins=[escalation_plugin()],
        interceptors=[_Keeping(kept)],
        workflow_runner=runner or SandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(history)
    (instance,) = kept
    return shown(instance.view(), instance.timeline()) if instance.current_details() else None


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
