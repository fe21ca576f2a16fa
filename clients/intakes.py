"""
Starts that other systems deliver, each once (START-1, START-4).

A delivery has an id of its own, which stays the same when it is delivered again. What became of it is marked by a run
that ends at once; the server keeps it, as long as it keeps what has ended. So a delivery that comes again, after its
escalation has ended too, is answered and opens nothing.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from clients.starts import Starts, request_of
from escalation import contract
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult
from escalation.kernel.ids import Own, own_id
from escalation.kernel.refusals import UnknownEscalation
from workflows import web_ui


class Intakes(Starts):
    """Start by delivery."""

    async def start_once(self, request: StartRequest | Mapping[str, Any], *, delivery: str) -> MoveResult:
        """
        As ``start``; a *delivery* of the same subject that was followed before is answered as it was then.

        Raises:
            BadRequest: With every fault; nothing is started then (START-6).
        """
        wanted = request_of(request)
        mark = own_id(Own.INTAKE, hashlib.sha256(f"{wanted.key}\n{delivery}".encode()).hexdigest()[:32])
        if before := await self._marked(mark):
            return replace(before, is_repeat=True)
        receipt = await self.start(wanted)
        await self._mark(mark, wanted.key, receipt)
        return receipt

    async def _marked(self, mark: str) -> MoveResult | None:
        try:
            found = await self._runs.describe(mark)
        except UnknownEscalation:
            return None
        receipt: MoveResult | None = await found.memo_value(
            contract.START_RESULT_MEMO, None, type_hint=MoveResult
        )
        return receipt

    async def _mark(self, mark: str, key: str, receipt: MoveResult) -> None:
        try:
            with suppress(WorkflowAlreadyStartedError):  # the same delivery, at the same moment
                await self._temporal.client.start_workflow(
                    contract.INTAKE,
                    contract.IntakeInput(key=key),
                    id=mark,
                    task_queue=self._temporal.task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                    memo={contract.START_RESULT_MEMO: replace(receipt, happened=())},
                    static_summary=f"delivered: the start of {web_ui.escaped(key)}",
                )
        except RPCError as error:
            raise self._temporal.no_server(error) from error
