"""
One plugin for client, worker and replayer alike: how values and refusals travel, and what the sandbox lets through.

The workflow modules are re-executed for every run, so they are thin; everything else is passed through, which costs
1 ms instead of 40 for each new run. What is passed through must be pure where the workflow uses it.
"""

from temporalio import workflow
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from escalation.errors import BY_CODE, EscalationError, Fault

PASSED_THROUGH = (
    "escalation",
    "workflows.delivery",
    "workflows.details",
    "workflows.moves",
    "workflows.search_attributes",
    "workflows.wire",
    "transitions",
    "six",
)
"""Everything that a workflow module imports, beyond what the SDK passes through itself."""


class RefusalConverter(DefaultFailureConverter):
    """
    A refusal crosses the wire as a clean sentence with its code and faults, and arrives as the error that it was.

    Refusals are final, so they are never retried, and carry no stack trace: they are no bugs.
    """

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        if isinstance(exception, EscalationError):
            exception = ApplicationError(
                exception.message,
                [fault.model_dump() for fault in exception.faults],
                type=exception.code,
                non_retryable=True,
            )
        super().to_failure(exception, payload_converter, failure)
        if failure.application_failure_info.type in BY_CODE:
            failure.stack_trace = ""

    def from_failure(self, failure: Failure, payload_converter: PayloadConverter) -> BaseException:
        error = super().from_failure(failure, payload_converter)
        if isinstance(error, ApplicationError) and error.type in BY_CODE:
            faults = error.details[0] if error.details else ()
            return BY_CODE[error.type](error.message, [Fault.model_validate(fault) for fault in faults])
        return error


def _sandbox(runner: WorkflowRunner | None) -> WorkflowRunner:
    if isinstance(runner, SandboxedWorkflowRunner):
        restrictions = runner.restrictions.with_passthrough_modules(*PASSED_THROUGH)
        return SandboxedWorkflowRunner(restrictions=restrictions)
    return runner or SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )


def escalation_plugin() -> SimplePlugin:
    """A fresh plugin; give it to the client, and workers of that client have it too."""
    return SimplePlugin(
        "escalation",
        data_converter=DataConverter(
            payload_converter_class=PydanticPayloadConverter, failure_converter_class=RefusalConverter
        ),
        workflow_runner=_sandbox,
        workflow_failure_exception_types=[EscalationError],
    )


# Log lines carry the run as their own keys; see runtime/logging.py.
workflow.logger.workflow_info_on_message = False
