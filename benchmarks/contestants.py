"""
The two sides: the engine as it is in production, and the bare workflow; each with client and worker.

Owns how each is set up and makes a move. Both get the same worker settings, converter and server. Messages of the
engine are rendered as always, and dropped where they would leave; the bare one has nothing to render.
"""

import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import PollerBehaviorAutoscaling
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import activities
from benchmarks import bare_contract as wire
from benchmarks.bare import BareHeir, BareWorkflow
from benchmarks.history_shape import Script, padded
from channels.protocol import Channel, Delivered, OutboundMessage, Session
from client import EscalationClient
from delivery.pipeline import Pipeline
from escalation.case.action_plan import Step
from escalation.case.lifecycle import Move
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.rca_content import InternalRca
from escalation.case.record_batch import RecordBatch, RecordResult
from escalation.case.request import StartRequest
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.contract import ESCALATION_QUEUE, MESSAGE_TASK_QUEUE, RECORD_TASK_QUEUE
from escalation.kernel.refusals import RoleNotAllowed
from escalation.kernel.values import CustomerText, InternalText, from_plain
from messages.renderer import MessageRenderer
from planning.playbook.playbook_file import PlaybookFile
from records.store import RecordStore
from runtime.connection import connect
from runtime.network import Network
from runtime.settings import Settings
from tests.complaint import a_complaint
from workers.queue_workers import MESSAGE_SLOTS, QUICK_SLOTS, WORKFLOW_SLOTS, on_queue
from workflows.escalation import EscalationWorkflow
from workflows.follow_up import FollowUpWorkflow
from workflows.inbox import InboxWorkflow
from workflows.joined_case import JoinedCaseWorkflow
from workflows.plugin import escalation_plugin

Hands = tuple[Callable[..., Any], ...]


class Engine:
    """The engine: its client, its workflow, its activities."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal
        self._client = EscalationClient(temporal)

    async def start(self, key: str) -> None:
        await self._client.start(replace(REQUEST, key=key))

    async def move(self, key: str, move: str) -> int | None:
        try:
            return (await self._client.ask(key, COMMANDS[move])).level
        except RoleNotAllowed:  # it has risen already, and is somebody else's
            return 2 if move == Move.ACKNOWLEDGE else None

    async def has_ended(self, key: str) -> None:
        await self._temporal.get_workflow_handle(key).result()

    @classmethod
    @asynccontextmanager
    async def at_work(
        cls, address: str, playbook: Path, *, is_recorded: bool = True
    ) -> AsyncIterator["Engine"]:
        client = await connect(Settings(), plugins=[escalation_plugin()], address=address)
        store = (RecordStore if is_recorded else _Forgetful).at(None, playbook.parent)
        deliver = Pipeline({"email": _Nowhere()}, MessageRenderer())
        hands = activities.build(PlaybookFile(playbook), deliver, Network().transport, store)
        async with _workers(
            client,
            (ESCALATION_QUEUE, hands.quick),
            (MESSAGE_TASK_QUEUE, hands.messages),
            (RECORD_TASK_QUEUE, hands.records),
            workflows=[EscalationWorkflow, FollowUpWorkflow, InboxWorkflow, JoinedCaseWorkflow],
        ):
            yield cls(client)


class Bare:
    """The bare workflow, with activities that only answer."""

    def __init__(self, client: Client, script: Script) -> None:
        self._client = client
        self._script = script

    async def start(self, key: str) -> None:
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            wire.WORKFLOW,
            padded(wire.Begin, self._script.request),
            id=key,
            task_queue=wire.QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self._client.execute_update_with_start_workflow(
            wire.START, start_workflow_operation=operation, id=uuid.uuid4().hex, result_type=wire.Answer
        )

    async def move(self, key: str, move: str) -> None:
        ask = padded(wire.Ask, self._script.steps[move].asks, move=move)
        handle = self._handle(key)
        await handle.execute_update(wire.MOVE, ask, id=uuid.uuid4().hex, result_type=wire.Answer)

    async def has_ended(self, key: str) -> None:
        await self._handle(key).result()

    def _handle(self, key: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(key)

    @classmethod
    @asynccontextmanager
    async def at_work(cls, address: str, script: Script, window: float) -> AsyncIterator["Bare"]:
        client = await Client.connect(address, data_converter=pydantic_data_converter)
        hands = _BareHands(script, window)
        restrictions = SandboxRestrictions.default.with_passthrough_modules("benchmarks", "workflows")
        async with _workers(
            client,
            (wire.QUEUE, (hands.plan,)),
            (wire.MESSAGE_QUEUE, (hands.deliver,)),
            workflows=[BareWorkflow, BareHeir],
            workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        ):
            yield cls(client, script)


class _BareHands:
    def __init__(self, script: Script, window: float) -> None:
        waits = timedelta(seconds=window / 2)
        self._plan = padded(wire.Plan, script.plan, script=script, waits=waits)

    @activity.defn(name=wire.PLAN)
    async def plan(self, _begin: wire.Begin) -> wire.Plan:
        return self._plan

    @activity.defn(name=wire.DELIVER)
    async def deliver(self, batch: wire.Batch) -> wire.Results:
        return padded(wire.Results, batch.results)


class _Forgetful(RecordStore):
    """A store that writes nothing, as the bare workflow does."""

    def append(self, batch: RecordBatch) -> RecordResult:
        return RecordResult(added=0, through=batch.events[-1].seq)


class _Nowhere(Channel):
    """A channel whose messages have arrived as soon as they leave."""

    name = "email"

    def open(self) -> AbstractAsyncContextManager[Session]:
        return nullcontext(self)

    async def send(self, message: OutboundMessage) -> Delivered:
        return Delivered(reference=message.key)


@asynccontextmanager
async def _workers(
    client: Client, moves: tuple[str, Hands], *beside: tuple[str, Hands], **more: Any
) -> AsyncIterator[None]:
    """Two workers with the settings of `worker.workers`, for either side."""
    threads = ThreadPoolExecutor(2 * QUICK_SLOTS + MESSAGE_SLOTS)
    async with AsyncExitStack() as running:
        for queue in beside:
            await running.enter_async_context(on_queue(client, *queue, threads, slots=MESSAGE_SLOTS))
        await running.enter_async_context(
            on_queue(
                client,
                *moves,
                threads,
                slots=QUICK_SLOTS,
                max_cached_workflows=Settings().max_cached_workflows,
                max_concurrent_workflow_tasks=WORKFLOW_SLOTS,
                max_concurrent_local_activities=QUICK_SLOTS,
                workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
                **more,
            )
        )
        yield


REQUEST = from_plain(StartRequest, a_complaint(key="BENCH/0"))

_RCA = InternalRca.model_validate(
    {
        "root_causes": ("The roof of the depot leaks above bay 4",),
        "corrective_actions": (
            {
                "what": "Repair the roof",
                "owner": "kemal",
                "due": "2030-01-31",
                "for_customers": "We repair our depot.",
            },
        ),
        "summary_for_customers": "Rain came into our depot and wetted your pallets.",
    }
)

_COMMANDS: tuple[PersonsCommand, ...] = (
    Acknowledge(by="maya"),
    RevisePlan(by="priya", steps=(Step(what=InternalText("Send new pallets by van"), owner="priya"),)),
    SendUpdate(
        by="priya", customer_text=CustomerText("New pallets are on their way; you have them by four.")
    ),
    DeclareResolved(
        by="priya", resolution=ResolutionKind.FIX, done=InternalText("New pallets were delivered")
    ),
    VerifyResolution(by="aisha"),
    ConfirmAccess(by="dewi", account="ACME", answer=AccessAnswer.YES),
    FileRca(by="kemal", rca=_RCA),
    DeriveRca(by="kemal"),
    ApproveRca(by="elena"),
    ShareRca(by="dewi"),
    Close(by="elena"),
)
COMMANDS = {command.move.value: command for command in _COMMANDS}
