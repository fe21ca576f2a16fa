"""
Proof of who acts, on the way out: each start, update and signal of a client carries that of whoever acts there.

A header of Temporal's, no field of the command: what a move says is the same with and without one (IDENTITY-3).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.converter import PayloadConverter

from escalation.contract import PROOF_HEADER
from escalation.kernel.ids import RUN_OF_PAYLOAD
from escalation.kernel.proof import Message, digest_of, mover_of
from escalation.kernel.values import to_bytes
from workflows.message_proofs import Proofs

Headers = Mapping[str, Payload]


class SignedClient(Interceptor):
    """
    Signs what a client sends. *converter*: as the client's, whose bytes are what a worker sees. *names_run*: the codec
    gets to know by the payload which run it is for, since the SDK says nothing of headers.
    """

    def __init__(self, proofs: Proofs, converter: PayloadConverter, *, names_run: bool = False) -> None:
        self._proofs, self._converter, self._names_run = proofs, converter, names_run

    def intercept_client(self, sends: OutboundInterceptor) -> OutboundInterceptor:
        return _Signing(sends, self._proofs, self._converter, names_run=self._names_run)


class _Signing(OutboundInterceptor):
    def __init__(
        self, sends: OutboundInterceptor, proofs: Proofs, converter: PayloadConverter, *, names_run: bool
    ) -> None:
        super().__init__(sends)
        self._proofs, self._converter, self._names_run = proofs, converter, names_run

    async def start_workflow(self, start: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        if start.start_signal is None:
            start.headers = self._signed(start.headers, start.id, start.workflow, start.args)
        else:  # one header for both: the signal is what has to be proven then
            start.headers = self._signed(start.headers, start.id, start.start_signal, start.start_signal_args)
        return await super().start_workflow(start)

    async def signal_workflow(self, signal: SignalWorkflowInput) -> None:
        signal.headers = self._signed(signal.headers, signal.id, signal.signal, signal.args)
        await super().signal_workflow(signal)

    async def start_workflow_update(self, update: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        update.update_id = update.update_id or self._proofs.new_id()
        update.headers = self._signed(update.headers, update.id, update.update, update.args, update.update_id)
        return await super().start_workflow_update(update)

    async def start_update_with_start_workflow(
        self,
        both: StartWorkflowUpdateWithStartInput,
    ) -> WorkflowUpdateHandle[Any]:
        start, update = both.start_workflow_input, both.update_workflow_input
        update.update_id = update.update_id or self._proofs.new_id()
        start.headers = self._signed(start.headers, start.id, start.workflow, start.args)
        update.headers = self._signed(update.headers, start.id, update.update, update.args, update.update_id)
        return await super().start_update_with_start_workflow(both)

    def _signed(self, headers: Headers, run: str, name: str, args: Sequence[Any], id_: str = "") -> Headers:
        arguments = [payload.data for payload in self._converter.to_payloads(args)]
        message = Message(
            run=run,
            name=name,
            id=id_ or self._proofs.new_id(),
            digest=digest_of(arguments),
            mover=mover_of(arguments),
        )
        proof = self._proofs.sign(message)
        if proof is None:
            return headers
        named = {RUN_OF_PAYLOAD: run.encode()} if self._names_run else {}
        payload = Payload(metadata={"encoding": b"json/plain", **named}, data=to_bytes(proof))
        return {**headers, PROOF_HEADER: payload}
