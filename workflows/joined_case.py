"""
JoinedCaseWorkflow: a subject that is part of an outage (START-5).

It holds the subject's key while the outage lasts, so that a repeated start finds it (START-4) and whoever asks for it
learns where it joined. The escalation itself runs under the outage's key: no rule lives here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pydantic import JsonValue
from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case.effects import OutageRequest
from escalation.case.view import MoveResult
from escalation.kernel.budgets import REQUEST
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import EscalationError, MoveNotAllowed
from escalation.policy.rates import Rates
from workflows.continue_as_new import ContinuableWorkflow, continue_as_new, is_outdated
from workflows.inputs import is_continued, read_input, read_model, require_nothing, takes_one
from workflows.look_ups import ask
from workflows.message_proofs import judge_start, needs_proof

_A_TRY = timedelta(minutes=2)


@workflow.defn(name=contract.JOINED_CASE_WORKFLOW)
class JoinedCaseWorkflow(ContinuableWorkflow):
    """One subject, from its start to the end of the outage that it is part of."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        self._begins = begins
        self._joined: MoveResult | None = None
        self._refusal: EscalationError | None = None
        self._is_outage_ended = False
        """As a signal says; anybody could have sent that."""
        self._rates = Rates()

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> str:
        try:
            begin = self._read()
            await judge_start(self._begins)
            self._joined = begin.joined or await self._join(begin.request)
        except EscalationError as refusal:
            self._refusal = refusal
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        while True:
            await workflow.wait_condition(
                lambda: (self._is_outage_ended or is_outdated()) and workflow.all_handlers_finished()
            )
            if not self._is_outage_ended:
                continue_as_new(replace(read_input(self._begins), joined=self._joined))
            self._is_outage_ended = False
            if await ask(
                contract.CHECK_OUTAGE,
                self._joined,
                bool,
                summary="ask whether the outage is over",
                a_try=_A_TRY,
            ):
                return self._joined.key

    @needs_proof
    @workflow.update(
        name=contract.START,
        description='Comes with a start, and what it starts with: {"request": {…}}. Answers where it joined.',
    )
    @takes_one
    async def start(self, *raws: RawValue) -> MoveResult:
        if self._joined is None:
            await workflow.wait_condition(lambda: self._joined is not None or self._refusal is not None)
        else:  # asked again: it is checked like the first, and the outage may be over without a signal of it
            self._rates = self._rates.after_repeat(self._key, workflow.now())
            self._joined = await self._join(self._again(raws))
        if self._joined is None:
            raise self._refusal or MoveNotAllowed(f"{self._key}: was never opened")
        return self._joined

    @workflow.query(name=contract.JOINED_ESCALATION, description="The key of the escalation that it joined.")
    def joined_escalation(self) -> str:
        return self._joined.key if self._joined else ""

    @workflow.signal(name=contract.OUTAGE_ENDED, description="The outage is over, and the key is free again.")
    @takes_one
    def outage_ended(self, *_raws: RawValue) -> None:
        self._is_outage_ended = True

    @workflow.update(dynamic=True)
    def refer(self, name: str, _args: Sequence[RawValue]) -> None:
        """Moves are made where the outage is."""
        key = self.joined_escalation() or "its outage"
        raise MoveNotAllowed(f"{self._key}: joined {key}; {name.replace('_', ' ')} there")

    @property
    def _key(self) -> str:
        return workflow.info().workflow_id

    def _read(self) -> contract.EscalationInput:
        begin = read_input(self._begins, is_ours=is_continued())
        require_nothing(begin.joined is None, "joined")
        return begin

    def _again(self, raws: Sequence[RawValue]) -> dict[str, JsonValue]:
        """
        The request of a repeat, which goes where the first one went.

        Raises:
            MoveNotAllowed: If it names another outage.
        """
        asked = read_model(contract.WrittenStart, raws, "the start", '{"request": {…}}', REQUEST)
        first = self._read().request.get("outage")
        if asked.request.get("outage", first) != first:
            raise MoveNotAllowed(reason("joined_another"), subject=self._key)
        return {**asked.request, "outage": first}

    async def _join(self, request: dict[str, JsonValue]) -> MoveResult:
        """
        Raises:
            EscalationError: If the start is refused.
        """
        wanted = OutageRequest(key=self._key, request=request, escalation_workflow=contract.WORKFLOW)
        return await ask(
            contract.JOIN_OUTAGE, wanted, MoveResult, summary="join the outage, or open it", a_try=_A_TRY
        )
