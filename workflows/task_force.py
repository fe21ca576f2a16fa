"""
TaskForceWorkflow: owns the time of one task force, and no rule.

It lives beside its escalation: reports to it by signal, in order, and ends when it is stood down, when the operator
cancels it, or when there is no escalation any more to report to. It must not decide, render, or look anything up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import FailureError

from escalation import contract
from escalation.kernel.budgets import CARRIED, OURS, TIMELINE, WRAPPED, last_of, size_of
from escalation.kernel.event import RecordedEvent
from escalation.kernel.ids import task_force_id
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault
from escalation.kernel.timeline_entry import TimelineEntry, timeline_entry
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import NoteRefusal
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.task_force import commands as c
from escalation.task_force.engine import decide, deploy, updates_of
from escalation.task_force.events import MessagesSent, TaskForceEvent
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.stand_down import StandDown, StoodDown
from escalation.task_force.outdated_notifications import find_outdated
from escalation.task_force.state import TaskForce
from escalation.task_force.updates import TaskForceUpdate
from escalation.task_force.view import TaskForceAnswer, TaskForceView, answer, view
from escalation.task_force.work import TaskForceDecision
from workflows import web_ui
from workflows.base_workflow import BaseWorkflow
from workflows.continue_as_new import is_due
from workflows.inputs import (
    read_model,
    read_start,
    refuse_bad_input,
    require_id,
    require_nothing,
    require_parent,
    takes_one,
)
from workflows.message_proofs import current_door
from workflows.move_handlers import takes_moves
from workflows.outbox import InOrder, Outbox
from workflows.run_metrics import count_breaches

_LONGEST_TIMELINE = 500
_UPDATES_KEPT = 50
_STORY = "What happened in it, oldest first, one page, after a sequence number."


@workflow.defn(name=contract.TASK_FORCE_WORKFLOW)
@takes_moves(*c.MEMBERS_COMMANDS)
class TaskForceWorkflow(BaseWorkflow[TaskForceDecision]):
    """One task force, from its deployment until it is stood down."""

    _FOLLOWED_KEPT = 200

    @workflow.init
    @takes_one
    @refuse_bad_input
    def __init__(self, *begins: RawValue) -> None:
        begin = _read(begins)
        carried = begin.carried
        super().__init__(carried or contract.ContinuedRun())
        self._now: TaskForce
        self._continue_after = begin.continue_after
        self._events: list[TaskForceEvent] = list(carried.events) if carried else []
        self._updates = InOrder(
            self._background,
            self._send_update,
            self._decide,
            carried.updates if carried else (),
            at_most=_UPDATES_KEPT,
        )
        self._is_alone = False
        """There is no escalation any more that its updates reach."""
        if carried:
            self._now = carried.force
        elif begin.charter:
            self._keep(deploy(begin.charter, workflow.now()))

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> contract.TaskForceResult:
        await self._run_loop()
        return self._ended()

    @workflow.query(name=contract.VIEW, description="The task force as people see it.")
    def view(self) -> TaskForceView:
        return view(self._now)

    @workflow.query(
        name=contract.STATE, description="The whole state, for a preview of what a move would do."
    )
    def state(self) -> TaskForce:
        return self._now

    @workflow.query(name=contract.TIMELINE, description=_STORY)
    def timeline(self, after: int = 0) -> ListPage[TimelineEntry]:
        return page_of(timeline_entry(event) for event in self._events if event.seq > after)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def outdated_messages(self, batch: NotificationBatch) -> dict[str, Part]:
        return find_outdated(self._now, self._events, batch) | self._deliveries.find_foreign(batch)

    # What the escalation sends.

    @workflow.signal(name=contract.TASK_FORCE_STAND_DOWN, description="The escalation stands it down.")
    @takes_one
    async def stand_down(self, *raws: RawValue) -> None:
        await self._follow_escalation(StandDown, contract.TASK_FORCE_STAND_DOWN, *raws)

    @workflow.signal(
        name=contract.TASK_FORCE_KEEP_INFORMED, description="The escalation says where it stands."
    )
    @takes_one
    async def keep_informed(self, *raws: RawValue) -> None:
        await self._follow_escalation(KeepInformed, contract.TASK_FORCE_KEEP_INFORMED, *raws)

    async def _follow_escalation(self, kind: type[c.EscalationsCommand], name: str, *raws: RawValue) -> None:
        try:
            order = read_model(kind, raws, name.replace("_", " "), "one JSON object", OURS)
            await self._require_sent_by(self._now.charter.about.key, order)
            self._decide(order)
        except EscalationError as refusal:
            self.note_refusal(name, refusal.refusal.reason)

    # Moves, for ``workflows.move_handlers``.

    def consider(self, command: c.MembersCommand) -> None:
        """Refuse what the engine would refuse; keep nothing."""
        self._rates.after_move(self._now.charter.label, command.move, command.by, workflow.now())
        self._decision(command)

    async def follow(self, command: c.MembersCommand) -> TaskForceAnswer:
        if self.is_followed():
            return answer(self._now, is_repeat=True)
        rates = self._rates.after_move(self._now.charter.label, command.move, command.by, workflow.now())
        made = self._decision(command)
        self._keep(made)
        self._rates = rates
        self._remember_update()
        return answer(made.state, made.events)

    def note_refusal(self, move: str, why: Part) -> None:
        if self._has_room_for_refusal(move):
            self._decide(NoteRefusal(refused=move, why=why))

    # The run.

    @property
    def _outboxes(self) -> Sequence[Outbox[Any, Any]]:
        return (*super()._outboxes, self._updates)

    @property
    def _is_busy(self) -> bool:
        return self._now.is_standing or not (self._deliveries.is_empty and self._updates.is_empty)

    def _decision(self, command: c.TaskForceCommand) -> TaskForceDecision:
        return decide(self._now, command, workflow.now(), current_door())

    def _keep(self, made: TaskForceDecision) -> None:
        self._now = made.state
        self._events = [*self._events, *made.events][-_LONGEST_TIMELINE:]
        count_breaches(made.events, made.state.charter.about.priority)
        for effect in made.effects:
            if isinstance(effect, CompileOpenHours):
                self._extend_hours(effect)
            else:
                self._deliveries.add(effect)
        update = updates_of(made)
        if update and not self._is_alone:
            self._updates.add(update)
        self._background.wake()

    def known_results(self) -> Iterable[DeliveryResult]:
        return (each for event in self._events if isinstance(event, MessagesSent) for each in event.results)

    @property
    def own_prefix(self) -> str:
        return f"{self._now.charter.id}:"

    @property
    def first_event(self) -> RecordedEvent | None:
        return self._events[0] if self._events else None

    def _wakes_at(self) -> datetime | None:
        return self._now.wake_at

    def _wakes_for(self) -> str:
        return web_ui.force_wake_summary(self._now)

    async def _send_update(self, update: TaskForceUpdate) -> c.EscalationGone | None:
        """Report to the escalation; in order, so that it learns things as they happened."""
        self._sent.note(update)
        escalation = workflow.get_external_workflow_handle(self._now.charter.about.key)
        try:
            await escalation.signal(contract.TASK_FORCE_UPDATE, update)
        except FailureError:
            self._is_alone = True
            self._updates.pending.clear()
            return c.EscalationGone()
        return None

    # A long life, what is seen of it, and its end.

    @property
    def _may_continue(self) -> bool:
        if not is_due(self._continue_after) or not self._now.is_standing:
            return False
        is_at_rest = all(outbox.is_at_rest for outbox in self._outboxes)
        return is_at_rest and self._fits(self._now, *self._updates.carried)

    def _carried(self) -> contract.TaskForceInput:
        kept = contract.TaskForceContinuedState(
            **self._continued_run(), force=self._now, updates=self._updates.carried
        )
        carried = replace(
            kept, events=last_of(self._events, min(TIMELINE, CARRIED - WRAPPED - size_of(kept)))
        )
        return contract.TaskForceInput(carried=carried, continue_after=self._continue_after)

    def current_details(self) -> str:
        """Asked for by the plugin, when somebody looks."""
        return web_ui.force_details(self._now, self._events)

    def _search_values(self) -> web_ui.SearchValues:
        return web_ui.force_search_values(self._now)

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
        fault = Fault(where="charter", given=reason("nothing"), allowed=reason("allowed.charter"))
        raise BadRequest.because(reason("of.start_of_task_force"), (fault,))
    require_id(task_force_id(charter.about.key, charter.name))
    return begin
