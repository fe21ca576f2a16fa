"""
EscalationWorkflow: owns the time of one escalation, and no rule.

It puts every message and every due time to ``escalation.case.engine.decide``, keeps the answer, and does what the
answer
asks: sends waves of messages, arms one timer, shows the state. It must not decide, render, or look anything up.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

from escalation import contract
from escalation.case import commands as c
from escalation.case.audience import script
from escalation.case.deliveries import Delivery, deliveries, last_deferral_of, results_of
from escalation.case.effects import (
    CheckStart,
    CompiledStart,
    CompileOpenHours,
    CompilePlan,
    CustomerFacts,
    CustomerNotification,
    FindNamed,
    FindOnCall,
    ForTaskForces,
    InternalNotification,
    NotificationBatch,
    OnCallFound,
    OpenSuccessor,
    ProposeSponsorship,
    RecompilePlan,
    RecordBatch,
)
from escalation.case.engine import decide, moves_now, open_escalation, permit
from escalation.case.events import Event
from escalation.case.lifecycle import Move, diagram
from escalation.case.outage import permit_repeat
from escalation.case.rca_on_file import RcaOnFile, on_file
from escalation.case.rebase import RebasePreview, preview_rebase
from escalation.case.request import StartRequest
from escalation.case.staleness import find_outdated
from escalation.case.state import ActionPlan, Escalation, owners_of_actions
from escalation.case.timeline import TimelineEntry
from escalation.case.view import MoveResult, View, action_plans, make_move_result, timeline, view
from escalation.case.work import Decision
from escalation.kernel.budgets import (
    ANSWER,
    ANSWERED,
    CARRIED,
    HISTORY,
    OURS,
    REQUEST,
    TIMELINE,
    UNRECORDED,
    WRAPPED,
    first_of,
    last_of,
    size_of,
)
from escalation.kernel.list_page import ListPage, page_of
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, StillFinishing
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.plan import Contact, Plan
from escalation.task_force.state import task_force_id
from escalation.task_force.updates import TaskForceUpdate
from workflows import web_ui
from workflows.base_workflow import A_WHILE, QUICK
from workflows.continue_as_new import continue_as_new, is_due
from workflows.inputs import is_continued, require_id
from workflows.merge import Mergeable
from workflows.move_handlers import takes_moves
from workflows.outage_end import release_joined_cases
from workflows.raw_values import read_input, read_model, takes_one
from workflows.record_queue import RecordQueue, batch_of, put_on_record, record_apart
from workflows.sent_signals import SentSignals
from workflows.task_force_orders import NotDeployed, command_task_force

_LONGEST_TIMELINE = 2_000
_ANSWERS_KEPT = 500
_HISTORY_TOO_LONG = 20_000
"""Continue even while messages are under way; they go along, and may arrive twice under the same key."""
_NOT_SILENT_FOR = timedelta(minutes=5)
"""Who is on call must be known by then, or else somebody else is asked."""
_LOOKED_UP_AGAIN_AFTER = timedelta(seconds=10)
"""For somebody unknown: names that nobody has must not keep a worker busy."""
_ASKED_AGAIN_AFTER = timedelta(minutes=15)
"""If it could not be found out."""
_REPORTED_BY = timedelta(days=1)
"""After it may leave at the earliest: bundled, limited, and tried for long."""
_HELD_LETTERS = "held letters are followed up"
"""Runs that ended before this did not wait for them."""
_PAGED = "one page, after a"
_START = '{"request": {…}}'
_Checked = TypeVar("_Checked", StartRequest, c.JoinOutage)
_REBASE = 'Go on by the playbook of today. Example: {"by": "YOU", "why": "…"}'


_LOOK_UP = 'Look up again who is on call, for somebody unknown. Example: {"person": "YOU"}'


@workflow.defn(name=contract.WORKFLOW)
@takes_moves(*c.PERSONS_COMMANDS)
class EscalationWorkflow(Mergeable):
    """One escalation, from its start to its close."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__()
        self._refusal: EscalationError | None = None
        try:
            self._begin = read_input(begins, is_ours=is_continued() or workflow.info().parent is not None)
        except EscalationError as refusal:  # kept for the run, which is where a workflow can fail
            self._begin, self._refusal = contract.EscalationInput(), refusal
        carried = self._begin.carried
        self._now: Escalation | None = carried.escalation if carried else None
        self._events: list[Event] = list(carried.events) if carried else []
        if carried:
            self._notices = list(carried.notices)
            self._answered = dict.fromkeys(carried.answered)
            self._rates = carried.rates
            self._vouchers = SentSignals(carried.vouched)
        self._finding: list[FindOnCall] = []
        self._looked_up_at: datetime | None = None
        self._proposing: list[ProposeSponsorship] = []
        self._recording = RecordQueue(carried.unrecorded, carried.left_out) if carried else RecordQueue(())
        self._for_task_forces: list[ForTaskForces] = []
        self._is_commanding = False
        self._early_refusals: list[c.NoteRefusal] = []
        self._shown: web_ui.SearchValues = {}
        self._successor = carried.successor if carried else None
        self._is_handed_over = False

    @workflow.run
    @takes_one
    async def run(self, *_begins: RawValue) -> contract.EscalationResult:
        if self._now is None:
            await self._open()
        else:
            require_id(self._now.key)
        await self._live()
        await release_joined_cases(self._opened.tickets)
        if self._opened.is_followed_up or self._hears_until:
            await self._hand_over()
        else:
            await self._record_the_rest()
        await workflow.wait_condition(
            workflow.all_handlers_finished
        )  # what looks something up is refused now
        return self._ended()

    async def _live(self) -> None:
        if carried := self._begin.carried:
            self._repeated = list(carried.under_way)
            for wanted in carried.finding:
                self._find(wanted)
            for proposal in carried.proposing:
                self._propose(proposal)
        while self._is_busy:
            self._judge()
            if self._is_to_go_on:
                await self._record_apart(UNRECORDED)
                await workflow.wait_condition(workflow.all_handlers_finished)
                if (
                    size_of(carried_on := self._carried()) <= CARRIED
                ):  # what was heard meanwhile may be too much
                    self._show()
                    continue_as_new(carried_on)
            self._send_waves()
            self._command_task_forces()
            self._record()
            self._arm()
            self._show()
            if self._is_busy:  # else what has just become due was the last that there was to do
                await self._be_stirred()
        await workflow.wait_condition(workflow.all_handlers_finished)

    @property
    def _hears_until(self) -> datetime | None:
        """By then it is told what became of messages that wait; None if none does, or that is past (COMM-13)."""
        until = last_deferral_of(self._events)
        if until is None or until + _REPORTED_BY <= workflow.now() or not workflow.patched(_HELD_LETTERS):
            return None
        return until + _REPORTED_BY

    async def _hand_over(self) -> None:
        """
        A closed escalation is followed up under its own id, so that its key is free for another (ADR 15); what is not
        on record yet goes along.
        """
        self._is_handed_over = True
        await self._record_apart(UNRECORDED)
        try:
            await workflow.start_child_workflow(
                contract.FOLLOW_UP,
                self._carried(),
                id=self._opened.id,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=web_ui.start_summary(self._opened.request),
                static_details=web_ui.start_details(self._opened.request),
            )
        except WorkflowAlreadyStartedError:  # this run was reset to before its end
            workflow.logger.warning("follow_up_runs_already")

    def _ended(self) -> contract.EscalationResult:
        now = self._opened
        return contract.EscalationResult(
            id=now.id,
            state=now.state,
            level=now.level,
            levels=now.plan.last_level,
            request=now.request,
            priority=now.priority,
            merged_into=now.merged_into,
        )

    # What people and their tools send; the moves are added by ``takes_moves``.

    @workflow.update(
        name=contract.START,
        description='Comes with a start, and what it starts with: {"request": {…}}. Answers with the receipt.',
    )
    @takes_one
    async def start(self, *raws: RawValue) -> MoveResult:
        is_repeat = self._now is not None
        await workflow.wait_condition(lambda: self._now is not None or self._refusal is not None)
        if self._refusal:
            raise self._refusal
        self._refuse_while_finishing()
        if is_repeat:
            self._rates = self._rates.after_repeat(self._opened.key, workflow.now())
            permit_repeat(self._opened, await self._submitter(raws))
        return make_move_result(self._opened, () if is_repeat else self._events, is_repeat=is_repeat)

    @workflow.update(
        name=contract.JOIN_OUTAGE,
        description='Comes with the start of a subject of the same outage: {"request": {…}}.',
    )
    @takes_one
    async def join_outage(self, *raws: RawValue) -> MoveResult:
        asked = read_model(contract.WrittenStart, raws, Move.JOIN_OUTAGE.words, _START, REQUEST)
        await workflow.wait_condition(lambda: self._now is not None or self._refusal is not None)
        if self._refusal:
            raise self._refusal
        command: c.JoinOutage = await self._checked(contract.CHECK_JOIN, asked, c.JoinOutage)
        self._refuse_while_finishing()
        self.refuse_while_merging(Move.JOIN_OUTAGE)
        if is_repeat := command.ticket in self._opened.tickets:
            self._rates = self._rates.after_repeat(self._opened.key, workflow.now())
            permit_repeat(self._opened, command.by, command.ticket)
        answer = decide(self._opened, command, workflow.now())
        self._keep(answer)
        return make_move_result(answer.escalation, answer.events, is_repeat=is_repeat)

    @workflow.update(name=contract.LOOK_UP_ON_CALL, description=_LOOK_UP)
    @takes_one
    async def look_up_on_call(self, *_raws: RawValue) -> contract.OnCallPeople:
        self._looked_up_at = workflow.now()
        self._decide(c.LookUpOnCall())
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: not self._finding, timeout=QUICK)
        people = (person for shift in self._opened.shifts for person in shift.people)
        return contract.OnCallPeople(people=tuple(dict.fromkeys(people)))

    @look_up_on_call.validator
    @takes_one
    def may_look_up_on_call(self, *raws: RawValue) -> None:
        """What was looked up just now needs no other look."""
        asked = read_model(contract.OnCallRequest, raws, "the look-up", _LOOK_UP)
        now, at = self._opened, self._looked_up_at
        is_fresh = at is not None and workflow.now() - at < _LOOKED_UP_AGAIN_AFTER
        if is_fresh or now.plan.knows(asked.person) or not (now.is_open and now.shifts):
            raise MoveNotAllowed(f"{now.key}: there is nothing to look up")

    async def _submitter(self, raws: Sequence[RawValue]) -> str:
        """Who submitted a start that is repeated; it is checked like the first."""
        asked = read_model(contract.WrittenStart, raws, "the start", _START, REQUEST)
        request: StartRequest = await self._checked(contract.CHECK_START, asked, StartRequest)
        return request.submitted_by

    async def _checked(self, check: str, asked: contract.WrittenStart, kind: type[_Checked]) -> _Checked:
        """
        Raises:
            EscalationError: If the start has faults; a local activity's error arrives bare.
        """
        checked: _Checked = await workflow.execute_local_activity(
            check,
            CheckStart(key=self._opened.key, request=asked.request),
            result_type=kind,
            start_to_close_timeout=QUICK,
        )
        return checked

    @workflow.query(name=contract.SCRIPT, description="What agents may tell customers now.")
    def script(self) -> CustomerFacts:
        return script(self._opened, workflow.now())

    @workflow.query(
        name=contract.DELIVERIES, description=f"What became of each message, oldest first, {_PAGED} number."
    )
    def messages(self, after: int = 0) -> ListPage[Delivery]:
        return page_of(deliveries(self._events, after))

    @workflow.query(
        name=contract.ACTION_PLANS,
        description=f"Versions of the action plan, oldest first, {_PAGED} version.",
    )
    def action_plans(self, after: int = 0) -> ListPage[ActionPlan]:
        found = action_plans(self._opened, self._events)
        return page_of(plan for plan in found if plan.version > after)

    @workflow.query(name=contract.VIEW, description="The escalation as people see it.")
    def view(self) -> View:
        return view(self._opened)

    @workflow.query(
        name=contract.TIMELINE, description=f"What happened, oldest first, {_PAGED} sequence number."
    )
    def timeline(self, after: int = 0) -> ListPage[TimelineEntry]:
        return page_of(timeline(event for event in self._events if event.seq > after))

    @workflow.query(
        name=contract.RECORD, description=f"What happened, as it goes on record, {_PAGED} sequence number."
    )
    def record(self, after: int = 0) -> RecordBatch:
        events = [event for event in self._events if event.seq > after]
        page = first_of(events, ANSWER)
        return batch_of(self._opened, page, events[len(page) :])

    @workflow.query(name=contract.UNRECORDED, description="What happened, and is not on record yet.")
    def unrecorded(self) -> RecordBatch:
        return self._recording.next_batch(self._opened)

    @workflow.query(name=contract.ALLOWED_MOVES, description="The moves that somebody can make now.")
    def allowed_moves(self) -> tuple[Move, ...]:
        return moves_now(self._opened)

    @workflow.query(
        name=contract.DIAGRAM, description="The lifecycle as a Mermaid diagram; where it stands is marked."
    )
    def diagram(self) -> str:
        return diagram(self._opened.state)

    @workflow.query(
        name=contract.OUTDATED_MESSAGES, description="Which messages should not leave any more, and why."
    )
    def no_longer_true(self, wave: NotificationBatch) -> dict[str, str]:
        stale = find_outdated(self._opened, self._events, wave)
        return stale | self._strangers(wave, f"{self._opened.id}:")

    @workflow.signal(name=contract.REPORT_DELIVERY, description="What became of messages that had to wait.")
    @takes_one
    def record_delivery(self, *raws: RawValue) -> None:
        self._record_late(f"{self._now.id}:" if self._now else None, *raws)

    @workflow.query(name=contract.PEOPLE, description="The people and teams that its plan knows.")
    def people(self) -> tuple[Contact, ...]:
        return self._opened.plan.contacts

    @workflow.query(
        name=contract.RCA_ON_FILE, description="A version of the internal RCA, and which there are."
    )
    def rca_on_file(self, version: int | None = None) -> RcaOnFile:
        return on_file(self._opened, self._events, version)

    # Rebase: the one move that needs an answer from outside before it can be decided.

    @workflow.update(name=contract.REBASE, description=_REBASE)
    @takes_one
    async def rebase(self, *raws: RawValue) -> MoveResult:
        asked = self._read_rebase(raws)
        if self.is_answered():
            return make_move_result(self._opened, is_repeat=True)
        plan: Plan = await workflow.execute_local_activity(
            contract.RECOMPILE_PLAN,
            self._basis(asked.issue_type, asked.category),
            result_type=Plan,
            start_to_close_timeout=QUICK,
        )
        if asked.sha256 and asked.sha256 != plan.playbook.sha256:
            raise MoveNotAllowed(
                f"{self._opened.key}: cannot rebase to that playbook; the worker's is {plan.playbook}"
            )
        return self.follow(c.Rebase(by=asked.by, why=asked.why, plan=plan))

    @rebase.validator
    @takes_one
    def may_rebase(self, *raws: RawValue) -> None:
        asked = self._read_rebase(raws)
        if not self.is_answered():
            self._rates.after_move(self._opened.key, Move.REBASE, asked.by, workflow.now())
            permit(self._opened, Move.REBASE, asked.by)

    def _read_rebase(self, raws: Sequence[RawValue]) -> contract.RebaseRequest:
        return read_model(contract.RebaseRequest, raws, Move.REBASE.words, _REBASE)

    @workflow.query(name=contract.REBASE_BASIS, description="What a plan for it would be compiled of.")
    def rebase_basis(self) -> RecompilePlan:
        return self._basis()

    def _basis(self, issue_type: str | None = None, category: str | None = None) -> RecompilePlan:
        now = self._opened
        request = now.request.changed(
            issue_type=issue_type or now.plan.issue_type, category=category or now.plan.category
        )
        named = tuple(owner.id for owner in owners_of_actions(now))
        return RecompilePlan(request=request, opened_at=now.opened_at, named=named)

    @workflow.query(name=contract.REBASE_PREVIEW, description="What a rebase to a plan would change.")
    def rebase_preview(self, plan: Plan) -> RebasePreview:
        return preview_rebase(self._opened, plan, workflow.now())

    # The desk, for ``workflows.move_handlers``.

    def consider(self, command: c.PersonsCommand) -> None:
        """Refuse what the engine would refuse; keep nothing."""
        self._refuse_while_finishing(command)
        self.refuse_while_merging(command.move)
        self._rates.after_move(self._opened.key, command.move, command.by, workflow.now())
        named = self._yet_to_be_known(command)
        stand_ins = tuple(Contact(id=who, name=who) for who in named)
        asked = c.NamePeople(asked=command, people=stand_ins) if named else command
        decide(self._opened, asked, workflow.now())

    async def follow_looked_up(self, command: c.PersonsCommand) -> MoveResult:
        """People of the playbook whom the plan has by their ids alone are looked up once a move names them."""
        if self.is_answered():
            return self.follow(command)
        if command.said_to_be_closed:
            await self._require_ended(command.said_to_be_closed)
        if command.said_zone:
            await workflow.execute_local_activity(
                contract.CHECK_ZONE, command.said_zone, start_to_close_timeout=QUICK
            )
        if not (named := self._yet_to_be_known(command)):
            return self.follow(command)
        self._rates.after_move(self._opened.key, command.move, command.by, workflow.now())
        people: tuple[Contact, ...] = await workflow.execute_local_activity(
            contract.FIND_NAMED,
            FindNamed(named=named),
            result_type=tuple[Contact, ...],
            start_to_close_timeout=QUICK,
        )
        return self._followed(command, c.NamePeople(asked=command, people=people) if people else command)

    async def _require_ended(self, key: str) -> None:
        """
        Raises:
            MoveNotAllowed: If *key* is an escalation that is open.
        """
        is_open: bool = await workflow.execute_local_activity(
            contract.CHECK_OPEN, key, result_type=bool, start_to_close_timeout=QUICK
        )
        if is_open:
            raise MoveNotAllowed(
                f"{self._opened.key}: {key} is an escalation that is still open; say why it stays open, or end it first"
            )

    def _yet_to_be_known(self, command: c.PersonsCommand) -> tuple[str, ...]:
        plan = self._opened.plan
        return tuple(who for who in command.named if who in plan.others and not plan.knows(who))

    def follow(self, command: c.PersonsCommand | c.Rebase) -> MoveResult:
        return self._followed(command, command)

    def _followed(
        self, command: c.PersonsCommand | c.Rebase, asked: c.PersonsCommand | c.Rebase | c.NamePeople
    ) -> MoveResult:
        if self.is_answered():
            return make_move_result(self._opened, is_repeat=True)
        self._refuse_while_finishing(command)
        self.refuse_while_merging(command.move)
        rates = self._rates.after_move(self._opened.key, command.move, command.by, workflow.now())
        answer = decide(self._opened, asked, workflow.now())
        self._keep(answer)
        self._rates = rates
        self._remember_answer()
        return make_move_result(answer.escalation, answer.events)

    def _refuse_while_finishing(self, command: c.PersonsCommand | c.Rebase | None = None) -> None:
        """Its successor needs the key, which is taken until the last messages are out (START-4, CLOSE-9)."""
        is_late = command is None or command.move is Move.REOPEN or self._is_handed_over
        if not self._opened.is_open and is_late:
            raise StillFinishing(
                f"{self._opened.key}: has ended, but its last messages are still on their way; try again soon"
            )

    @workflow.signal(
        name=contract.TASK_FORCE_UPDATE,
        description="A task force tells how it stands.",
        unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON,  # last words, to one that has just ended
    )
    @takes_one
    async def hear_task_force(self, *raws: RawValue) -> None:
        try:
            news = read_model(TaskForceUpdate, raws, "the news of a task force", "one JSON object", OURS)
            if self._opened.is_open:  # else nobody is told
                await self._heard(task_force_id(self._opened.key, news.summary.name), news)
        except EscalationError as refusal:
            self.note_refusal(contract.TASK_FORCE_UPDATE, refusal.message)
        else:
            self._decide(c.ReportTaskForce(news=news))

    def note_refusal(self, move: str, why: str) -> None:
        refusal = c.NoteRefusal(refused=move, why=why)
        if not self._keeps_refusal(move):
            return
        if self._now is None:
            self._early_refusals.append(refusal)
        else:
            self._decide(refusal)

    # The run.

    async def _wait_until_open(self) -> None:
        await workflow.wait_condition(lambda: self._now is not None or self._refusal is not None)
        if self._refusal:
            raise self._refusal

    @property
    def _opened(self) -> Escalation:
        if self._now is None:
            key = workflow.info().workflow_id
            if self._refusal:
                raise MoveNotAllowed(f"{key}: was never opened, because its start was refused")
            raise MoveNotAllowed(f"{key}: is still starting; try again in a moment")
        return self._now

    async def _open(self) -> None:
        key = workflow.info().workflow_id
        try:
            compiled = await self._compiled(key)
        except EscalationError as refusal:
            self._refusal = refusal
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        now = workflow.now()
        self._keep(
            open_escalation(
                c.Open(
                    id=f"{key}@{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
                    request=compiled.request,
                    plan=compiled.plan,
                    priority=compiled.priority,
                ),
                now,
            )
        )
        for early in self._early_refusals:
            self._decide(early)

    async def _compiled(self, key: str) -> CompiledStart:
        """
        Raises:
            EscalationError: If the request is refused; a local activity's error arrives bare.
        """
        if self._refusal:
            raise self._refusal
        compiled: CompiledStart = await workflow.execute_local_activity(
            contract.COMPILE_PLAN,
            CompilePlan(key=key, request=self._begin.request),
            result_type=CompiledStart,
            start_to_close_timeout=QUICK,
        )
        return compiled

    def _decide(self, command: c.ShellsCommand) -> None:
        try:
            answer = decide(self._opened, command, workflow.now())
        except EscalationError as refusal:  # it would fail the escalation; a mistake must only stall it
            raise RuntimeError(f"the engine refused {type(command).__name__}: {refusal}") from refusal
        self._keep(answer)

    def _keep(self, answer: Decision) -> None:
        self._now = answer.escalation
        self._events = [*self._events, *answer.events][-_LONGEST_TIMELINE:]
        self._recording.take(answer.events)
        for effect in answer.effects:
            match effect:
                case CompileOpenHours():
                    self._extend(effect)
                case FindOnCall():
                    self._find(effect)
                case ProposeSponsorship():
                    self._propose(effect)
                case OpenSuccessor():
                    self._successor = effect.request
                case InternalNotification() | CustomerNotification():
                    self._notices.append(effect)
                case _:
                    self._for_task_forces.append(effect)
        self._is_stirred = True

    def _receipts(self) -> Iterable[DeliveryResult]:
        return results_of(self._events)

    def _since(self) -> int:
        return self._events[0].seq if self._events else 0

    def _wakes_at(self) -> datetime | None:
        return self._opened.wake_at

    def _wakes_for(self) -> str:
        return web_ui.wake_summary(self._opened)

    @property
    def _is_busy(self) -> bool:
        messages = (self._repeated, self._notices, self._under_way)
        waiting = (*messages, self._finding, self._proposing, self._for_task_forces)
        return self._opened.is_open or any(waiting)

    def _judge(self) -> None:
        wake_at = self._opened.wake_at
        if wake_at and wake_at <= workflow.now():
            self._decide(c.Tick())
        self._is_stirred = False

    # Whoever is on call is found out when somebody has to be told.

    def _find(self, wanted: FindOnCall) -> None:
        self._finding.append(wanted)
        self._spawn(self._find_on_call(wanted))

    async def _find_on_call(self, wanted: FindOnCall) -> None:
        try:
            found = await workflow.execute_activity(
                contract.FIND_ON_CALL,
                wanted,
                result_type=OnCallFound,
                start_to_close_timeout=A_WHILE,
                schedule_to_close_timeout=_NOT_SILENT_FOR,
                summary=f"find out who is on call for {wanted.schedule}",
            )
        except ActivityError as error:
            why = f"it could not be found out: {error.cause or error}"
            until = workflow.now() + _ASKED_AGAIN_AFTER
            found = OnCallFound(schedule=wanted.schedule, people=(), until=until, why=why, is_known=False)
        self._finding = [other for other in self._finding if other is not wanted]
        self._decide(c.ReportOnCall(found=found, notice=wanted.notice))

    # The record past retention, beside everything else.

    def _record(self) -> None:
        is_telling = self._notices or self._under_way or self._finding
        if (self._opened.is_open or not is_telling) and (batch := self._recording.due(self._opened)):
            self._recording.begun(batch)
            self._spawn(self._put_on_record(batch))

    async def _put_on_record(self, batch: RecordBatch) -> None:
        self._recording.done(await put_on_record(batch))
        self._record()

    async def _record_the_rest(self) -> None:
        """The key is needed for a successor: what the database does not take at once, a run of its own holds."""
        self._record()
        if not self._recording.unrecorded:
            return
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: not self._recording.unrecorded, timeout=QUICK)
        await self._record_apart(0)

    async def _record_apart(self, most: int) -> None:
        """What is unrecorded beyond *most* bytes is put on record by runs of their own."""
        for batch in self._recording.beyond(self._opened, most):
            await record_apart(batch)

    # An executive escalation proposes its accounts for sponsorship.

    def _propose(self, wanted: ProposeSponsorship) -> None:
        self._proposing.append(wanted)
        self._spawn(self._propose_sponsorship(wanted))

    async def _propose_sponsorship(self, wanted: ProposeSponsorship) -> None:
        await workflow.execute_activity(
            contract.PROPOSE_SPONSORSHIP,
            wanted,
            start_to_close_timeout=A_WHILE,
            summary="propose the accounts for sponsorship",
        )
        self._proposing = [other for other in self._proposing if other is not wanted]
        self._is_stirred = True

    # Task forces: commanded one thing after the other, in the order of the decisions.

    def _command_task_forces(self) -> None:
        if self._for_task_forces and not self._is_commanding:
            self._is_commanding = True
            self._spawn(self._obey())

    async def _obey(self) -> None:
        while self._for_task_forces:
            effect = self._for_task_forces[0]
            try:
                await command_task_force(self._opened.key, effect, self._begin.continue_after, self._vouchers)
            except NotDeployed as why:
                self._decide(c.NoteFailedDeployment(id=why.id, why=str(why)))
            self._for_task_forces = self._for_task_forces[1:]
        self._is_commanding = False
        self._is_stirred = True

    # What is seen in the Web UI.

    def current_details(self) -> str:
        """Asked for by the plugin, when somebody looks."""
        if self._now is None:
            return ""
        return web_ui.current_details(self._now, self._events, self._recording.gap)

    def _show(self) -> None:
        now = self._opened
        values = web_ui.search_values(now)
        if not self._shown:  # the first time in each run
            workflow.upsert_memo({contract.SUBJECT_MEMO: now.request.subject})
        if changes := web_ui.updates_between(self._shown, values):
            workflow.upsert_search_attributes(changes)
            self._shown = values

    # A long life.

    @property
    def _is_to_go_on(self) -> bool:
        if self._for_task_forces or self._merging:
            return False  # at once, or not known whether it was: the next run could not tell
        is_at_rest = not (self._under_way or self._finding or self._proposing or self._extending)
        info = workflow.info()
        is_long = info.get_current_history_length() > _HISTORY_TOO_LONG
        is_too_long = is_long or info.get_current_history_size() > HISTORY
        is_wanted = (is_due(self._begin.continue_after) and is_at_rest) or is_too_long
        waiting = (*self._finding, *self._proposing, *filter(None, (self._successor,)))
        return self._opened.is_attended and is_wanted and self._fits(self._opened, self._rates, *waiting)

    def _carried(self) -> contract.EscalationInput:
        under_way = (notice for wave in self._under_way for notice in wave.notices)
        kept = contract.ContinuedState(
            escalation=self._opened,
            events=(),
            notices=tuple(self._notices),
            under_way=(*under_way, *self._repeated),
            unrecorded=self._recording.unrecorded,
            left_out=self._recording.left_out,
            finding=tuple(self._finding),
            proposing=tuple(self._proposing),
            answered=last_of(tuple(self._answered)[-_ANSWERS_KEPT:], ANSWERED),
            successor=self._successor,
            rates=self._rates,
            vouched=self._vouchers.kept,
        )
        carried = kept.changed(events=last_of(self._events, min(TIMELINE, CARRIED - WRAPPED - size_of(kept))))
        return contract.EscalationInput(carried=carried, continue_after=self._begin.continue_after)
