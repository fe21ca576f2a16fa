"""
How an escalation goes over into another one, and takes another one over (CLOSE-10).

The one that ends asks the one that goes on; that one asks back what comes over, so that nobody else can add customers
to it, and the first one ends only when it has been taken over. While it goes over nothing else can end it, and it takes
nothing over itself: two that go over into each other are both refused. No rule lives here.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case import commands as c
from escalation.case.effects import MergeQuestion, MergeRequest
from escalation.case.engine import decide
from escalation.case.lifecycle import Move
from escalation.case.merge import hand_over_to, require_open
from escalation.case.state import Escalation
from escalation.case.view import MoveResult, make_move_result
from escalation.case.work import Decision
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, StillFinishing
from workflows.base_workflow import BaseWorkflow
from workflows.move_handlers import described, read
from workflows.raw_values import read_model, takes_one

_A_TRY, _ALL_TRIES = timedelta(seconds=20), timedelta(minutes=1)
_ENDS_IT = frozenset({Move.CANCEL, Move.CLOSE})


class Mergeable(BaseWorkflow):
    """A run that can go over into another one."""

    _merging: c.Cancel | None = None
    """The move by which it goes over, while the other one is being asked."""

    # What the run is.

    @property
    def _opened(self) -> Escalation:
        raise NotImplementedError

    async def _wait_until_open(self) -> None:
        """
        Raises:
            EscalationError: If its start is refused.
        """
        raise NotImplementedError

    def consider(self, command: c.PersonsCommand) -> None:
        raise NotImplementedError

    def follow(self, command: c.PersonsCommand) -> MoveResult:
        raise NotImplementedError

    def _keep(self, answer: Decision) -> None:
        raise NotImplementedError

    # The one that ends.

    @workflow.update(name=Move.CANCEL.value, description=described(c.Cancel))
    @takes_one
    async def update_cancel(self, *raws: RawValue) -> MoveResult:
        return await self._cancel(self._read_cancel(raws))

    @update_cancel.validator
    @takes_one
    def may_cancel(self, *raws: RawValue) -> None:
        if not self.is_answered():
            self.consider(self._read_cancel(raws))

    @workflow.signal(name=Move.CANCEL.value, description=described(c.Cancel))
    @takes_one
    async def signal_cancel(self, *raws: RawValue) -> None:
        try:
            command = self._read_cancel(raws)
            self.consider(command)
            await self._cancel(command)
        except EscalationError as refusal:
            self.note_refusal(Move.CANCEL.value, refusal.message)

    @workflow.query(name=contract.MERGE_OFFER, description="What goes over, while it is being merged.")
    def merge_offer(self) -> c.TakeOver | None:
        return hand_over_to(self._opened, self._merging) if self._merging else None

    def _read_cancel(self, raws: Sequence[RawValue]) -> c.Cancel:
        command = read(c.Cancel, raws)
        assert isinstance(command, c.Cancel)
        return command

    async def _cancel(self, command: c.Cancel) -> MoveResult:
        if command.into and not self.is_answered():
            self._merging = command
            try:
                command = command.changed(into=await self._merged(command.into))
            finally:
                self._merging = None
                self._is_stirred = True
        return self.follow(command)

    async def _merged(self, into: str) -> str:
        """
        The key of the escalation that has taken this one over.

        Raises:
            EscalationError: If it has not.
        """
        now = self._opened
        try:
            taken_over_by: str = await workflow.execute_activity(
                contract.REQUEST_MERGE,
                MergeRequest(key=now.key, id=now.id, into=into),
                result_type=str,
                start_to_close_timeout=_A_TRY,
                schedule_to_close_timeout=_ALL_TRIES,
                retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200)),
                summary=f"have it taken over by {into}",
            )
        except ActivityError as error:
            if isinstance(error.cause, EscalationError):
                raise error.cause from None
            raise MoveNotAllowed(f"{now.key}: {into} could not be asked to take it over; try again") from None
        return taken_over_by

    def refuse_while_merging(self, move: Move) -> None:
        """
        Raises:
            EscalationError: If *move* would end it, or add to it, while it goes over.
        """
        if self._merging and move in _ENDS_IT:
            raise MoveNotAllowed(
                f"{self._opened.key}: is being merged into {self._merging.into}; try again in a moment"
            )
        if self._merging and move is Move.JOIN_OUTAGE:
            raise StillFinishing(f"{self._opened.key}: is being merged into {self._merging.into}")

    # The one that goes on.

    @workflow.update(name=contract.TAKE_OVER, description="Comes with the merge of another escalation.")
    @takes_one
    async def take_over(self, *raws: RawValue) -> MoveResult:
        asked = read_model(MergeQuestion, raws, "a merge", "one JSON object")
        await self._wait_until_open()
        now = self._opened
        if asked.id in now.merged:
            return make_move_result(now, is_repeat=True)
        require_open(now, asked.key)
        self.refuse_while_merging(Move.CLOSE)
        try:
            command: c.TakeOver = await workflow.execute_activity(
                contract.FIND_MERGE,
                asked.changed(known_as=(now.key, *now.tickets)),
                result_type=c.TakeOver,
                start_to_close_timeout=_A_TRY,
                schedule_to_close_timeout=_ALL_TRIES,
                summary=f"ask {asked.key} what comes over",
            )
        except ActivityError as error:
            if isinstance(error.cause, EscalationError):
                raise error.cause from None
            raise MoveNotAllowed(f"{now.key}: {asked.key} did not say what comes over") from None
        self.refuse_while_merging(Move.CLOSE)
        answer = decide(self._opened, command, workflow.now())
        self._keep(answer)
        return make_move_result(answer.escalation, answer.events)
