"""
FollowUpWorkflow: owns the time of one ended escalation, until its survey has ended, its actions are done, and what
became of its last letters is known.

The same desk as ``EscalationWorkflow``, from where that ended; it only lives longer, and opens the successor that a
low score asks for. It holds no rule.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import WorkflowAlreadyStartedError

from escalation import contract
from escalation.case.request import StartRequest
from workflows import web_ui
from workflows.escalation import EscalationWorkflow
from workflows.inputs import refuse_bad_input, require_id, require_parent
from workflows.outbox import Outbox
from workflows.raw_values import takes_one

_TRIES = 5
_BETWEEN_TRIES = timedelta(minutes=1)


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
        await self._live()
        await self._records.finish()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._ended()

    @property
    def _is_busy(self) -> bool:
        is_awaited = (
            self.opened.is_followed_up or not self._successors.is_empty or self._hears_until is not None
        )
        return (is_awaited and not self._is_stopped) or super()._is_busy

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        return (*super()._outboxes, self._successors)

    def _wakes_at(self) -> datetime | None:
        return min(filter(None, (super()._wakes_at(), self._hears_until)), default=None)

    def _wakes_for(self) -> str:
        return "letters that wait" if self._wakes_at() == self._hears_until else super()._wakes_for()

    def _stop(self) -> None:
        self._is_stopped = True

    async def _succeed(self, request: StartRequest) -> None:
        """Where one of the same subject runs already there is nothing to open; perhaps it is only just ending."""
        for _ in range(_TRIES):
            try:
                await workflow.start_child_workflow(
                    contract.WORKFLOW,
                    contract.EscalationInput(request=request.model_dump(mode="json", exclude_defaults=True)),
                    id=request.key,
                    parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                    static_summary=web_ui.start_summary(request),
                    static_details=web_ui.start_details(request),
                )
                return
            except WorkflowAlreadyStartedError:
                await workflow.sleep(_BETWEEN_TRIES, summary="the escalation before it is just ending")
