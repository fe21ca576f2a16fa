"""
The desk: start escalations, make moves, move the clock, look into mailboxes. On a real Temporal server.

``desk_on_skipping_server`` moves each escalation's own clock (experimental in the SDK, so it is used here alone).
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from client import EscalationClient
from escalation.view import Receipted, View
from runtime.embedded import find_binary
from runtime.settings import Settings, SmtpTls
from tests.mailbox import Mailbox
from worker import workers
from workflows import search_attributes
from workflows.plugin import escalation_plugin

SKIPPING = (
    "--dynamic-config-value",
    "frontend.WorkflowTimeSkippingEnabled=true",
    "--dynamic-config-value",
    'history.timerProcessorMaxTimeShift="10ms"',
)
REFERENCE = Path(__file__).parent.parent / "playbooks" / "reference.yaml"


def a_complaint(**changes: Any) -> dict[str, Any]:
    """A start request as JSON, for the reference playbook."""
    return {
        "key": "ACME/4711",
        "subject": "Second delivery in a row is damaged",
        "description": "The pallets arrive wet; the customer has photographed them.",
        "issue_type": "customer_service_requests",
        "category": "complaint",
        "priority": "P1",
        "reason": "dissatisfied_customer",
        "channel": "phone",
        "submitted_by": "maya",
        "customers": [
            {"account": "ACME", "contacts": [{"name": "Jo Buyer", "email": "jo@acme.example"}]},
        ],
        "evidence": [{"kind": "call", "what": "Called twice about it"}],
        **changes,
    }


def mail_settings(mailbox: Mailbox, playbook: Path = REFERENCE, **changes: Any) -> Settings:
    return Settings(
        playbook=playbook,
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
        smtp_tls=SmtpTls.NONE,
        smtp_sender="escalations@support.example",
        **changes,
    )


class Desk:
    def __init__(self, env: WorkflowEnvironment, mailbox: Mailbox) -> None:
        self.env = env
        self.mailbox = mailbox
        self.temporal: Client = env.client
        self.client = EscalationClient(env.client)
        self._keys: set[str] = set()

    async def start(self, key: str = "ACME/4711", **changes: Any) -> Receipted:
        self._keys.add(key)
        return await self.client.start(a_complaint(key=key, **changes))

    async def fast_forward(self, key: str = "ACME/4711", **span: float) -> None:
        handle = self.temporal.get_workflow_handle(key)
        assert await self.env.fast_forward(handle, timedelta(**span)), f"{key} ended before {span} had passed"

    async def view(self, key: str = "ACME/4711") -> View:
        return await self.client.view(key)

    async def happened(self, key: str = "ACME/4711") -> list[str]:
        """The kinds of all events."""
        return [entry.kind for entry in await self.client.timeline(key)]

    async def events_in_history(self, key: str = "ACME/4711") -> Sequence[int]:
        history = await self.temporal.get_workflow_handle(key).fetch_history()
        return [event.event_type for event in history.events]

    async def nothing_went_wrong(self) -> None:
        """No workflow task failed: a rule's mistake would stall the run, and hide in retries."""
        async for execution in self.temporal.list_workflows(""):
            handle = self.temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = await handle.fetch_history()
            failed = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
            assert not failed, f"{execution.id}: {failed[0].workflow_task_failed_event_attributes.failure.message}"


@asynccontextmanager
async def desk_on_skipping_server(playbook: Path = REFERENCE) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        mailbox = await stack.enter_async_context(Mailbox())
        env = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping_v2(
                ts_config=TimeSkippingConfig(enabled=False),
                dev_server_existing_path=str(find_binary()),
                dev_server_extra_args=list(SKIPPING),
                dev_server_log_level="never",
                search_attributes=search_attributes.ALL,
                plugins=[escalation_plugin()],
            )
        )
        await stack.enter_async_context(workers(env.client, mail_settings(mailbox, playbook)))
        yield Desk(env, mailbox)
