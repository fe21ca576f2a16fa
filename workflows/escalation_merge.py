"""
EscalationMerge: how an escalation goes over into another one, and takes another one over (CLOSE-10).

The one that ends asks the one that goes on; that one asks back what comes over, so that nobody else can add customers
to it, and the first one ends only when it has been taken over. While it goes over nothing else can end it, and it takes
nothing over itself: two that go over into each other are both refused. No rule lives here.
"""

from dataclasses import replace

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case.effects import MergeQuestion, MergeRequest
from escalation.case.lifecycle import ENDING_MOVES, Move
from escalation.case.merge import TakeOver, hand_over_to, require_open
from escalation.case.moves.cancel import Cancel
from escalation.case.view import MoveResult, make_move_result
from escalation.kernel.refusals import MoveNotAllowed, StillFinishing
from workflows.escalation_base import EscalationBase
from workflows.inputs import read_model, takes_one
from workflows.look_ups import ask
from workflows.message_proofs import needs_proof


class EscalationMerge(EscalationBase):
    """An escalation that can go over into another one."""

    _merging: Cancel | None = None
    """The move by which it goes over, while the other one is being asked."""

    # The one that ends.

    @workflow.query(name=contract.MERGE_OFFER, description="What goes over, while it is being merged.")
    def merge_offer(self) -> TakeOver | None:
        return hand_over_to(self.opened, self._merging) if self._merging else None

    async def _hand_over_to(self, into: str, command: Cancel) -> Cancel:
        """
        Return *command* with the key of the escalation that has taken this one over.

        Raises:
            EscalationError: If it has not.
        """
        now = self.opened
        self._merging = command
        try:
            taken_over_by = await ask(
                contract.REQUEST_MERGE,
                MergeRequest(key=now.key, id=now.id, into=into),
                str,
                summary=f"have it taken over by {into}",
                unanswered=f"{now.key}: {into} could not be asked to take it over; try again",
            )
        finally:
            self._merging = None
            self._background.wake()
        return Cancel(by=command.by, cause=command.cause, into=taken_over_by, why=command.why)

    def _refuse_while_merging(self, move: Move) -> None:
        """
        Raises:
            EscalationError: If *move* would end it, or add to it, while it goes over.
        """
        if self._merging and move in ENDING_MOVES:
            raise MoveNotAllowed(
                f"{self.opened.key}: is being merged into {self._merging.into}; try again in a moment"
            )
        if self._merging and move is Move.JOIN_OUTAGE:
            raise StillFinishing(f"{self.opened.key}: is being merged into {self._merging.into}")

    # The one that goes on.

    @needs_proof
    @workflow.update(name=contract.TAKE_OVER, description="Comes with the merge of another escalation.")
    @takes_one
    async def take_over(self, *raws: RawValue) -> MoveResult:
        asked = read_model(MergeQuestion, raws, "a merge", "one JSON object")
        await self._wait_until_open()
        now = self.opened
        if asked.id in now.merged:
            return make_move_result(now, is_repeat=True)
        require_open(now, asked.key)
        self._refuse_while_merging(Move.CLOSE)
        command = await ask(
            contract.FIND_MERGE,
            replace(asked, known_as=(now.key, *now.joined_keys)),
            TakeOver,
            summary=f"ask {asked.key} what comes over",
            unanswered=f"{now.key}: {asked.key} did not say what comes over",
        )
        self._refuse_while_merging(Move.CLOSE)
        made = self._decision(command)
        self._keep(made)
        return make_move_result(made.state, made.events)
