"""
One plugin for client, worker and replayer alike: how values and refusals travel and are encrypted, and what the sandbox
lets through.

Nothing of ours is executed again for each run, which would take 40 ms and 2 MB of each. The sandbox still forbids calls
like ``open``; what our modules import and call, which it does not see, is held by ``tests/test_purity.py`` alone.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import ClientConfig
from temporalio.common import HeaderCodecBehavior
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    PayloadCodec,
    PayloadConverter,
    SerializationContext,
    StorageDriverStoreContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    ExecuteWorkflowInput,
    HandleQueryInput,
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    ReplayerConfig,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from escalation import contract
from escalation.kernel.proof import Proof
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BY_CODE, FAULTS, EscalationError, Refusal
from escalation.kernel.values import from_json, from_plain, to_bytes, to_plain, without_input
from messages.speaker import speaker
from workflows.hidden_names import hide_names, show_query_failures
from workflows.inputs import refusal_of
from workflows.message_proofs import JUDGE, Proofs, note_door, note_proof, read_proof, require_proof
from workflows.payload_targets import targets_of
from workflows.readers import build_readers
from workflows.repeated_queries import RepeatedQueries
from workflows.signed_client import SignedClient
from workflows.workflow_task_boundaries import NewsWithoutTask, leave_a_command

PASSED_THROUGH = ("escalation", "messages", "workflows", "babel", "opentelemetry")
"""All that a workflow imports, beyond what the SDK passes through itself; what these import comes with them."""


class _StoredJson(PydanticJSONPlainPayloadConverter):
    """
    Fields that this version does not know are ignored: a newer worker wrote them, and the older one must go on.

    What people send is read where it comes in, and there an unknown field is a fault.
    """

    def to_payload(self, value: Any) -> Payload:
        return Payload(metadata={"encoding": self.encoding.encode()}, data=to_bytes(value))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        kind: Any = type_hint or Any
        try:
            return from_json(kind, payload.data, ignores_unknown=True)
        except ValidationError as error:
            raise ValueError(f"this is no {kind}: {without_input(error)}") from None


class StoredPayloads(PydanticPayloadConverter):
    """Pydantic's converter, with ``_StoredJson`` in its place."""

    def __init__(self) -> None:
        # They keep nothing, and this is made again for each step of a run.
        CompositePayloadConverter.__init__(self, *_CONVERTERS)


_CONVERTERS = tuple(
    _StoredJson() if isinstance(converter, PydanticJSONPlainPayloadConverter) else converter
    for converter in PydanticPayloadConverter().converters.values()
)


class RefusalConverter(DefaultFailureConverter):
    """
    A refusal crosses the wire as data, with a sentence for Temporal's own UI, and arrives as the error that it was.

    Refusals are final, so they are never retried, and carry no stack trace: they are no bugs.
    """

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        if isinstance(exception, EscalationError):
            exception = ApplicationError(
                exception.message,
                to_plain(exception.refusal),
                type=exception.code,
                non_retryable=True,
            )
        super().to_failure(exception, payload_converter, failure)
        if failure.application_failure_info.type in BY_CODE:
            failure.stack_trace = ""

    def from_failure(self, failure: Failure, payload_converter: PayloadConverter) -> BaseException:
        error = super().from_failure(failure, payload_converter)
        if isinstance(error, ApplicationError) and error.type in BY_CODE:
            return EscalationError.of_refusal(from_plain(Refusal, error.details[0]))
        return error


class Encryption(Protocol):
    """Encryption of what Temporal stores; knows the keys."""

    @property
    def is_on(self) -> bool:
        """False if there are no keys."""

    @property
    def has_data_keys(self) -> bool:
        """True if a case has a key of its own: the codec must know then whose a payload is."""

    @property
    def codec(self) -> PayloadCodec:
        """The codec that all payloads pass."""

    @property
    def fault(self) -> type[Exception]:
        """The error of keys that are missing or wrong. It says nothing that was to be encrypted."""

    def hide(self, name: str) -> str:
        """Return *name*, of a person or an account, as search attributes hold it."""


class EncodedFailures(RefusalConverter):
    """Puts the message and the stack trace of a failure where the codec encrypts them."""

    kept_plain: ClassVar[type[Exception]] = Exception
    """Errors that must be read without keys, because they say which one is missing."""

    @classmethod
    def besides(cls, fault: type[Exception]) -> "type[EncodedFailures]":
        """Return such a converter that leaves *fault* readable."""

        class Encoded(cls):  # type: ignore[misc,valid-type]
            kept_plain = fault

        return Encoded

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, self.kept_plain):
            return
        said = {"message": failure.message, "stack_trace": failure.stack_trace}
        failure.encoded_attributes.CopyFrom(payload_converter.to_payloads([said])[0])
        failure.message, failure.stack_trace = ENCODED, ""


ENCODED = "Encoded failure"
"""The SDK's words in the place of a message."""


@runtime_checkable
class ShowsDetails(Protocol):
    """A workflow whose details are rendered when somebody looks at them."""

    def current_details(self) -> str: ...


class _AroundEachRun(Interceptor):
    """
    Ends a run whose start is refused, and puts the current details into the metadata that the Web UI asks for.

    `workflow.set_current_details` would have them rendered at every step, for nobody most of the time: that took a
    tenth of the worker's time.
    """

    def workflow_interceptor_class(
        self,
        _: WorkflowInterceptorClassInput,
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    """A run whose start is refused (``workflows.inputs``) does nothing else than to end with that."""

    async def execute_workflow(self, started: ExecuteWorkflowInput) -> object:
        _raise_refusal()
        return await super().execute_workflow(started)

    async def handle_signal(self, signal: HandleSignalInput) -> None:
        if refusal_of(workflow.instance()) is None:
            note_proof(_proof_of(signal.headers))
            await super().handle_signal(signal)

    def handle_update_validator(self, update: HandleUpdateInput) -> None:
        _raise_refusal()
        require_proof(update.update, update.args, update.id, _proof_of(update.headers))
        super().handle_update_validator(update)

    async def handle_update_handler(self, update: HandleUpdateInput) -> object:
        _raise_refusal()
        note_door(_proof_of(update.headers))
        return await super().handle_update_handler(update)

    async def handle_query(self, query: HandleQueryInput) -> object:
        _raise_refusal()
        answer: object = await super().handle_query(query)
        asked = workflow.instance()
        if isinstance(answer, WorkflowMetadata) and isinstance(asked, ShowsDetails):
            answer.current_details = asked.current_details()
        return answer


def _proof_of(headers: Mapping[str, Payload]) -> Proof | None:
    return read_proof(headers[contract.PROOF_HEADER].data) if contract.PROOF_HEADER in headers else None


def _raise_refusal() -> None:
    if refusal := refusal_of(workflow.instance()):
        raise refusal


class _Sandbox(SandboxedWorkflowRunner):
    """
    The SDK's own, with our instances: it asks in there up to four times for each payload in which context that is
    converted. No converter of ours wants to know, and it took a fifth of the worker's time.
    """

    _encryption: Encryption | None = None

    def encrypting(self, encryption: Encryption | None) -> "_Sandbox":
        """Have runs hide names by *encryption*."""
        self._encryption = encryption
        return self

    def prepare_workflow(self, defn: Any) -> None:
        # The catalogue and the rules of its plurals are read before a run says anything: in the sandbox no file can
        # be opened, and a refusal that counts would reach whoever waits for it without a word.
        speaker().say(reason(FAULTS, "", 2))
        super().prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return Run(super().create_instance(det), self._encryption)


class _Runner(WorkflowRunner):
    """Any other runner, with our instances."""

    def __init__(self, inside: WorkflowRunner, encryption: Encryption | None) -> None:
        self._inside, self._encryption = inside, encryption

    def prepare_workflow(self, defn: Any) -> None:
        self._inside.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return Run(self._inside.create_instance(det), self._encryption)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        self._inside.set_worker_level_failure_exception_types(types)


class Run(WorkflowInstance):
    """
    One run, as the SDK drives it: no context for payloads, no task without a command, no news without a task.

    With data keys there is a context: the id of the run that a payload goes to, found outside of the sandbox. What
    comes in needs none, since each payload names its key.

    With encryption it also hides the names in search attributes, which no codec sees. The run itself knows nothing of
    that, so it decides the same with any keys, and a replay compares no search attribute.
    """

    def __init__(self, inside: WorkflowInstance, encryption: Encryption | None = None) -> None:
        self._inside, self._encryption = inside, encryption
        self._news_without_task = NewsWithoutTask()
        self._targets: dict[tuple[int, int], str] = {}

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        if answer := self._news_without_task.answer(act):
            return answer
        completion = self._inside.activate(act)
        leave_a_command(act, completion)
        if self._encryption:
            hide_names(completion, self._encryption.hide)
            show_query_failures(completion)
            if self._encryption.has_data_keys:
                self._targets = targets_of(completion)
        return completion

    def get_info(self) -> workflow.Info:
        return self._inside.get_info()

    def get_thread_id(self) -> int | None:
        return self._inside.get_thread_id()

    def get_serialization_context(self, command: CommandInfo | None) -> SerializationContext | None:
        if self._encryption is None or not self._encryption.has_data_keys:
            return None
        info = self._inside.get_info()
        target = command and self._targets.get((command.command_type, command.command_seq))
        return WorkflowSerializationContext(namespace=info.namespace, workflow_id=target or info.workflow_id)

    def get_external_store_context(self, _: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)


def _runner(encryption: Encryption | None, given: WorkflowRunner | None) -> WorkflowRunner:
    """Of workers and replayers; clients run none."""
    build_readers()
    if given is not None and not isinstance(given, SandboxedWorkflowRunner):
        return _Runner(given, encryption)
    restrictions = given.restrictions if given else SandboxRestrictions.default
    sandbox = _Sandbox(restrictions=restrictions.with_passthrough_modules(*PASSED_THROUGH))
    return sandbox.encrypting(encryption)


class JudgesProofs(Interceptor):
    """
    Lets the runs of a worker have the proof of an update judged by *proofs*.

    In another thread: in those of the sandbox imports are caught, and what `cryptography` imports while it verifies
    would end the process.
    """

    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    def workflow_interceptor_class(self, given: WorkflowInterceptorClassInput) -> None:
        given.unsafe_extern_functions[JUDGE] = self._proofs.judge_apart


class EscalationPlugin(SimplePlugin):
    """The plugin. With *encryption* all that travels as a payload is encrypted, headers too."""

    def __init__(self, proofs: Proofs | None, encryption: Encryption | None) -> None:
        active = encryption if encryption and encryption.is_on else None
        has_data_keys = active is not None and active.has_data_keys
        super().__init__(
            "escalation",
            data_converter=_converter(encryption, active),
            interceptors=[
                _AroundEachRun(),
                RepeatedQueries(),
                *([SignedClient(proofs, StoredPayloads(), names_run=has_data_keys)] if proofs else ()),
            ],
            workflow_runner=partial(_runner, active),
            workflow_failure_exception_types=[EscalationError],
        )
        self._headers = HeaderCodecBehavior.CODEC if active else HeaderCodecBehavior.NO_CODEC

    def configure_client(self, config: ClientConfig) -> ClientConfig:
        return {**super().configure_client(config), "header_codec_behavior": self._headers}

    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        return {**super().configure_replayer(config), "header_codec_behavior": self._headers}


def _converter(encryption: Encryption | None, active: Encryption | None) -> DataConverter:
    """Return how values travel. Without keys, the codec of *encryption* refuses what is encrypted."""
    failures = EncodedFailures.besides(active.fault) if active else RefusalConverter
    return DataConverter(
        payload_converter_class=StoredPayloads,
        payload_codec=encryption.codec if encryption else None,
        failure_converter_class=failures,
    )


def escalation_plugin(proofs: Proofs | None = None, encryption: Encryption | None = None) -> EscalationPlugin:
    """
    A fresh plugin; give it to the client, and workers of that client have it too. *proofs* sign what it sends,
    *encryption* encrypts what is stored of it.
    """
    return EscalationPlugin(proofs, encryption)


# Log lines carry the run as their own keys; see runtime/log_setup.py.
workflow.logger.workflow_info_on_message = False
