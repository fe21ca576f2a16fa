"""
EscalationClient: the one typed way in, for scripts, the command line and the gateway.

Every method is one round trip and either returns or raises an error of ``escalation.errors``, with nothing half
done. It sends what people ask and shows what the engine answers; it holds no rule. ``python client.py`` is the
command line.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import ValidationError
from temporalio.client import (
    Client,
    ScheduleAlreadyRunningError,
    ScheduleUpdate,
    WithStartWorkflowOperation,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from escalation import commands as c
from escalation.actions import Action
from escalation.base import CustomerText, InternalText
from escalation.effects import CustomerFacts, RecompilePlan, RecordBatch
from escalation.engine import ended_hint
from escalation.errors import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    StillFinishing,
    UnknownEscalation,
    UnknownName,
    did_you_mean,
    faults_of,
)
from escalation.events import AccessAnswer, CancelCause, ResolutionKind, Step
from escalation.inbox import InWait, Release, inbox_key
from escalation.lifecycle import LIFECYCLE, Move, State
from escalation.messages import A_PAGE, Sent
from escalation.model import ActionPlan
from escalation.plan import Contact, Plan, Priority, ReasonCode
from escalation.post_mortem import PostMortem
from escalation.rca import RcaOnFile
from escalation.rebasing import Rebasing
from escalation.reporting import ReportSchedule, Rhythm, Scheduled, report_id
from escalation.request import CustomerRca, InternalRca, StartRequest
from escalation.sponsorship import (
    Enrol,
    Exit,
    Programme,
    Propose,
    RecordTouchPoint,
    Review,
    sponsorship_key,
)
from escalation.story import Entry
from escalation.task_force import commands as f
from escalation.task_force.model import SeatWanted, task_force_id
from escalation.task_force.view import Answer, ForceView
from escalation.view import Receipted, View
from runtime.connection import connect
from runtime.errors import NoServer, NoWorker
from runtime.search_attributes import Registered, ensure_search_attributes
from runtime.settings import Settings
from workflows import details, wire
from workflows import search_attributes as sa
from workflows.plugin import escalation_plugin
from workflows.report_schedule import read_back, schedule_of

PATIENCE = 15.0
"""Seconds to wait for a worker's answer before saying that none is there."""
_MOST_LOOKED_AT = 1000
_LOOKED_AT_ONCE = 20
AFTER_THE_CLOSE = frozenset(row.move for row in LIFECYCLE if State.CLOSED in row.sources)
"""Moves that a closed escalation takes, which lives on under its id (ADR 15)."""
"""Seconds in which a closed escalation is handed over to its follow-up."""
_Answer = TypeVar("_Answer")


class Listed(NamedTuple):
    """One line of a list, from the search attributes: no worker is asked."""

    key: str
    state: State
    level: int
    priority: Priority
    category: str
    customers: tuple[str, ...]
    owner: str
    next_due_at: datetime | None
    is_breached: bool
    opened_at: datetime


class ToDo(NamedTuple):
    """An action that is to be done."""

    id: str
    """What commands can call its escalation: the key, or the id of a closed one."""
    subject: str
    action: Action


class EscalationClient:
    """
    Start escalations, make moves, look at them.

    A person's id goes into ``by``. Texts for customers and texts for us are different parameters, everywhere.
    """

    def __init__(
        self, client: Client, *, task_queue: str = wire.ESCALATION_QUEUE, patience: float = PATIENCE
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._patience = patience

    @classmethod
    async def connect(cls, settings: Settings | None = None, *, patience: float = PATIENCE) -> Self:
        """
        Connect to the cluster that is configured, or to the embedded server of ``escalate serve``.

        Raises:
            RuntimeFault: If there is no server, or the settings are wrong.
        """
        client = await connect(settings or Settings.load(), plugins=[escalation_plugin()])
        return cls(client, patience=patience)

    async def prepare(self) -> Registered:
        """
        Make the cluster ready: register the search attributes. Can be repeated.

        Raises:
            RuntimeFault: If the cluster does not let us.
        """
        return await ensure_search_attributes(self._client, sa.ALL)

    async def ping(self) -> None:
        """
        See whether the server is there; no worker is asked.

        Raises:
            NoServer: If it is not.
        """
        try:
            await self._client.service_client.check_health(timeout=timedelta(seconds=self._patience))
        except RPCError as error:
            raise self._no_server(error) from error

    # Start

    async def start(self, request: StartRequest | Mapping[str, Any], *, id: str | None = None) -> Receipted:  # noqa: A002
        """
        Start an escalation, or find the one that runs for the same subject (START-4): one round trip. One that names
        an outage joins the escalation of that key, or opens it (START-5); the answer's key is that one's.

        *id* makes a repeat of this very call harmless.

        Raises:
            BadRequest: With every fault; nothing is started then (START-6).
        """
        wanted = _request(request)
        begin = wire.EscalationInput(request=wanted.model_dump(mode="json", exclude_defaults=True))
        wire.require_at_most(wire.LARGEST_START, len(begin.model_dump_json().encode()), "the start")
        is_part = wanted.outage not in {None, wanted.key}
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            wire.TICKET_WORKFLOW if is_part else wire.WORKFLOW,
            begin,
            id=wanted.key,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=details.start_summary(wanted),
            static_details=details.start_details(wanted),
        )
        answer = self._client.execute_update_with_start_workflow(
            wire.START, start_workflow_operation=operation, id=id or uuid.uuid4().hex, result_type=Receipted
        )
        try:
            return await self._answer(wanted.key, answer, Receipted)
        except _Ended:
            raise StillFinishing(f"{wanted.key}: was just ending; try again") from None
        except NoWorker as nobody:
            raise NoWorker(f"{nobody}; {wanted.key} was handed in, and opens as soon as one works") from None

    # Moves

    async def ask(self, key: str, command: c.PersonsCommand, *, id: str | None = None) -> Receipted:  # noqa: A002
        """
        Make the move that *command* asks for. The methods below are this, one for each move.

        *id* makes a repeat of this very call harmless, across restarts of everything.

        Raises:
            EscalationError: If the move is refused. Nothing has changed then.
        """
        return await self._ask(key, command.move, command, id)

    async def _ask(self, key: str, move: Move, argument: object, id_: str | None) -> Receipted:
        id_, asked = id_ or uuid.uuid4().hex, key
        try:
            with suppress(_Ended):
                return await self._asked_of(key, move, argument, id_)
            if move in AFTER_THE_CLOSE and (followed := await self._followed_under(key)):
                asked = followed
                with suppress(_Ended):
                    return await self._asked_of(followed, move, argument, id_)
            raise await self._has_ended(key, move)
        except (MoveNotAllowed, UnknownName) as refusal:
            if move in AFTER_THE_CLOSE and (earlier := await self._closed_before(asked)):
                raise type(refusal)(f"{refusal.message}; if you mean one that is closed: {earlier}") from None
            raise

    async def _asked_of(self, workflow_id: str, move: Move, argument: object, id_: str) -> Receipted:
        """
        A run that was just not ready, or is just being handed over to its follow-up (ADR 15), is asked again a moment
        later, under the same id.
        """
        for pause in (*_PAUSES, None):
            answer = self._handle(workflow_id).execute_update(
                move.value, argument, id=id_, result_type=Receipted
            )
            try:
                return await self._answer(workflow_id, answer, Receipted)
            except StillFinishing:
                if pause is None or move not in AFTER_THE_CLOSE:
                    raise
            except _NotReady as not_ready:
                if pause is None:
                    raise self._no_server(not_ready.error) from not_ready.error
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _followed_under(self, key: str) -> str | None:
        """The id under which the last escalation of *key* is followed up, if it is."""
        view = await self._query(key, wire.VIEW, View)
        return view.id if view.is_followed_up else None

    async def _closed_before(self, asked: str) -> str:
        """The ids of other escalations of the same key that are followed up, the last closed first."""
        ids = _quoted(f"{asked.partition('@')[0]}@")
        query = (
            f"WorkflowType = '{wire.FOLLOW_UP}' AND WorkflowId STARTS_WITH {ids} "
            f"AND {sa.STATE.name} = '{State.CLOSED}' AND ExecutionStatus = 'Running'"
        )
        with suppress(NoServer):
            return " or ".join([each.id async for each in self._executions(query) if each.id != asked])
        return ""

    async def acknowledge(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.Acknowledge(by=by, note=InternalText(note)))

    async def raise_level(
        self, key: str, *, by: str, reason: ReasonCode, to_level: int | None = None, note: str = ""
    ) -> Receipted:
        return await self.ask(
            key, c.RaiseLevel(by=by, reason=reason, to_level=to_level, note=InternalText(note))
        )

    async def transfer(
        self,
        key: str,
        *,
        by: str,
        to: str | None = None,
        skill: str | None = None,
        reason: ReasonCode = ReasonCode.LACK_OF_EXPERTISE,
        note: str = "",
    ) -> Receipted:
        """*to* a person or team, or to whoever has a *skill* of the playbook (KIND-2)."""
        return await self.ask(
            key, c.Transfer(by=by, to=to, skill=skill, reason=reason, note=InternalText(note))
        )

    async def report_trigger(self, key: str, *, by: str, trigger: str, note: str = "") -> Receipted:
        return await self.ask(key, c.ReportTrigger(by=by, trigger=trigger, note=InternalText(note)))

    async def tick_response(
        self, key: str, *, by: str, response: str, level: int | None = None, note: str = ""
    ) -> Receipted:
        command = c.TickResponse(by=by, response=response, level=level, note=InternalText(note))
        return await self.ask(key, command)

    async def change_priority(self, key: str, *, by: str, priority: Priority, note: str = "") -> Receipted:
        return await self.ask(key, c.ChangePriority(by=by, priority=priority, note=InternalText(note)))

    async def pause(self, key: str, *, by: str, because: str, note: str = "") -> Receipted:
        return await self.ask(key, c.PauseClocks(by=by, because=because, note=InternalText(note)))

    async def resume(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.ResumeClocks(by=by, note=InternalText(note)))

    async def begin_resolution(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.BeginResolution(by=by, note=InternalText(note)))

    async def revise_plan(self, key: str, *, by: str, steps: Sequence[Step], why: str = "") -> Receipted:
        return await self.ask(key, c.RevisePlan(by=by, steps=tuple(steps), why=InternalText(why)))

    async def send_update(
        self,
        key: str,
        *,
        by: str,
        customer_text: str | None = None,
        internal_note: str | None = None,
        apologise: bool = False,
    ) -> Receipted:
        """Waits for approval first, where the playbook wants that of texts for customers (COMM-6)."""
        return await self.ask(
            key,
            c.SendUpdate(
                by=by,
                apologise=apologise,
                customer_text=CustomerText(customer_text) if customer_text else None,
                internal_note=InternalText(internal_note) if internal_note else None,
            ),
        )

    async def approve_text(
        self, key: str, *, by: str, number: int | None = None, note: str = ""
    ) -> Receipted:
        """Send out the text for customers that waits; *number*: which one, if several do."""
        return await self.ask(key, c.ApproveText(by=by, number=number, note=InternalText(note)))

    async def edit_text(
        self, key: str, *, by: str, text: str, number: int | None = None, why: str = ""
    ) -> Receipted:
        command = c.EditText(by=by, number=number, text=CustomerText(text), why=InternalText(why))
        return await self.ask(key, command)

    async def reject_text(self, key: str, *, by: str, why: str, number: int | None = None) -> Receipted:
        return await self.ask(key, c.RejectText(by=by, number=number, why=InternalText(why)))

    async def declare_resolved(
        self,
        key: str,
        *,
        by: str,
        resolution: ResolutionKind,
        done: str,
        customer_text: str | None = None,
    ) -> Receipted:
        return await self.ask(
            key,
            c.DeclareResolved(
                by=by,
                resolution=resolution,
                done=InternalText(done),
                customer_text=CustomerText(customer_text) if customer_text else None,
            ),
        )

    async def verify_resolution(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.VerifyResolution(by=by, note=InternalText(note)))

    async def reject_resolution(self, key: str, *, by: str, why: str) -> Receipted:
        return await self.ask(key, c.RejectResolution(by=by, why=InternalText(why)))

    async def confirm_access(
        self, key: str, *, by: str, account: str, answer: AccessAnswer = AccessAnswer.YES, note: str = ""
    ) -> Receipted:
        return await self.ask(
            key, c.ConfirmAccess(by=by, account=account, answer=answer, note=InternalText(note))
        )

    async def settle_record(
        self, key: str, *, by: str, record: str, stays_open_because: str | None = None
    ) -> Receipted:
        reason = InternalText(stays_open_because) if stays_open_because else None
        return await self.ask(key, c.SettleRecord(by=by, record=record, stays_open_because=reason))

    async def request_rca(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.RequestRca(by=by, note=InternalText(note)))

    async def file_rca(self, key: str, *, by: str, rca: InternalRca) -> Receipted:
        return await self.ask(key, c.FileRca(by=by, rca=rca))

    async def derive_rca(self, key: str, *, by: str, rca: CustomerRca | None = None) -> Receipted:
        return await self.ask(key, c.DeriveRca(by=by, rca=rca))

    async def approve_rca(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.ApproveRca(by=by, note=InternalText(note)))

    async def share_rca(self, key: str, *, by: str) -> Receipted:
        return await self.ask(key, c.ShareRca(by=by))

    async def waive_rca(self, key: str, *, by: str, why: str) -> Receipted:
        return await self.ask(key, c.WaiveRca(by=by, why=InternalText(why)))

    async def close(self, key: str, *, by: str, note: str = "") -> Receipted:
        return await self.ask(key, c.Close(by=by, note=InternalText(note)))

    async def cancel(
        self, key: str, *, by: str, why: str, cause: CancelCause, into: str | None = None
    ) -> Receipted:
        return await self.ask(key, c.Cancel(by=by, cause=cause, into=into, why=InternalText(why)))

    async def reopen(self, key: str, *, by: str, why: str) -> Receipted:
        """
        Back to resolving; a closed one comes back as a new escalation that names it, one level higher (CLOSE-9).
        """
        description = await self._describe(key)
        if description.status is WorkflowExecutionStatus.RUNNING:
            return await self.ask(key, c.Reopen(by=by, why=InternalText(why)))
        ended = await self._ended(key)
        if ended is None or ended.state != State.CLOSED:
            raise await self._has_ended(key, Move.REOPEN)
        level = min(ended.level + 1, ended.levels)
        return await self.start(
            ended.request.returning(ended.id, level, ended.priority, by, InternalText(why))
        )

    async def record_survey(
        self, key: str, *, by: str, account: str, score: int, contact: str | None = None, comment: str = ""
    ) -> Receipted:
        """*contact*: e-mail address of the one who answers; may be left out where the account has one (CLOSE-6)."""
        command = c.RecordSurvey(
            by=by, account=account, contact=contact, score=score, comment=InternalText(comment)
        )
        return await self.ask(key, command)

    async def file_post_mortem(self, key: str, *, by: str, post_mortem: PostMortem) -> Receipted:
        return await self.ask(key, c.FilePostMortem(by=by, post_mortem=post_mortem))

    async def finish_action(self, key: str, *, by: str, action: int, note: str = "") -> Receipted:
        return await self.ask(key, c.FinishAction(by=by, action=action, note=InternalText(note)))

    async def rebase(
        self,
        key: str,
        *,
        by: str,
        why: str,
        sha256: str = "",
        issue_type: str | None = None,
        category: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Receipted:
        """
        Go on by the worker's playbook of today (CLOCK-4), in another category if one is given. *sha256*: of the
        playbook that you mean, or it is refused.

        Raises:
            BadRequest: If that playbook does not have the escalation's category any more.
        """
        asked = wire.RebaseAsked(
            by=by, why=InternalText(why), sha256=sha256, issue_type=issue_type, category=category
        )
        return await self._ask(key, Move.REBASE, asked, id)

    async def rebase_basis(self, key: str) -> RecompilePlan:
        """What a plan to rebase it to is compiled of."""
        return await self._query(key, wire.REBASE_BASIS, RecompilePlan)

    async def foresee_rebase(self, key: str, plan: Plan) -> Rebasing:
        """What a rebase to *plan* would change; nothing has changed."""
        return await self._query(key, wire.REBASE_PREVIEW, Rebasing, plan)

    # Task forces (RESOLVE-2)

    async def deploy_task_force(
        self,
        key: str,
        *,
        by: str,
        name: str,
        mission: str,
        lead: str,
        seats: Sequence[SeatWanted] = (),
        technical_plan: str = "",
        status_every: timedelta | None = None,
    ) -> Receipted:
        """Deploy one; each seat is offered to its candidates, one after the other."""
        return await self.ask(
            key,
            c.DeployTaskForce(
                by=by,
                name=name,
                mission=InternalText(mission),
                lead=lead,
                seats=tuple(seats),
                technical_plan=InternalText(technical_plan),
                status_every=status_every,
            ),
        )

    async def stand_down_task_force(
        self, key: str, name: str, *, by: str, why: str, hand_over_to: str | None = None
    ) -> Receipted:
        return await self.ask(
            key, c.StandDownTaskForce(by=by, name=name, why=InternalText(why), hand_over_to=hand_over_to)
        )

    async def ask_task_force(
        self,
        key: str,
        name: str,
        command: f.MembersCommand,
        *,
        id: str | None = None,  # noqa: A002
    ) -> Answer:
        """
        Make the move that *command* asks for, in the task force *name* of an escalation.

        Raises:
            EscalationError: If the move is refused. Nothing has changed then.
        """
        there = task_force_id(key, name)
        asked = self._handle(there).execute_update(
            command.move.value, command, id=id or uuid.uuid4().hex, result_type=Answer
        )
        try:
            return await self._answer(there, asked, Answer)
        except _Ended:
            raise MoveNotAllowed(
                f"{key}, task force {name}: cannot {command.move.words} while stood down; "
                "allowed now: nothing, it is stood down"
            ) from None
        except UnknownEscalation:
            raise await self._unknown_force(key, name) from None

    async def accept_seat(self, key: str, name: str, *, by: str, note: str = "") -> Answer:
        return await self.ask_task_force(key, name, f.AcceptSeat(by=by, note=InternalText(note)))

    async def decline_seat(self, key: str, name: str, *, by: str, why: str = "") -> Answer:
        return await self.ask_task_force(key, name, f.DeclineSeat(by=by, why=InternalText(why)))

    async def leave_seat(self, key: str, name: str, *, by: str, why: str = "") -> Answer:
        return await self.ask_task_force(key, name, f.LeaveSeat(by=by, why=InternalText(why)))

    async def offer_seat(self, key: str, name: str, *, by: str, seat: int, to: str | None = None) -> Answer:
        """Offer a vacant seat again: *to* somebody, or to its candidates from the first."""
        return await self.ask_task_force(key, name, f.OfferSeat(by=by, seat=seat, to=to))

    async def report_status(
        self, key: str, name: str, *, by: str, text: str, is_update: bool = False
    ) -> Answer:
        """How it stands; *is_update*: everybody who follows the escalation is told."""
        command = f.ReportStatus(by=by, text=InternalText(text), is_update=is_update)
        return await self.ask_task_force(key, name, command)

    async def add_task(
        self, key: str, name: str, *, by: str, what: str, owner: str, due_at: datetime | None = None
    ) -> Answer:
        command = f.AddTask(by=by, what=InternalText(what), owner=owner, due_at=due_at)
        return await self.ask_task_force(key, name, command)

    async def finish_task(self, key: str, name: str, *, by: str, task: int, note: str = "") -> Answer:
        return await self.ask_task_force(key, name, f.FinishTask(by=by, task=task, note=InternalText(note)))

    async def task_force(self, key: str, name: str) -> ForceView:
        """
        A task force as it is; one that was stood down as it was, while Temporal keeps it.

        Raises:
            UnknownName: If the escalation has none of this name.
        """
        return await self._query_force(key, name, wire.VIEW, ForceView)

    async def task_force_timeline(self, key: str, name: str) -> tuple[Entry, ...]:
        """What happened in it, oldest first."""
        return await self._query_force(key, name, wire.TIMELINE, tuple[Entry, ...])

    async def _query_force(self, key: str, name: str, query: str, kind: type[_Answer]) -> _Answer:
        try:
            return await self._query(task_force_id(key, name), query, kind)
        except UnknownEscalation:
            raise await self._unknown_force(key, name) from None

    async def _unknown_force(self, key: str, name: str) -> UnknownName:
        known = [force.name for force in (await self.view(key)).task_forces]
        return UnknownName.of(f"{key}: no task force", name, known)

    # Look

    async def view(self, key: str) -> View:
        """
        The escalation as it is; an ended one as it was, while Temporal keeps it.

        Raises:
            UnknownEscalation: If there is none of this key.
        """
        found = await self._query(key, wire.VIEW, View)
        return await self._followed_up(found, wire.VIEW, View) or found

    async def timeline(self, key: str) -> tuple[Entry, ...]:
        """What happened, oldest first."""
        entries = await self._query(key, wire.TIMELINE, tuple[Entry, ...])
        if all(entry.kind not in {"closed", "cancelled"} for entry in entries):
            return entries
        found = await self._query(key, wire.VIEW, View)
        return await self._followed_up(found, wire.TIMELINE, tuple[Entry, ...]) or entries

    async def records(self) -> AsyncIterator[tuple[str, RecordBatch | EscalationError]]:
        """
        Of every run that Temporal still keeps, of escalations and of their follow-ups, as they began one after the
        other: its workflow id, and what had happened, or why that cannot be told.
        """
        query = f"WorkflowType IN ('{wire.WORKFLOW}', '{wire.FOLLOW_UP}') AND {sa.STATE.name} IS NOT NULL"
        runs = [run async for run in self._executions(query)]
        for run in sorted(runs, key=lambda run: run.start_time):
            handle = self._client.get_workflow_handle(run.id, run_id=run.run_id)
            asked = handle.query(wire.RECORD, result_type=RecordBatch)
            try:
                yield run.id, await self._answer(run.id, asked, RecordBatch)
            except EscalationError as unknown:
                yield run.id, unknown

    async def allowed_moves(self, key: str) -> tuple[Move, ...]:
        return (await self.view(key)).allowed_moves

    async def script(self, key: str) -> CustomerFacts:
        """What agents may tell customers now (COMM-7)."""
        return await self._query(key, wire.SCRIPT, CustomerFacts)

    async def messages(self, key: str) -> tuple[Sent, ...]:
        """What became of each message, oldest first (COMM-12, COMM-13)."""
        view, found, kind = await self._query(key, wire.VIEW, View), list[Sent](), tuple[Sent, ...]
        while page := (
            await self._followed_up(view, wire.MESSAGES, kind, len(found))
            or await self._query(key, wire.MESSAGES, kind, len(found))
        ):
            found += page
            if len(page) < A_PAGE:
                break
        return tuple(found)

    async def action_plans(self, key: str) -> tuple[ActionPlan, ...]:
        """Each version of the action plan with who and why, oldest first (COMM-10)."""
        return await self._query(key, wire.ACTION_PLANS, tuple[ActionPlan, ...])

    async def diagram(self, key: str) -> str:
        """The lifecycle as a Mermaid diagram, with the state it is in marked."""
        return await self._query(key, wire.DIAGRAM, str)

    async def people(self, key: str) -> tuple[Contact, ...]:
        """The people and teams that its plan knows: who can be asked, and who can make moves."""
        return await self._query(key, wire.PEOPLE, tuple[Contact, ...])

    async def rca_on_file(self, key: str, version: int | None = None) -> RcaOnFile:
        """A version of the internal RCA, else the latest; and which ones there are."""
        return await self._query(key, wire.RCA_ON_FILE, RcaOnFile, version)

    async def list(
        self,
        *,
        state: State | None = None,
        priority: Priority | None = None,
        level: int | None = None,
        category: str | None = None,
        customer: str | None = None,
        owner: str | None = None,
        breached: bool | None = None,
        ended: bool = False,
        limit: int | None = None,
    ) -> AsyncIterator[Listed]:
        """Escalations that match, newest first; those that have ended only if asked for, or by their state."""
        query = _query(
            {
                sa.STATE: state,
                sa.PRIORITY: priority,
                sa.LEVEL: level,
                sa.CATEGORY: category,
                sa.CUSTOMER: customer,
                sa.OWNER: owner,
                sa.BREACHED: breached,
            },
            ended=ended or (state is not None and state in {State.CLOSED, State.CANCELLED}),
        )
        async for execution in self._executions(query, limit):
            yield _listed(execution)

    async def actions(self, *, owner: str | None = None, overdue: bool = False) -> Sequence[ToDo]:
        """Actions of RCAs and post-mortems that are to be done, of all escalations, the first due first (CLOSE-7)."""
        query = f"{sa.ACTIONS.name} > 0 AND ExecutionStatus = 'Running'"
        ids = [execution.id async for execution in self._executions(query)]
        at_once = asyncio.Semaphore(_LOOKED_AT_ONCE)

        async def of(id_: str) -> list[ToDo]:
            async with at_once:
                view = await self._query(id_, wire.VIEW, View)
            return [ToDo(id_, view.subject, action) for action in view.actions if action.is_open]

        now = datetime.now(UTC)
        found = [todo for todos in await asyncio.gather(*map(of, ids)) for todo in todos]
        return sorted(
            (
                todo
                for todo in found
                if (owner is None or todo.action.owner == owner)
                and (not overdue or todo.action.is_overdue(now))
            ),
            key=lambda todo: (todo.action.due, todo.id, todo.action.number),
        )

    async def watch(self, key: str, *, every: float = 1.0) -> AsyncIterator[tuple[View, tuple[Entry, ...]]]:
        """
        The view, and what is new in the timeline, each time something happened; ends when the escalation does.

        Looks every *every* seconds at the length of the history, which costs nothing, and asks only after a change.
        """
        seen, length = 0, -1
        while True:
            description = await self._describe(key)
            if description.history_length != length:
                length = description.history_length
                entries = await self.timeline(key)
                if new := tuple(entry for entry in entries if entry.seq > seen):
                    seen = new[-1].seq
                    yield await self.view(key), new
            if description.status is not WorkflowExecutionStatus.RUNNING:
                return
            await asyncio.sleep(every)

    async def _executions(self, query: str, limit: int | None = None) -> AsyncIterator[WorkflowExecution]:
        try:
            async for execution in self._client.list_workflows(query, limit=limit):
                yield execution
        except RPCError as error:
            raise self._no_server(error) from error

    async def _followed_up(
        self, ended: View, name: str, kind: type[_Answer], *arguments: Any
    ) -> _Answer | None:
        """What the follow-up of an ended escalation answers; None if it has none, or not yet."""
        if ended.ended_at is None:
            return None
        with suppress(UnknownEscalation):
            return await self._query(ended.id, name, kind, *arguments)
        return None

    # Executive sponsorship (SPONSOR)

    async def propose_sponsorship(self, account: str, proposal: Propose) -> Programme:
        """Propose the account; its sponsorship begins with it if there is none."""
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            wire.SPONSORSHIP,
            wire.SponsorshipInput(account=account),
            id=sponsorship_key(account),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=f"executive sponsorship of {details.escaped(account)}",
        )
        answer = self._client.execute_update_with_start_workflow(
            wire.PROPOSE,
            proposal,
            start_workflow_operation=operation,
            result_type=Programme,
        )
        return await self._answer(sponsorship_key(account), answer, Programme)

    async def enrol(self, account: str, terms: Enrol) -> Programme:
        return await self._sponsor(account, wire.ENROL, terms)

    async def touch(self, account: str, touch_point: RecordTouchPoint) -> Programme:
        return await self._sponsor(account, wire.TOUCH, touch_point)

    async def review_sponsorship(self, account: str, review: Review) -> Programme:
        return await self._sponsor(account, wire.REVIEW, review)

    async def exit_sponsorship(self, account: str, exit_: Exit) -> Programme:
        return await self._sponsor(account, wire.EXIT, exit_)

    async def sponsorship(self, account: str) -> Programme:
        """
        Raises:
            UnknownEscalation: If the account was never proposed.
        """
        return await self._query(sponsorship_key(account), wire.VIEW, Programme)

    async def sponsorships(self) -> AsyncIterator[wire.Sponsorship]:
        """Those that run, from their memos: no worker is asked."""
        query = f"WorkflowType = '{wire.SPONSORSHIP}' AND ExecutionStatus = 'Running'"
        try:
            async for execution in self._client.list_workflows(query):
                line = await execution.memo_value(wire.PROGRAMME_MEMO, None, type_hint=wire.Sponsorship)
                if line:
                    yield line
        except RPCError as error:
            raise self._no_server(error) from error

    async def sponsors(self, accounts: Iterable[str]) -> tuple[Contact, ...]:
        """Who sponsors *accounts* now, from the memos too (SPONSOR-2)."""
        found = [await self._sponsor_of(account) for account in accounts]
        return tuple({sponsor.id: sponsor for sponsor in found if sponsor}.values())

    async def _sponsor_of(self, account: str) -> Contact | None:
        try:
            found = await self._describe(sponsorship_key(account))
        except UnknownEscalation:
            return None
        if found.status is not WorkflowExecutionStatus.RUNNING:
            return None
        sponsor: Contact | None = await found.memo_value(wire.SPONSOR_MEMO, None, type_hint=Contact)
        return sponsor

    async def _sponsor(self, account: str, name: str, asked: object) -> Programme:
        key = sponsorship_key(account)
        answer = self._handle(key).execute_update(name, asked, result_type=Programme)
        try:
            return await self._answer(key, answer, Programme)
        except _Ended:
            raise MoveNotAllowed(f"{key}: it has ended; allowed now: propose it again") from None

    # Reports by schedule: the server keeps them, no worker is asked.

    async def schedule_report(self, wanted: ReportSchedule, *, now: bool = False) -> Scheduled:
        """
        Mail a report by schedule, from now on as *wanted*; *now*: and at once. One that is paused stays so.
        """
        handle = self._client.get_schedule_handle(wanted.id)
        try:
            try:
                await self._client.create_schedule(wanted.id, schedule_of(wanted))
            except ScheduleAlreadyRunningError:
                await handle.update(
                    lambda before: ScheduleUpdate(
                        schedule_of(wanted, is_paused=before.description.schedule.state.paused)
                    )
                )
            if now:
                await handle.trigger()
            return await read_back(await handle.describe())
        except RPCError as error:
            raise self._no_server(error) from error

    async def scheduled_reports(self) -> tuple[Scheduled, ...]:
        """In the order of the rhythms; there is at most one of each."""
        found = [await self._scheduled(rhythm) for rhythm in Rhythm]
        return tuple(each for each in found if each)

    async def unschedule_report(self, rhythm: Rhythm) -> None:
        """
        Mail no more of these; what is under way ends in order.

        Raises:
            MoveNotAllowed: If there is no such schedule.
        """
        try:
            await self._client.get_schedule_handle(report_id(rhythm)).delete()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise MoveNotAllowed(f"no {rhythm} report is scheduled") from None
            raise self._no_server(error) from error

    async def _scheduled(self, rhythm: Rhythm) -> Scheduled | None:
        try:
            return await read_back(await self._client.get_schedule_handle(report_id(rhythm)).describe())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise self._no_server(error) from error

    # What waits for somebody (COMM-11, COMM-12)

    async def inbox(self, person: str) -> tuple[InWait, ...]:
        """What waits for a person, a team or a customer's contact (``ACCOUNT:ADDRESS``); nothing, for most."""
        key = inbox_key(person)
        waiting = self._handle(key).query(
            wire.WAITING, result_type=tuple[InWait, ...], reject_condition=QueryRejectCondition.NOT_OPEN
        )
        with suppress(UnknownEscalation, WorkflowQueryRejectedError):
            return await self._answer(key, waiting, tuple[InWait, ...])
        return ()

    async def release(self, person: str, *, by: str) -> tuple[InWait, ...]:
        """
        Let all that waits for *person* leave now, and say what that was.

        Raises:
            RoleNotAllowed: If *by* is somebody else, and no escalation manager.
        """
        key = inbox_key(person)
        released = self._handle(key).execute_update(
            wire.RELEASE, Release(by=by), result_type=tuple[InWait, ...]
        )
        with suppress(UnknownEscalation, _Ended):
            return await self._answer(key, released, tuple[InWait, ...])
        return ()

    # Below: how answers and failures of the server become ours.

    def _handle(self, key: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(key)

    async def _query(self, key: str, name: str, kind: type[_Answer], *given: object) -> _Answer:
        """Of a subject that joined an outage, the escalation there answers (START-5)."""
        try:
            return await self._ask_run(key, name, kind, *given)
        except UnknownEscalation as unknown:
            joined = await self._joined(key)
            if not joined:
                raise
            try:
                return await self._ask_run(joined, name, kind, *given)
            except UnknownEscalation:
                raise unknown from None

    async def _ask_run(self, key: str, name: str, kind: type[_Answer], *given: object) -> _Answer:
        return await self._answer(key, self._handle(key).query(name, args=given, result_type=kind), kind)

    async def _joined(self, key: str) -> str:
        """The key of the escalation that a subject joined; empty, if it is no such subject."""
        try:
            return await self._ask_run(key, wire.JOINED, str)
        except UnknownEscalation:
            return ""

    async def _describe(self, key: str) -> WorkflowExecutionDescription:
        return await self._answer(key, self._handle(key).describe(), WorkflowExecutionDescription)

    async def _ended(self, key: str) -> wire.Ended | None:
        handle = self._client.get_workflow_handle(key, result_type=wire.Ended)
        try:
            ended: wire.Ended = await handle.result()
        except WorkflowFailureError:
            return None  # terminated, or a start that was refused
        return ended

    async def _has_ended(self, key: str, move: Move) -> EscalationError:
        description = await self._describe(key)
        ended = await self._ended(key) if description.status is WorkflowExecutionStatus.COMPLETED else None
        state = (
            ended.state if ended else (description.status.name.lower() if description.status else "unknown")
        )
        return MoveNotAllowed(
            f"{key}: cannot {move.words} while {state}; allowed now: {ended_hint(state, move)}"
        )

    async def _answer(self, key: str, asked: Awaitable[Any], _: type[_Answer]) -> _Answer:
        try:
            async with asyncio.timeout(self._patience):
                answer: _Answer = await asked
                return answer
        except TimeoutError:
            raise self._no_worker() from None
        except WorkflowUpdateRPCTimeoutOrCancelledError:  # what the SDK makes of either end of our patience
            task = asyncio.current_task()
            if task and task.cancelling():
                raise asyncio.CancelledError from None
            raise self._no_worker() from None
        except WorkflowUpdateFailedError as error:
            raise _refusal(error) from error
        except WorkflowQueryFailedError as error:
            raise UnknownEscalation(error.message) from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                if any(ending in error.message for ending in _ENDINGS):
                    raise _Ended from None
                raise await self._unknown(key) from error
            if _NOT_READY in error.message:
                raise _NotReady(error) from error
            raise self._no_server(error) from error

    async def _unknown(self, key: str) -> UnknownEscalation:
        """
        Names the open escalations of the same ticket number: another spelling, tenant or none was typed. A number
        itself is never guessed at: the next ticket is another customer's.
        """
        ticket = _ticket(key)
        try:
            meant = [row.key async for row in self.list(limit=_MOST_LOOKED_AT) if _ticket(row.key) == ticket]
        except NoServer:
            meant = []
        return UnknownEscalation(f"no escalation {key!r} is known here{did_you_mean(' or '.join(meant))}")

    def _no_worker(self) -> NoWorker:
        return NoWorker(
            f"no worker answered within {self._patience:g} s; start one with `escalate serve` or `python worker.py`"
        )

    def _no_server(self, error: RPCError) -> NoServer:
        if error.status in {RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}:
            return self._no_worker()
        return NoServer(f"the Temporal server refused or went away: {error.message}")


class _Ended(Exception):
    """The run has ended: no message reaches it."""


_ENDINGS = ("already completed", "aborted by closing workflow")
"""How Temporal says that: before the message, and while the message waited for the run."""


class _NotReady(Exception):
    """A step of the run was given back while it took the move in, such as when it goes on as a new run."""

    def __init__(self, error: RPCError) -> None:
        super().__init__(error.message)
        self.error = error


_NOT_READY = "unexpected workflow task failure"
_PAUSES = (0.05, 0.2, 0.5, 1.0)
"""Seconds before a move that found the run not ready is made again, under the same id: it is followed once."""


def _request(request: StartRequest | Mapping[str, Any]) -> StartRequest:
    if isinstance(request, StartRequest):
        return request
    try:
        return StartRequest.model_validate(request)
    except ValidationError as error:
        raise BadRequest.because("the start", faults_of(error)) from None


def _ticket(key: str) -> str:
    """``4711`` of ``ACME/4711``, however it is spelled."""
    return key.casefold().rpartition("/")[2].strip()


def _refusal(error: WorkflowUpdateFailedError) -> Exception:
    return error.cause if isinstance(error.cause, EscalationError) else EscalationError(str(error.cause))


def _query(filters: Mapping[Any, Any], *, ended: bool) -> str:
    """A visibility query; values are quoted, so that none can change its sense."""
    wanted = [f"WorkflowType = '{wire.WORKFLOW}'", f"{sa.STATE.name} IS NOT NULL"]
    wanted.append("ExecutionStatus != 'ContinuedAsNew'" if ended else "ExecutionStatus = 'Running'")
    for attribute, value in filters.items():
        if value is not None:
            wanted.append(f"{attribute.name} = {_quoted(value)}")
    return " AND ".join(wanted)


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _listed(execution: WorkflowExecution) -> Listed:
    found = execution.typed_search_attributes
    return Listed(
        key=execution.id,
        state=State(found[sa.STATE]),
        level=found[sa.LEVEL],
        priority=Priority(found[sa.PRIORITY]),
        category=found[sa.CATEGORY],
        customers=tuple(found.get(sa.CUSTOMER) or ()),
        owner=found[sa.OWNER],
        next_due_at=found.get(sa.NEXT_DUE),
        is_breached=bool(found.get(sa.BREACHED)),
        opened_at=execution.start_time.astimezone(UTC),
    )


if __name__ == "__main__":
    import runpy

    runpy.run_module("entrypoints.cli", run_name="__main__")
