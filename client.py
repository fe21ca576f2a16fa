"""
EscalationClient: the one typed way in, for scripts, the command line and the gateway.

Every method is one round trip and either returns or raises an error of ``escalation.errors``, with nothing half
done. It sends what people ask and shows what the engine answers; it holds no rule. ``python client.py`` is the
command line.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import ValidationError
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from escalation import commands as c
from escalation.base import CustomerText, InternalText
from escalation.effects import CustomerFacts, RecompilePlan, RecordBatch
from escalation.engine import ended_hint
from escalation.errors import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    StillFinishing,
    UnknownEscalation,
    did_you_mean,
    faults_of,
)
from escalation.events import AccessAnswer, CancelCause, ResolutionKind, Step
from escalation.lifecycle import Move, State
from escalation.messages import A_PAGE, Sent
from escalation.model import ActionPlan
from escalation.plan import Contact, Plan, Priority, ReasonCode
from escalation.rebasing import Rebasing
from escalation.request import CustomerRca, InternalRca, StartRequest
from escalation.story import Entry
from escalation.view import Receipted, View
from runtime.connection import connect
from runtime.errors import NoServer, NoWorker
from runtime.search_attributes import Registered, ensure_search_attributes
from runtime.settings import Settings
from workflows import details, wire
from workflows import search_attributes as sa
from workflows.plugin import escalation_plugin

PATIENCE = 15.0
"""Seconds to wait for a worker's answer before saying that none is there."""
_MOST_LOOKED_AT = 1000
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
        answer = self._handle(key).execute_update(
            move.value, argument, id=id_ or uuid.uuid4().hex, result_type=Receipted
        )
        try:
            return await self._answer(key, answer, Receipted)
        except _Ended:
            raise await self._has_ended(key, move) from None

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
        successor = ended.request.model_copy(
            update={
                "predecessor": ended.id,
                "entry_level": min(ended.level + 1, ended.levels),
                "submitted_by": by,
                "reason_note": InternalText(why),
            }
        )
        return await self.start(successor)

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

    # Look

    async def view(self, key: str) -> View:
        """
        The escalation as it is; an ended one as it was, while Temporal keeps it.

        Raises:
            UnknownEscalation: If there is none of this key.
        """
        return await self._query(key, wire.VIEW, View)

    async def timeline(self, key: str) -> tuple[Entry, ...]:
        """What happened, oldest first."""
        return await self._query(key, wire.TIMELINE, tuple[Entry, ...])

    async def records(self) -> AsyncIterator[tuple[str, RecordBatch | EscalationError]]:
        """
        Of every escalation that Temporal still keeps, ended ones too: its key, and what happened, or why that cannot
        be told.
        """
        query = _query({}, ended=True)
        try:
            async for execution in self._client.list_workflows(query):
                handle = self._client.get_workflow_handle(execution.id, run_id=execution.run_id)
                asked = handle.query(wire.RECORD, result_type=RecordBatch)
                try:
                    yield execution.id, await self._answer(execution.id, asked, RecordBatch)
                except EscalationError as unknown:
                    yield execution.id, unknown
        except RPCError as error:
            raise self._no_server(error) from error

    async def allowed_moves(self, key: str) -> tuple[Move, ...]:
        return await self._query(key, wire.ALLOWED_MOVES, tuple[Move, ...])

    async def script(self, key: str) -> CustomerFacts:
        """What agents may tell customers now (COMM-7)."""
        return await self._query(key, wire.SCRIPT, CustomerFacts)

    async def messages(self, key: str) -> tuple[Sent, ...]:
        """What became of each message, oldest first (COMM-12, COMM-13)."""
        found: list[Sent] = []
        while page := await self._query(key, wire.MESSAGES, tuple[Sent, ...], len(found)):
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
        try:
            async for execution in self._client.list_workflows(query, limit=limit):
                yield _listed(execution)
        except RPCError as error:
            raise self._no_server(error) from error

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
                if "already completed" in error.message:
                    raise _Ended from None
                raise await self._unknown(key) from error
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
