"""
EscalationMoves: how the moves of people are followed, for the handlers that `moves` makes of them.

A move that names something which only the outside knows says so itself, by its fields: somebody whom the plan does not
have, another escalation, a time zone, the playbook of today. That is looked up here, and comes with the move when it
is decided.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case import commands as c
from escalation.case.effects import FindNamed
from escalation.case.engine import permit
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.rebase import Rebase
from escalation.case.on_call import LookUpOnCall
from escalation.case.view import MoveResult, make_move_result
from escalation.kernel.refusals import MoveNotAllowed
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from workflows.escalation_merge import EscalationMerge
from workflows.escalation_queries import EscalationQueries
from workflows.inputs import read_model, takes_one
from workflows.look_ups import QUICK, look_up

_LOOKED_UP_AGAIN_AFTER = timedelta(seconds=10)
"""Pause between two look-ups for somebody unknown: made-up names must not keep a worker busy."""
_LOOK_UP = 'Look up again who is on call, for somebody unknown. Example: {"person": "YOU"}'

Asked = PersonsCommand | contract.RebaseRequest
_Complete = PersonsCommand | Rebase | c.NamePeople


class EscalationMoves(EscalationMerge, EscalationQueries):
    """The moves of people in one escalation."""

    _looked_up_at: datetime | None = None
    """Time of the latest look-up of who is on call for somebody unknown."""

    def consider(self, command: Asked) -> None:
        """
        Raises:
            EscalationError: If *command* would be refused. Nothing is kept: a refused update leaves no trace.
        """
        self._require_possible(command)
        self._rates.after_move(self.opened.key, command.move, command.by, workflow.now())
        if isinstance(
            command, contract.RebaseRequest
        ):  # its plan is compiled only for somebody who may ask for it
            permit(self.opened, command.move, command.by)
            return
        stand_ins = tuple(Contact(id=who, name=who) for who in self._unknown_in(command))
        self._decision(c.NamePeople(asked=command, people=stand_ins) if stand_ins else command)

    async def follow(self, command: Asked) -> MoveResult:
        """
        Raises:
            EscalationError: If *command* is refused.
        """
        if self.is_followed():
            return make_move_result(self.opened, is_repeat=True)
        complete = await self._completed(command)
        # Other moves may have been followed while something was looked up.
        self._require_possible(command)
        rates = self._rates.after_move(self.opened.key, command.move, command.by, workflow.now())
        made = self._decision(complete)
        self._keep(made)
        self._rates = rates
        self._remember_update()
        return make_move_result(made.state, made.events)

    def _require_possible(self, command: Asked) -> None:
        self._require_free(command.move)
        self._refuse_while_merging(command.move)

    async def _completed(self, command: Asked) -> _Complete:
        """Return *command* with all that it needs from outside."""
        if isinstance(command, contract.RebaseRequest):
            return await self._with_plan(command)
        if command.said_to_be_closed:
            await self._require_ended(command.said_to_be_closed)
        if command.said_zone:
            await look_up(contract.CHECK_ZONE, command.said_zone, object)
        if isinstance(command, Cancel) and command.into:
            return await self._hand_over_to(command.into, command)
        if named := self._unknown_in(command):
            people = await look_up(contract.FIND_NAMED, FindNamed(named=named), tuple[Contact, ...])
            if people:
                return c.NamePeople(asked=command, people=people)
        return command

    def _unknown_in(self, command: PersonsCommand) -> tuple[str, ...]:
        """Return the people in *command* whom the plan has by their ids alone: they must be looked up."""
        plan = self.opened.plan
        return tuple(who for who in command.named if who in plan.others and not plan.knows(who))

    async def _require_ended(self, key: str) -> None:
        """
        Raises:
            MoveNotAllowed: If *key* is an escalation that is open.
        """
        if await look_up(contract.CHECK_OPEN, key, bool):
            raise MoveNotAllowed(
                f"{self.opened.key}: {key} is an escalation that is still open; "
                "say why it stays open, or end it first"
            )

    async def _with_plan(self, asked: contract.RebaseRequest) -> Rebase:
        plan = await look_up(contract.RECOMPILE_PLAN, self._basis(asked.issue_type, asked.category), Plan)
        if asked.sha256 and asked.sha256 != plan.playbook.sha256:
            raise MoveNotAllowed(
                f"{self.opened.key}: cannot rebase to that playbook; the worker's is {plan.playbook}"
            )
        return Rebase(by=asked.by, why=asked.why, plan=plan)

    # Somebody unknown may be on call by now.

    @workflow.update(name=contract.LOOK_UP_ON_CALL, description=_LOOK_UP)
    @takes_one
    async def look_up_on_call(self, *_raws: RawValue) -> contract.OnCallPeople:
        self._looked_up_at = workflow.now()
        self._decide(LookUpOnCall())
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._look_ups.is_empty, timeout=QUICK)
        people = (person for answer in self.opened.on_call_answers for person in answer.people)
        return contract.OnCallPeople(people=tuple(dict.fromkeys(people)))

    @look_up_on_call.validator
    @takes_one
    def validate_look_up(self, *raws: RawValue) -> None:
        """Refuse a look-up that cannot bring anything new."""
        asked = read_model(contract.OnCallRequest, raws, "the look-up", _LOOK_UP)
        now, at = self.opened, self._looked_up_at
        is_fresh = at is not None and workflow.now() - at < _LOOKED_UP_AGAIN_AFTER
        if is_fresh or now.plan.knows(asked.person) or not (now.is_open and now.on_call_answers):
            raise MoveNotAllowed(f"{now.key}: there is nothing to look up")
