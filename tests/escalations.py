"""
The desk: start escalations, make moves, move the clock, look into mailboxes. On a real Temporal server.

``desk_on_skipping_server`` moves each escalation's own clock (experimental in the SDK, so it is used here alone).
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import TypedSearchAttributes
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from channels.loopback_mailbox import ReceivedMessage
from client import EscalationClient
from escalation import contract
from escalation.case.view import MoveResult, View
from escalation.kernel.timeline_entry import TimelineEntry
from runtime.embedded import find_binary
from runtime.setting_types import SmtpTls
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.mailbox import Mailbox
from workers.queue_workers import plugin_of, serve_queues
from workflows import search_attributes

SKIPPING = (
    "--dynamic-config-value",
    "frontend.WorkflowTimeSkippingEnabled=true",
    "--dynamic-config-value",
    'history.timerProcessorMaxTimeShift="10ms"',
    "--dynamic-config-value",  # what is deleted goes soon, not after half a minute
    'history.visibilityProcessorUpdateAckInterval="200ms"',
    "--dynamic-config-value",
    'history.transferProcessorUpdateAckInterval="200ms"',
)
NEVER_OPENED = "{0}: was never opened, because its start was refused|no escalation '{0}'"
"""The answer to readers of a refused start, before its run is deleted and after."""
_WELL_PAST, _WELL_BEFORE = timedelta(seconds=10), timedelta(seconds=1)
_CAME_IN_MEANWHILE = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
REFERENCE = Path(__file__).parent.parent / "playbooks" / "reference.yaml"


def mail_settings(mailbox: Mailbox, playbook: Path = REFERENCE, **changes: Any) -> Settings:
    if cached := os.environ.get("ESCALATION_MAX_CACHED_WORKFLOWS"):  # the option --cold
        changes.setdefault("max_cached_workflows", int(cached))
    return Settings(
        playbook=playbook,
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
        smtp_tls=SmtpTls.NONE,
        smtp_sender="escalations@support.example",
        **changes,
    )


class Desk:
    """The place of one test: calls without another key are about the escalation `key`."""

    def __init__(self, env: WorkflowEnvironment, mailbox: Mailbox, key: str = "ACME/4711") -> None:
        self.env = env
        self.mailbox = mailbox
        self.key = key
        self.temporal: Client = env.client
        self.client = EscalationClient(env.client)

    async def start(self, key: str | None = None, **changes: Any) -> MoveResult:
        return await self.client.start(a_complaint(key=key or self.key, **changes))

    async def start_by_hand(
        self, *inputs: Any, key: str | None = None, **options: Any
    ) -> WorkflowHandle[Any, Any]:
        """As somebody would in the Web UI: no receipt, any input."""
        queue = {"task_queue": contract.ESCALATION_QUEUE} | options
        return await self.temporal.start_workflow(contract.WORKFLOW, args=inputs, id=key or self.key, **queue)

    def run(self, key: str | None = None) -> WorkflowHandle[Any, contract.EscalationResult]:
        return self.temporal.get_workflow_handle(key or self.key, result_type=contract.EscalationResult)

    async def fast_forward(self, key: str | None = None, **span: float) -> None:
        """
        Move the clock of one escalation, due time by due time, each with all its consequences.

        The server (1.32) skips whatever comes due while something else is being done: a timer, and its own target. So
        each target is well past a due time, or well before it, and then the last second passes as it does in life.
        """
        end = await self.now(key) + timedelta(**span)
        while (now := await self.now(key)) < end:
            due = await self.at_rest(key)
            if due is None or due > end:
                target = end
            elif due + _WELL_PAST < end:
                target = due + _WELL_PAST
            elif now + _WELL_BEFORE < due:
                target = due - _WELL_BEFORE
            else:
                await asyncio.sleep((end - now).total_seconds())
                continue
            assert await self.env.fast_forward(self.run(key), target - now), f"ended before {span} had passed"
        await self.at_rest(key)

    async def now(self, key: str | None = None) -> datetime:
        """The time on this escalation's own clock."""
        return await self.env.get_current_time(self.run(key))

    async def at_rest(self, key: str | None = None, within: float = 20.0) -> datetime | None:
        """Wait until nothing is being done, and say when something will be: a timer, or another try to deliver."""
        async with asyncio.timeout(within):
            while True:
                description = await self.run(key).describe()
                found = description.raw_description
                if description.status != WorkflowExecutionStatus.RUNNING:
                    return None
                due = [
                    _utc(activity.next_attempt_schedule_time)
                    for activity in found.pending_activities
                    if activity.HasField("next_attempt_schedule_time")
                ]
                is_working = (
                    found.HasField("pending_workflow_task")
                    or len(due) < len(found.pending_activities)
                    or not all(child.run_id for child in found.pending_children)  # just being started
                )
                if not is_working and await self._has_begun(key):
                    if timer := await self.timer_ends_at(key):
                        due.append(timer)
                    now = await self.now(key)
                    is_the_same = (
                        description.history_length == (await self.run(key).describe()).history_length
                    )
                    if is_the_same and all(at > now for at in due):
                        return min(due, default=None)
                await asyncio.sleep(0.01)

    async def _has_begun(self, key: str | None) -> bool:
        """A run that continues another one that was very short waits a second first."""
        async for event in self._history_backwards(key or self.key):
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return True
        return False

    async def timer_ends_at(self, key: str | None = None) -> datetime | None:
        """Return when the one pending timer ends."""
        over: set[str] = set()
        async for event in self._history_backwards(key or self.key):
            if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
                over.add(event.timer_fired_event_attributes.timer_id)
            elif event.event_type == EventType.EVENT_TYPE_TIMER_CANCELED:
                over.add(event.timer_canceled_event_attributes.timer_id)
            elif event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                timer = event.timer_started_event_attributes
                if timer.timer_id not in over:
                    return _utc(event.event_time) + timer.start_to_fire_timeout.ToTimedelta()
        return None

    async def _history_backwards(self, key: str) -> AsyncIterator[HistoryEvent]:
        wanted = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self.temporal.namespace,
            execution=WorkflowExecution(workflow_id=key),
            maximum_page_size=50,
        )
        while True:
            page = await self.temporal.workflow_service.get_workflow_execution_history_reverse(wanted)
            for event in page.history.events:
                yield event
            if not page.next_page_token:
                return
            wanted.next_page_token = page.next_page_token

    async def view(self, key: str | None = None) -> View:
        return await self.client.view(key or self.key)

    async def timeline(self, kind: str, key: str | None = None) -> list[TimelineEntry]:
        """Return the events of one kind."""
        return [entry for entry in await self.client.timeline(key or self.key) if entry.kind == kind]

    async def happened(self, key: str | None = None) -> list[str]:
        """The kinds of all that happened."""
        return [entry.kind for entry in await self.client.timeline(key or self.key)]

    def messages(self, key: str | None = None) -> list[ReceivedMessage]:
        return [found for found in self.mailbox.messages() if found.thread.startswith(f"{key or self.key}@")]

    def told(self, key: str | None = None) -> list[str]:
        """Occasion and address of every letter, sorted, repeats included."""
        return sorted(
            f"{letter.key.removeprefix(letter.thread).split(':')[2]} {letter.recipients[0]}"
            for letter in self.messages(key)
        )

    async def events_in_history(self, key: str | None = None) -> list[str]:
        """The kinds of all events of the run: ``TIMER_STARTED``."""
        history = await self.run(key).fetch_history()
        return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]

    async def activities_in_history(self, key: str | None = None) -> list[str]:
        """The names of all activities of the run, in the order in which they were asked for."""
        history = await self.run(key).fetch_history()
        return [
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in history.events
            if event.HasField("activity_task_scheduled_event_attributes")
        ]

    async def metadata(self) -> WorkflowMetadata:
        """Return what the Web UI asks a run for: current details, and the messages that it takes."""
        found: WorkflowMetadata = await self.run().query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return found

    async def attributes(self) -> TypedSearchAttributes:
        return (await self.run().describe()).typed_search_attributes

    async def has_failed_or_is_deleted(self, key: str) -> bool:
        """Return whether the run of a refused start failed; the client asks the server to delete it at once."""
        try:
            async with asyncio.timeout(10):
                await self.temporal.get_workflow_handle(key).result()
        except WorkflowFailureError:
            return True
        except RPCError as fault:
            return fault.status is RPCStatusCode.NOT_FOUND
        return False

    async def nothing_went_wrong(self) -> None:
        """No workflow task failed: a rule's mistake would stall the run, and hide in retries."""
        await self.nothing_went_wrong_in(self.key)

    async def nothing_went_wrong_in(self, ids: str) -> None:
        """Of all runs whose ids begin so."""
        async for execution in self.temporal.list_workflows(f"WorkflowId STARTS_WITH '{ids}'"):
            handle = self.temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = await handle.fetch_history()
            failures = [
                event.workflow_task_failed_event_attributes
                for event in history.events
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
            ]
            # Only by the server, when something came in while a run was ending: it asks again, as it should.
            mistakes = [found for found in failures if found.cause != _CAME_IN_MEANWHILE]
            assert not mistakes, f"{execution.id}: {mistakes[0].failure.message}"


def _utc(at: Timestamp) -> datetime:
    return at.ToDatetime(tzinfo=UTC)


@asynccontextmanager
async def desk_on_skipping_server(
    playbook: Path = REFERENCE,
    identity: str | None = None,
    runtime: Runtime | None = None,
    **changes: Any,
) -> AsyncIterator[Desk]:
    """
    *identity* is what client and workers call themselves; unset, the process and the machine. *runtime* serves their
    metrics. *changes* are settings.
    """
    async with AsyncExitStack() as stack:
        mailbox = await stack.enter_async_context(Mailbox())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = mail_settings(mailbox, playbook, **({"state_folder": folder} | changes))
        env = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping_v2(
                ts_config=TimeSkippingConfig(enabled=False),
                dev_server_existing_path=str(find_binary()),
                dev_server_extra_args=list(SKIPPING),
                dev_server_log_level="never",
                search_attributes=search_attributes.ALL,
                plugins=[plugin_of(settings)],
                identity=identity,
                runtime=runtime,
            )
        )
        await stack.enter_async_context(serve_queues(env.client, settings))
        yield Desk(env, mailbox)
