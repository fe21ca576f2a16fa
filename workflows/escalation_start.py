"""
EscalationStart: opens an escalation, and answers later starts of the same subject.

A start comes as an update with the run that it starts, so its sender gets the answer, or every fault, in one round
trip. Whoever starts the same subject again gets the same answer (START-4); another subject of the same outage joins
(START-5).
"""

from collections.abc import Sequence
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case.effects import CheckStart, CompiledStart, CompilePlan
from escalation.case.lifecycle import Move
from escalation.case.moves.join_outage import JoinOutage, permit_repeat
from escalation.case.request import StartRequest
from escalation.case.start import Open, open_escalation
from escalation.case.view import MoveResult, make_move_result
from escalation.kernel.budgets import REQUEST
from escalation.kernel.reasons import reason, term
from escalation.kernel.refusals import EscalationError
from workflows.escalation_merge import EscalationMerge
from workflows.inputs import read_model, takes_one
from workflows.look_ups import look_up
from workflows.message_proofs import judge_start, needs_proof

_START = '{"request": {…}}'
_Checked = TypeVar("_Checked", StartRequest, JoinOutage)


class EscalationStart(EscalationMerge):
    """The start of an escalation, and the starts that follow it."""

    async def _open(self, begins: Sequence[RawValue]) -> None:
        """
        Raises:
            EscalationError: If the request is refused.
        """
        key = workflow.info().workflow_id
        try:
            door = await judge_start(begins)
            compiled = await self._compiled(key)
        except EscalationError as refusal:
            self._refusal = refusal
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        now = workflow.now()
        self._keep(
            open_escalation(
                Open(
                    id=f"{key}@{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
                    request=compiled.request,
                    plan=compiled.plan,
                    priority=compiled.priority,
                    door=door,
                ),
                now,
            )
        )
        for early in self._early_refusals:
            self._decide(early)

    async def _compiled(self, key: str) -> CompiledStart:
        if self._refusal:
            raise self._refusal
        return await look_up(
            contract.COMPILE_PLAN, CompilePlan(key=key, request=self._begin.request), CompiledStart
        )

    @needs_proof
    @workflow.update(
        name=contract.START,
        description=f"Comes with a start, and what it starts with: {_START}. Answers with how it stands.",
    )
    @takes_one
    async def start(self, *raws: RawValue) -> MoveResult:
        is_repeat = self._now is not None
        await self._wait_until_open()
        self._require_free()
        if is_repeat:
            self._rates = self._rates.after_repeat(self.opened.key, workflow.now())
            permit_repeat(self.opened, await self._submitter(raws))
        return make_move_result(self.opened, () if is_repeat else self._events, is_repeat=is_repeat)

    @needs_proof
    @workflow.update(
        name=contract.JOIN_OUTAGE,
        description=f"Comes with the start of a subject of the same outage: {_START}.",
    )
    @takes_one
    async def join_outage(self, *raws: RawValue) -> MoveResult:
        asked = read_model(contract.WrittenStart, raws, term(Move.JOIN_OUTAGE), _START, REQUEST)
        await self._wait_until_open()
        command: JoinOutage = await self._checked(contract.CHECK_JOIN, asked, JoinOutage)
        self._require_free()
        self._refuse_while_merging(Move.JOIN_OUTAGE)
        if is_repeat := command.case_key in self.opened.joined_keys:
            self._rates = self._rates.after_repeat(self.opened.key, workflow.now())
            permit_repeat(self.opened, command.by, command.case_key)
        made = self._decision(command)
        self._keep(made)
        return make_move_result(made.state, made.events, is_repeat=is_repeat)

    async def _submitter(self, raws: Sequence[RawValue]) -> str:
        """Return who submitted a start that is repeated; the repeat is checked like the first one."""
        asked = read_model(contract.WrittenStart, raws, reason("the_start"), _START, REQUEST)
        request: StartRequest = await self._checked(contract.CHECK_START, asked, StartRequest)
        return request.submitted_by

    async def _checked(self, check: str, asked: contract.WrittenStart, kind: type[_Checked]) -> _Checked:
        """
        Raises:
            EscalationError: If the start has faults.
        """
        return await look_up(check, CheckStart(key=self.opened.key, request=asked.request), kind)
