"""
FollowUpWorkflow: owns the time of one ended escalation, until its survey has ended, its actions are done, and what
became of its last messages is known.

The same as ``EscalationWorkflow``, from where that ended. It only lives longer, and opens the successor that a
low score asks for. It holds no rule.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from workflows.escalation import EscalationWorkflow
from workflows.inputs import refuse_bad_input, require_id, require_parent, takes_one
from workflows.outbox import Outbox


@workflow.defn(name=contract.FOLLOW_UP)
class FollowUpWorkflow(EscalationWorkflow):
    """One closed escalation."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)
        if self._refusal:
            raise self._refusal
        require_parent()
        require_id(self._now.id if self._now else "KEY@INSTANT, of an escalation that is carried over")
        self._is_stopped = False

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> contract.EscalationResult:
        await self._run_loop()
        await self._records.finish()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._ended()

    @property
    def _is_busy(self) -> bool:
        is_awaited = (
            self.opened.is_followed_up
            or not self._successors.is_empty
            or self._awaits_results_until is not None
        )
        return (is_awaited and not self._is_stopped) or super()._is_busy

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        return (*super()._outboxes, self._successors)

    def _wakes_at(self) -> datetime | None:
        return min(filter(None, (super()._wakes_at(), self._awaits_results_until)), default=None)

    def _wakes_for(self) -> str:
        return (
            "messages that wait" if self._wakes_at() == self._awaits_results_until else super()._wakes_for()
        )

    def _stop(self) -> None:
        self._is_stopped = True
