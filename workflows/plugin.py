"""
One plugin for client, worker and replayer alike: how values and refusals travel, and what the sandbox lets through.

The workflow modules are re-executed for every run, so they are thin; everything else is passed through, which costs
1 ms instead of 40 for each new run. What is passed through must be pure where the workflow uses it.
"""

from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    PayloadConverter,
)
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    HandleQueryInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from escalation.errors import BY_CODE, EscalationError, Fault

PASSED_THROUGH = (
    "escalation",
    "workflows.commanding",
    "workflows.delivery",
    "workflows.details",
    "workflows.life",
    "workflows.moves",
    "workflows.recording",
    "workflows.releasing",
    "workflows.search_attributes",
    "workflows.wire",
    "transitions",
    "six",
)
"""Everything that a workflow module imports, beyond what the SDK passes through itself."""


class _StoredJson(PydanticJSONPlainPayloadConverter):
    """
    Fields that this version does not know are ignored: a newer worker wrote them, and the older one must go on.

    What people send is read where it comes in, and there an unknown field is a fault.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return self._type_adapter(type_hint or Any).validate_json(payload.data, extra="ignore")


class StoredPayloads(PydanticPayloadConverter):
    """Pydantic's converter, with ``_StoredJson`` in its place."""

    def __init__(self) -> None:
        super().__init__()
        converters = (
            _StoredJson() if isinstance(converter, PydanticJSONPlainPayloadConverter) else converter
            for converter in self.converters.values()
        )
        CompositePayloadConverter.__init__(self, *converters)


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


@runtime_checkable
class ShowsDetails(Protocol):
    """A workflow whose details are rendered when somebody looks at them."""

    def current_details(self) -> str: ...


class _DetailsWhenAsked(Interceptor):
    """
    Puts the current details into the metadata that the Web UI asks for.

    `workflow.set_current_details` would have them rendered at every step, for nobody most of the time: that took a
    tenth of the worker's time.
    """

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    async def handle_query(self, input: HandleQueryInput) -> object:  # noqa: A002 - the SDK's name
        answer: object = await super().handle_query(input)
        asked = workflow.instance()
        if isinstance(answer, WorkflowMetadata) and isinstance(asked, ShowsDetails):
            answer.current_details = asked.current_details()
        return answer


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
            payload_converter_class=StoredPayloads, failure_converter_class=RefusalConverter
        ),
        interceptors=[_DetailsWhenAsked()],
        workflow_runner=_sandbox,
        workflow_failure_exception_types=[EscalationError],
    )


# Log lines carry the run as their own keys; see runtime/logging.py.
workflow.logger.workflow_info_on_message = False
