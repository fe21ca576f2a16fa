"""
TaskForceWorkflow: owns the time of one task force, and no rule.

It lives beside its escalation: reports to it by signal, in order, and ends when it is told to, when the operator
cancels it, or when there is no escalation any more to report to. It must not decide, render, or look anything up.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import FailureError

from escalation import contract
from escalation.case.commands import NoteRefusal, Tick
from escalation.case.effects import CompileOpenHours, NotificationBatch
from escalation.case.timeline import TimelineEntry
from escalation.kernel.budgets import ANSWERED, CARRIED, OURS, TIMELINE, WRAPPED, last_of, size_of
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.refusals import BadRequest, EscalationError, Fault
from escalation.notifications.delivery_results import DeliveryResult
from escalation.task_force import commands as c
from escalation.task_force.engine import decide, deploy, updates_of
from escalation.task_force.events import MessagesSent, StoodDown, TaskForceEvent
from escalation.task_force.staleness import find_outdated
from escalation.task_force.state import TaskForce, task_force_id
from escalation.task_force.timeline import timeline_entry
from escalation.task_force.updates import TaskForceUpdate
from escalation.task_force.view import TaskForceAnswer, TaskForceView, answer, view
from escalation.task_force.work import TaskForceDecision
from workflows import search_attributes as sa
from workflows import web_ui
from workflows.base_workflow import BaseWorkflow, FromLife
from workflows.continue_as_new import continue_as_new, is_due
from workflows.inputs import read_start, refuse_bad_input, require_id, require_nothing, require_parent
from workflows.move_handlers import takes_moves
from workflows.raw_values import read_model, takes_one
from workflows.sent_signals import SentSignals

_LONGEST_TIMELINE = 500
_ANSWERS_KEPT = 200
_NEWS_KEPT = 50
_STORY = "What happened in it, oldest first, one page, after a sequence number."


@workflow.defn(name=contract.TASK_FORCE_WORKFLOW)
@takes_moves(*c.MEMBERS_COMMANDS)
class TaskForceWorkflow(BaseWorkflow):
    """One task force, from its deployment until it is stood down."""

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        begin = _read(begins)
        super().__init__()
        self._now: TaskForce
        self._continue_after = begin.continue_after
        self._events: list[TaskForceEvent] = []
        self._news: list[TaskForceUpdate] = []
        self._is_telling = False
        self._is_alone = False
        """Nobody hears its news any more."""
        self._shown: web_ui.SearchValues = {}
        if begin.carried:
            self._take_over(begin.carried)
        elif begin.charter:
            self._keep(deploy(begin.charter, workflow.now()))

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> contract.TaskForceResult:
        while self._is_busy:
            self._judge()
            if self._is_to_go_on:
                await workflow.wait_condition(workflow.all_handlers_finished)
                if size_of(carried := self._carried()) <= CARRIED:  # what was heard meanwhile may be too much
                    continue_as_new(carried)
            self._send_waves()
            self._tell_escalation()
            self._arm()
            self._show()
            await self._be_stirred()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._ended()

    @workflow.query(name=contract.VIEW, description="The task force as people see it.")
    def view(self) -> TaskForceView:
        return view(self._now)

    @workflow.query(name=contract.TIMELINE, description=_STORY)
    def timeline(self, after: int = 0) -> ListPage[TimelineEntry]:
        return page_of(timeline_entry(event) for event in self._events if event.seq > after)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def no_longer_true(self, wave: NotificationBatch) -> dict[str, str]:
        return find_outdated(self._now, self._events, wave) | self._strangers(
            wave, f"{self._now.charter.id}:"
        )

    @workflow.signal(name=contract.REPORT_DELIVERY, description="What became of messages that had to wait.")
    @takes_one
    def record_delivery(self, *raws: RawValue) -> None:
        self._record_late(f"{self._now.charter.id}:", *raws)

    # What the escalation sends.

    @workflow.signal(name=contract.TASK_FORCE_STAND_DOWN, description="The escalation stands it down.")
    @takes_one
    async def stand_down(self, *raws: RawValue) -> None:
        await self._hear(c.StandDown, contract.TASK_FORCE_STAND_DOWN, *raws)

    @workflow.signal(
        name=contract.TASK_FORCE_KEEP_INFORMED, description="The escalation says where it stands."
    )
    @takes_one
    async def keep_informed(self, *raws: RawValue) -> None:
        await self._hear(c.KeepInformed, contract.TASK_FORCE_KEEP_INFORMED, *raws)

    async def _hear(self, kind: type[c.EscalationsCommand], name: str, *raws: RawValue) -> None:
        try:
            order = read_model(kind, raws, name.replace("_", " "), "one JSON object", OURS)
            await self._heard(self._now.charter.about.key, order)
            self._decide(order)
        except EscalationError as refusal:
            self.note_refusal(name, refusal.message)

    # The desk, for ``workflows.move_handlers``.

    def consider(self, command: c.MembersCommand) -> None:
        """Refuse what the engine would refuse; keep nothing."""
        self._rates.after_move(self._now.charter.label, command.move, command.by, workflow.now())
        decide(self._now, command, workflow.now())

    def follow(self, command: c.MembersCommand) -> TaskForceAnswer:
        if self.is_answered():
            return answer(self._now, is_repeat=True)
        rates = self._rates.after_move(self._now.charter.label, command.move, command.by, workflow.now())
        made = decide(self._now, command, workflow.now())
        self._keep(made)
        self._rates = rates
        self._remember_answer()
        return answer(made.force, made.events)

    async def follow_looked_up(self, command: c.MembersCommand) -> TaskForceAnswer:
        return self.follow(command)

    def note_refusal(self, move: str, why: str) -> None:
        if self._keeps_refusal(move):
            self._decide(NoteRefusal(refused=move, why=why))

    # The run.

    @property
    def _is_busy(self) -> bool:
        return self._now.is_standing or bool(self._notices or self._under_way or self._news)

    def _judge(self) -> None:
        wake_at = self._now.wake_at
        if wake_at and wake_at <= workflow.now():
            self._decide(Tick())
        self._is_stirred = False

    def _decide(self, command: c.ShellsCommand | FromLife) -> None:
        try:
            made = decide(self._now, command, workflow.now())
        except EscalationError as refusal:  # it would fail the task force; a mistake must only stall it
            raise RuntimeError(f"the engine refused {type(command).__name__}: {refusal}") from refusal
        self._keep(made)

    def _keep(self, made: TaskForceDecision) -> None:
        self._now = made.force
        self._events = [*self._events, *made.events][-_LONGEST_TIMELINE:]
        for effect in made.effects:
            if isinstance(effect, CompileOpenHours):
                self._extend(effect)
            else:
                self._notices.append(effect)
        news = updates_of(made)
        if news and not self._is_alone:
            self._news = [*self._news, news][-_NEWS_KEPT:]
        self._is_stirred = True

    def _receipts(self) -> Iterable[DeliveryResult]:
        return (each for event in self._events if isinstance(event, MessagesSent) for each in event.receipts)

    def _since(self) -> int:
        return self._events[0].seq if self._events else 0

    def _wakes_at(self) -> datetime | None:
        return self._now.wake_at

    def _wakes_for(self) -> str:
        return web_ui.force_wake_summary(self._now)

    # News: one after the other, so that the escalation hears them in order.

    def _tell_escalation(self) -> None:
        if self._news and not self._is_telling:
            self._is_telling = True
            self._spawn(self._tell())

    async def _tell(self) -> None:
        escalation = workflow.get_external_workflow_handle(self._now.charter.about.key)
        while self._news:
            news = self._news[0]
            self._vouchers.note(news)
            try:
                await escalation.signal(contract.TASK_FORCE_UPDATE, news)
            except FailureError:
                self._is_alone, self._news = True, []
                self._decide(c.EscalationGone())
            self._news = [other for other in self._news if other is not news]
        self._is_telling = False
        self._is_stirred = True

    # A long life, what is seen of it, and its end.

    @property
    def _is_to_go_on(self) -> bool:
        is_at_rest = not (self._under_way or self._extending or self._is_telling)
        is_wanted = is_due(self._continue_after) and is_at_rest
        return self._now.is_standing and is_wanted and self._fits(self._now, self._rates, *self._news)

    def _carried(self) -> contract.TaskForceInput:
        kept = contract.TaskForceContinuedState(
            force=self._now,
            events=(),
            notices=tuple(self._notices),
            news=tuple(self._news),
            answered=last_of(tuple(self._answered)[-_ANSWERS_KEPT:], ANSWERED),
            rates=self._rates,
            vouched=self._vouchers.kept,
        )
        carried = kept.changed(events=last_of(self._events, min(TIMELINE, CARRIED - WRAPPED - size_of(kept))))
        return contract.TaskForceInput(carried=carried, continue_after=self._continue_after)

    def _take_over(self, carried: contract.TaskForceContinuedState) -> None:
        self._now = carried.force
        self._events, self._news = list(carried.events), list(carried.news)
        self._notices = list(carried.notices)
        self._answered = dict.fromkeys(carried.answered)
        self._rates = carried.rates
        self._vouchers = SentSignals(carried.vouched)

    def current_details(self) -> str:
        """Asked for by the plugin, when somebody looks."""
        return web_ui.force_details(self._now, self._events)

    def _show(self) -> None:
        values: web_ui.SearchValues = {
            sa.STATE: self._now.state.value,
            sa.NEXT_DUE: self._now.next_due_at,
            sa.BREACHED: bool(self._now.status and self._now.status.breached_at),
        }
        if changes := web_ui.updates_between(self._shown, values):
            workflow.upsert_search_attributes(changes)
            self._shown = values

    def _ended(self) -> contract.TaskForceResult:
        down = next(event for event in reversed(self._events) if isinstance(event, StoodDown))
        charter = self._now.charter
        return contract.TaskForceResult(id=charter.id, name=charter.name, why=down.why, left=down.left)


def _read(begins: Sequence[RawValue]) -> contract.TaskForceInput:
    """
    Raises:
        BadRequest: If that is not what a task force starts with, or it was started by hand.
    """
    begin = read_start(contract.TaskForceInput, begins, '{"charter": {…}}')
    require_parent()
    require_nothing(begin.carried is None, "carried")
    charter = begin.carried.force.charter if begin.carried else begin.charter
    if charter is None:
        fault = Fault(where="charter", given="nothing", allowed="what it is deployed for")
        raise BadRequest.because("the start of a task force", (fault,))
    require_id(task_force_id(charter.about.key, charter.name))
    return begin
