"""
A worker stops in seconds, though its activities wait for the answer of a workflow; the next worker does their work.

The workflow that is asked is on a queue that no worker serves, which is the same as one of a worker that stops.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from client import EscalationClient
from escalation import contract
from escalation.case.lifecycle import Move
from escalation.notifications.inbox import DeferredMessage, InboxContent
from escalation.notifications.inbox_view import inbox_key
from escalation.policy.classification import CancelCause
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.delivery.builders import person, to_us
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin

KEY, UNSERVED = "ACME/4711", "ACME/4712"
INBOX = inbox_key("person-1")
STOPS_WITHIN = 5.0


@dataclass
class Site:
    """Server and mailbox, with nobody at work yet."""

    temporal: Client
    settings: Settings
    mailbox: Mailbox

    @property
    def client(self) -> EscalationClient:
        return EscalationClient(self.temporal)

    async def until_working(self, key: str, activity: str, *, attempt: int = 1) -> None:
        """Wait until a worker is at that attempt of the activity, or a later one."""
        async with asyncio.timeout(40):
            while not await self._is_working(key, activity, attempt):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.05)

    async def _is_working(self, key: str, activity: str, attempt: int) -> bool:
        found = await self.temporal.get_workflow_handle(key).describe()
        return any(
            each.activity_type.name == activity
            and each.attempt >= attempt
            and each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
            for each in found.raw_description.pending_activities
        )


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    server = EmbeddedServer(
        tmp_path / "server", ui_port=None, in_memory=True, search_attributes=search_attributes.ALL
    )
    async with Mailbox() as mailbox, server:
        settings = mail_settings(mailbox, state_folder=tmp_path / "state")
        temporal = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        await temporal.start_workflow(
            contract.WORKFLOW, {"request": a_complaint(key=UNSERVED)}, id=UNSERVED, task_queue="unserved"
        )
        yield Site(temporal, settings, mailbox)
        server.kill()


async def test_a_stop_does_not_wait_for_the_sender_of_a_digest(site: Site) -> None:
    """COMM-12: the worker asks the sender if its message is still true, and stops. The next one sends it, once."""
    async with serve_queues(site.temporal, site.settings):
        await _put_into_inbox(site.temporal)
        await site.until_working(INBOX, contract.DELIVER_DIGEST)
        stops_at = monotonic()
    assert STOPS_WITHIN > monotonic() - stops_at
    assert () == site.mailbox.keys()

    # What was just handed to a worker that stops may be lost, and is then done again when its heartbeat is missed.
    async with serve_queues(site.temporal, site.settings), asyncio.timeout(120):
        await site.temporal.get_workflow_handle(INBOX).result()
    (letter,) = site.mailbox.messages()
    assert ("person-1@example.com",) == letter.recipients


async def test_a_stop_does_not_wait_for_the_escalation_that_is_merged_into(site: Site) -> None:
    """CLOSE-10: the worker asks the other escalation to take it over, and stops. The next worker asks again."""
    async with serve_queues(site.temporal, site.settings):
        await site.client.start(a_complaint(key=KEY))
        merge = {"by": "elena", "why": "the same pipe", "cause": CancelCause.MERGED.value, "into": UNSERVED}
        await site.temporal.get_workflow_handle(KEY).signal(Move.CANCEL.value, merge)
        await site.until_working(KEY, contract.REQUEST_MERGE)
        stops_at = monotonic()
    assert STOPS_WITHIN > monotonic() - stops_at

    async with serve_queues(site.temporal, site.settings):
        await site.until_working(KEY, contract.REQUEST_MERGE, attempt=2)


async def _put_into_inbox(temporal: Client) -> None:
    """Have the unserved escalation send a message that waited, and leaves now."""
    now = datetime.now(UTC)
    notice = replace(to_us(person(1)), escalation=f"{UNSERVED}@2026-11-20T09:00:00Z")
    held = DeferredMessage(notice=notice, since=now, until=now, is_released=True)
    await temporal.start_workflow(
        contract.INBOX,
        InboxContent(),
        id=INBOX,
        task_queue=contract.ESCALATION_QUEUE,
        start_signal=contract.DEFER,
        start_signal_args=[InboxContent(held=(held,))],
    )
