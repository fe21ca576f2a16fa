"""
One outage: escalations in every state and a batch half told, then something dies, and comes back.

What was before and what is afterwards is kept, so that each test can look at one thing.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from channels.loopback_mailbox import ReceivedMessage
from client import EscalationClient
from escalation import contract
from escalation.case.lifecycle import State
from escalation.case.view import View
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import UnknownEscalation
from escalation.kernel.timeline_entry import TimelineEntry
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.errors import NoWorker
from runtime.settings import ROOT, Settings
from tests.complaint import a_complaint
from tests.durability.processes import WorkerProcess
from tests.mailbox import Mailbox
from tests.workflows import stages
from workflows import search_attributes
from workflows.plugin import escalation_plugin

PLAYBOOKS = (ROOT / "playbooks" / "reference.yaml", Path(__file__).parent / "outages.yaml")
_NEVER = datetime.min.replace(tzinfo=UTC)
STATES = (State.COMMUNICATING, State.RESOLVING, State.VERIFYING, State.CLOSING)
BATCH = "ACME/batch"
LATE = "ACME/late"
JUST_STARTED = "ACME/started"
CONTACTS = 80
TOLD_BEFORE = 24
TO_OURS = 5
"""Beside the customers: the level's contact and four stakeholders."""


@dataclass
class Outage:
    """The state before, and the state after everything has come back and come to rest."""

    told_before: int = 0
    before: dict[str, View] = field(default_factory=dict)
    story_before: dict[str, tuple[TimelineEntry, ...]] = field(default_factory=dict)
    died_at: datetime = _NEVER
    back_at: datetime = _NEVER
    after: dict[str, View] = field(default_factory=dict)
    story_after: dict[str, tuple[TimelineEntry, ...]] = field(default_factory=dict)
    letters: tuple[ReceivedMessage, ...] = ()
    failed_tasks: list[str] = field(default_factory=list)

    def letters_of(self, key: str) -> list[ReceivedMessage]:
        return [letter for letter in self.letters if letter.thread.startswith(f"{key}@")]

    def events(self, key: str, kind: str) -> list[TimelineEntry]:
        return [entry for entry in self.story_after[key] if entry.kind == kind]


@dataclass
class Site:
    """All that runs, and the ways to kill it."""

    server: EmbeddedServer
    worker: WorkerProcess
    mailbox: Mailbox
    temporal: Client
    client: EscalationClient


@asynccontextmanager
async def a_site(folder: Path) -> AsyncIterator[Site]:
    playbook = [Path(shutil.copy(file, folder)) for file in PLAYBOOKS][-1]
    server = EmbeddedServer(folder / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with Mailbox() as mailbox, server:
        worker = WorkerProcess(folder, server.address, mailbox, playbook)
        async with worker:
            temporal = await connect(
                Settings(state_folder=folder), plugins=[escalation_plugin()], address=server.address
            )
            yield Site(server, worker, mailbox, temporal, EscalationClient(temporal, patience=20))


async def outage(folder: Path, *, worker_dies: bool, server_dies: bool) -> Outage:
    """Make all the escalations, let die what is to die, bring it back, and wait until all is at rest."""
    async with a_site(folder) as site:
        result = Outage()
        await _begin(site)
        await _half_a_batch(site)
        await _look(site, result.before, result.story_before)
        result.told_before = len([found for found in site.mailbox.messages() if BATCH in found.thread])

        result.died_at = datetime.now(UTC)
        if worker_dies:
            site.worker.kill9()
        if server_dies:
            site.server.kill()
        else:
            await _start_by_hand(site.temporal, JUST_STARTED)
            handle = site.temporal.get_workflow_handle("ACME/communicating")
            await handle.signal("tick_response", {"by": "priya", "response": "1"})
        await asyncio.sleep((_overdue_at(result.before[LATE]) - datetime.now(UTC)).total_seconds() + 1)
        site.mailbox.turns_slow(0)
        result.back_at = datetime.now(UTC)
        if server_dies:
            await site.server.restart()
            await _start_by_hand(site.temporal, JUST_STARTED)
        if worker_dies:
            await site.worker.start()

        await _come_to_rest(site)
        await _look(site, result.after, result.story_after, JUST_STARTED)
        result.letters = site.mailbox.messages()
        result.failed_tasks = [found async for found in failed_tasks(site.temporal)]
        return result


async def _begin(site: Site) -> None:
    """One escalation in each state, everybody told."""
    for number, state in enumerate(STATES):
        key = f"ACME/{state}"
        await site.client.start(a_complaint(key=key, priority="P1"))
        if number > 0:
            await stages.resolving(site.client, key)
        if number > 1:
            await stages.verifying(site.client, key)
        if number > 2:
            await stages.closing(site.client, key)
    async with asyncio.timeout(30):
        for state in STATES:
            await _told_everybody(site.client, f"ACME/{state}")


async def _half_a_batch(site: Site) -> None:
    """Something due in seconds, and a batch that is told slowly: some are, some are not, some just being told."""
    site.mailbox.turns_slow(0.4)
    contacts = [{"name": f"Jo {number}", "email": f"jo{number}@acme.example"} for number in range(CONTACTS)]
    await site.client.start(a_complaint(key=LATE, priority="P2"))
    await site.client.start(
        a_complaint(key=BATCH, priority="P1", customers=[{"account": "ACME", "contacts": contacts}])
    )
    async with asyncio.timeout(20):
        while TOLD_BEFORE > len([found for found in site.mailbox.messages() if BATCH in found.thread]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _come_to_rest(site: Site) -> None:
    async with asyncio.timeout(75):
        for key in (JUST_STARTED, *(f"ACME/{state}" for state in STATES), LATE, BATCH):
            await _told_everybody(site.client, key)
        while 2 != (await site.client.view(LATE)).level:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.1)
        await _told_everybody(site.client, LATE)


async def _told_everybody(client: EscalationClient, key: str) -> None:
    """Wait until the first notification is met, and the outcome of every batch is on record."""
    while True:
        with contextlib.suppress(
            UnknownEscalation, NoWorker
        ):  # it may be starting still, or wait for a dead worker
            found = await client.view(key)
            if any(clock.name is ClockName.FIRST_NOTIFICATION and clock.outcome for clock in found.clocks):
                return
        await asyncio.sleep(0.1)


async def _look(
    site: Site, views: dict[str, View], stories: dict[str, tuple[TimelineEntry, ...]], *more: str
) -> None:
    for key in (*(f"ACME/{state}" for state in STATES), LATE, BATCH, *more):
        views[key] = await site.client.view(key)
        stories[key] = await site.client.timeline(key)


async def _start_by_hand(temporal: Client, key: str) -> None:
    """Started, and nobody has opened it yet."""
    begin = contract.EscalationInput(request=a_complaint(key=key, priority="P1"))
    await temporal.start_workflow(contract.WORKFLOW, begin, id=key, task_queue=contract.ESCALATION_QUEUE)


async def failed_tasks(temporal: Client) -> AsyncIterator[str]:
    async for execution in temporal.list_workflows(""):
        handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
        for event in (await handle.fetch_history()).events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                yield f"{execution.id}: {event.workflow_task_failed_event_attributes.failure.message}"


def _overdue_at(late: View) -> datetime:
    """Return the time at which all that is due within seconds is overdue."""
    soon = late.opened_at + timedelta(minutes=1)
    return max(clock.due_at for clock in late.clocks if clock.due_at and clock.due_at < soon)
