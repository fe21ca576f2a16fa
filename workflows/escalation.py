"""
EscalationWorkflow: owns the time of one escalation, and no rule.

It puts every message and every due time to ``escalation.case.engine.decide``, keeps the answer, and does what the
answer
asks: sends notifications, commands task forces, arms one timer, shows the state. It must not decide, render, or look
anything up.

The run is the loop of `life`, with the work of an escalation in its outboxes. Its handlers are in the classes above it
(`escalation_base` lists them).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import WorkflowAlreadyStartedError

from escalation import contract
from escalation.case.deliveries import last_deferral_of
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.case.search_words import search_words
from escalation.case.task_forces import ReportTaskForce
from escalation.kernel.budgets import CARRIED, HISTORY, OURS, TIMELINE, WRAPPED, last_of, size_of
from escalation.kernel.ids import task_force_id
from escalation.kernel.refusals import EscalationError
from escalation.task_force.updates import TaskForceUpdate
from workflows import web_ui
from workflows.continue_as_new import is_due
from workflows.escalation_moves import EscalationMoves
from workflows.escalation_start import EscalationStart
from workflows.inputs import is_continued, read_input, read_model, require_id, takes_one
from workflows.message_proofs import judge_start
from workflows.move_handlers import takes_moves
from workflows.outage_end import release_joined_cases

_HISTORY_TOO_LONG = 20_000
"""Continue even while messages are under way; they go along, and may arrive twice under the same key."""
_REPORTED_BY = timedelta(days=1)
"""After it may leave at the earliest: in a digest, limited, and tried for long."""


@workflow.defn(name=contract.WORKFLOW)
@takes_moves(*PERSONS_COMMANDS, contract.RebaseRequest)
class EscalationWorkflow(EscalationMoves, EscalationStart):
    """One escalation, from its start to its close."""

    _search_words = ""
    """As lists know them."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        is_ours = is_continued() or workflow.info().parent is not None
        try:
            super().__init__(read_input(begins, is_ours=is_ours))
        except EscalationError as refusal:  # kept for the run, which is where a workflow can fail
            super().__init__(contract.EscalationInput())
            self._refusal = refusal

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        if self._now is None:
            await self._open(begins)
        else:
            await judge_start(begins)  # by hand, with what an earlier run would carry over
            require_id(self._now.key)
        await self._run_loop()
        await release_joined_cases(self.opened.joined_keys)
        if self.opened.is_followed_up or self._awaits_results_until:
            await self._hand_over()
        else:
            await self._records.finish()
        # What looks something up is refused now.
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._ended()

    @property
    def _awaits_results_until(self) -> datetime | None:
        """By then it knows what became of messages that wait; None if none does, or that is past (COMM-13)."""
        until = last_deferral_of(self._events)
        if until is None or until + _REPORTED_BY <= workflow.now():
            return None
        return until + _REPORTED_BY

    async def _hand_over(self) -> None:
        """
        A closed escalation is followed up under its own id, so that its key is free for another (ADR 15); what is not
        on record yet goes along.
        """
        self._is_handed_over = True
        await self._records.record_apart()
        try:
            await workflow.start_child_workflow(
                contract.FOLLOW_UP,
                self._carried(),
                id=self.opened.id,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=web_ui.start_summary(self.opened.request),
                static_details=web_ui.start_details(self.opened.request),
            )
        except WorkflowAlreadyStartedError:  # this run was reset to before its end
            workflow.logger.warning("follow_up_runs_already")

    def _ended(self) -> contract.EscalationResult:
        now = self.opened
        return contract.EscalationResult(
            id=now.id,
            state=now.state,
            level=now.level,
            levels=now.plan.last_level,
            request=now.request,
            priority=now.priority,
            merged_into=now.merged_into,
            impacts=now.impacts,
        )

    # What the loop asks.

    @property
    def _is_busy(self) -> bool:
        work = (self._deliveries, self._look_ups, self._proposals, self._orders)
        return self.opened.is_open or not all(outbox.is_empty for outbox in work)

    def _wakes_for(self) -> str:
        return web_ui.wake_summary(self.opened)

    def _search_values(self) -> web_ui.SearchValues:
        return web_ui.search_values(self.opened)

    def _show(self) -> None:
        words = search_words(self.opened)
        # Two texts in one write. The second one changes where another case joins.
        if not self._shown:  # the first time in each run
            workflow.upsert_memo(
                {contract.SUBJECT_MEMO: self.opened.request.subject, contract.SEARCH_MEMO: words}
            )
        elif words != self._search_words:
            workflow.upsert_memo({contract.SEARCH_MEMO: words})
        self._search_words = words
        super()._show()

    @workflow.signal(
        name=contract.TASK_FORCE_UPDATE,
        description="A task force tells how it stands.",
        unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON,  # last words, to one that has just ended
    )
    @takes_one
    async def follow_task_force(self, *raws: RawValue) -> None:
        try:
            update = read_model(TaskForceUpdate, raws, "the update of a task force", "one JSON object", OURS)
            if self.opened.is_open:  # else nobody is notified
                await self._require_sent_by(task_force_id(self.opened.key, update.summary.name), update)
        except EscalationError as refusal:
            self.note_refusal(contract.TASK_FORCE_UPDATE, refusal.refusal.reason)
        else:
            self._decide(ReportTaskForce(update=update))

    # A long life.

    @property
    def _may_continue(self) -> bool:
        if self._merging or not self._orders.is_at_rest:
            return False  # the next run could not know what became of it
        info = workflow.info()
        is_long = info.get_current_history_length() > _HISTORY_TOO_LONG
        is_too_long = is_long or info.get_current_history_size() > HISTORY
        # Records may be under way: they are carried over, and the database knows them by their numbers.
        work = (self._hours, self._deliveries, self._look_ups, self._proposals)
        is_wanted = is_due(self._begin.continue_after) and all(outbox.is_at_rest for outbox in work)
        carried = (*self._look_ups.carried, *self._proposals.carried, *self._orders.carried)
        return (
            self.opened.is_attended
            and (is_wanted or is_too_long)
            and self._fits(self.opened, *carried, *self._successors.carried)
        )

    async def _continue(self) -> None:
        await self._records.record_apart()
        await super()._continue()

    def _carried(self) -> contract.EscalationInput:
        kept = contract.ContinuedState(
            **self._continued_run(),
            escalation=self.opened,
            unrecorded=self._records.unrecorded,
            left_out=self._records.left_out,
            look_ups=self._look_ups.carried,
            proposals=self._proposals.carried,
            orders=self._orders.carried,
            successors=self._successors.carried,
        )
        carried = replace(
            kept, events=last_of(self._events, min(TIMELINE, CARRIED - WRAPPED - size_of(kept)))
        )
        return contract.EscalationInput(carried=carried, continue_after=self._begin.continue_after)
