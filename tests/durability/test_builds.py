"""
Workers of two builds side by side: a run stays with its own, and goes on with the current one as a new run (ADR 23).
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from client import EscalationClient
from escalation.kernel.ids import task_force_id
from escalation.kernel.values import InternalText
from escalation.notifications.inbox_view import inbox_key
from escalation.sponsorship.moves.propose import Propose
from escalation.task_force.state import SeatRequest
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.errors import NoWorker
from runtime.setting_types import DEPLOYMENT
from runtime.settings import ROOT
from tests.complaint import a_complaint
from tests.durability.outage import failed_tasks
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from tests.replay.replaying import replayed
from tests.said import said
from tests.workflows import stages
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.continue_as_new import CHECK_BUILD
from workflows.plugin import escalation_plugin

KEY, NAME = "ACME/4711", "roof"
CALM = """
extends: reference.yaml
name: Calm
version: "1"
people: {tom: {at_most: 1 per 1 day}}
"""


@dataclass
class Site:
    """A server, and whichever builds work there."""

    folder: Path
    server: EmbeddedServer
    mailbox: Mailbox
    temporal: Client
    client: EscalationClient
    running: AsyncExitStack

    async def hire(self, build: str | None) -> AsyncExitStack:
        """Workers of *build*; what it gives lets them go, in order."""
        hired = await self.running.enter_async_context(AsyncExitStack())
        settings = mail_settings(
            self.mailbox, self.folder / "calm.yaml", state_folder=self.folder, build=build
        )
        own = await connect(settings, plugins=[escalation_plugin()], address=self.server.address)
        await hired.enter_async_context(serve_queues(own, settings))
        return hired

    async def make_current(self, build: str) -> None:
        service, namespace = self.temporal.workflow_service, self.temporal.namespace
        wanted = SetWorkerDeploymentCurrentVersionRequest(
            namespace=namespace, deployment_name=DEPLOYMENT, build_id=build
        )
        asked = DescribeWorkerDeploymentRequest(namespace=namespace, deployment_name=DEPLOYMENT)
        done = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_COMPLETED
        async with asyncio.timeout(20):
            while True:
                try:
                    await service.set_worker_deployment_current_version(wanted)
                except RPCError:  # it has not heard of all queues of that build yet
                    await asyncio.sleep(0.1)
                    continue
                found = await service.describe_worker_deployment(asked)
                if done == found.worker_deployment_info.routing_config_update_state:
                    return

    async def build_of(self, key: str) -> str:
        """Return the build of the run that has *key* now; empty: any build."""
        description = await self.temporal.get_workflow_handle(key).describe()
        assert WorkflowExecutionStatus.RUNNING == description.status, key
        info = description.raw_description.workflow_execution_info.versioning_info
        return info.deployment_version.build_id

    async def at_rest(self, key: str) -> None:
        async with asyncio.timeout(20):
            while True:
                found = (await self.temporal.get_workflow_handle(key).describe()).raw_description
                if not found.pending_activities and not found.HasField("pending_workflow_task"):
                    return
                await asyncio.sleep(0.05)

    async def send_on(self, key: str, build: str) -> None:
        """Give the operator's word, and wait until the run is that of *build*."""
        await self.at_rest(key)
        await self.temporal.get_workflow_handle(key).signal(CHECK_BUILD)
        async with asyncio.timeout(20):
            while build != await self.build_of(key):  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.05)
        await self.at_rest(key)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with _a_site(tmp_path) as found:
        yield found
        assert [] == [failed async for failed in failed_tasks(found.temporal)]


@asynccontextmanager
async def _a_site(folder: Path) -> AsyncIterator[Site]:
    shutil.copy(ROOT / "playbooks" / "reference.yaml", folder)
    (folder / "calm.yaml").write_text(CALM, encoding="utf-8")
    server = EmbeddedServer(folder / "server", ui_port=None, search_attributes=search_attributes.ALL)
    async with Mailbox() as mailbox, server, AsyncExitStack() as running:
        settings = mail_settings(mailbox, state_folder=folder)
        temporal = await connect(settings, plugins=[escalation_plugin()], address=server.address)
        yield Site(folder, server, mailbox, temporal, EscalationClient(temporal), running)


async def test_an_escalation_goes_on_with_another_build_as_a_new_run(site: Site) -> None:
    """
    CLOCK-3: pinned until it rests and is told to look; then everything is as it was, and the old build can go.
    """
    old_build = await site.hire("1")
    await site.make_current("1")
    await site.client.start(a_complaint(key=KEY))
    await site.at_rest(KEY)
    first_run = (await site.temporal.get_workflow_handle(KEY).describe()).run_id
    before, story = await site.client.view(KEY), await site.client.timeline(KEY)
    told = len(site.mailbox.messages())

    await site.hire("2")
    await site.make_current("2")
    await site.client.start(a_complaint(key="BOLT/1"))
    await site.at_rest("BOLT/1")
    assert ("1", "2") == (await site.build_of(KEY), await site.build_of("BOLT/1"))

    await site.send_on(KEY, "2")
    await old_build.aclose()

    assert (before, story) == (await site.client.view(KEY), await site.client.timeline(KEY))
    history = await site.temporal.get_workflow_handle(KEY, run_id=first_run).fetch_history()
    assert await replayed(history)
    assert told == len([letter for letter in site.mailbox.messages() if KEY in letter.thread])
    await site.client.acknowledge(KEY, by="priya")


async def test_a_move_is_answered_while_the_run_continues_with_another_build(site: Site) -> None:
    """
    COMM-12: what the move asks to be sent is sent by the new build, once.
    """
    await site.hire("1")
    await site.make_current("1")
    await site.client.start(a_complaint(key=KEY))
    await site.at_rest(KEY)
    await site.hire("2")
    await site.make_current("2")

    answer = await site.client.acknowledge(KEY, by="priya")
    await site.at_rest(KEY)

    assert ["priya acknowledged at level 2"] == list(map(said, answer.happened))
    assert "2" == await site.build_of(KEY)
    keys = [(letter.key, letter.recipients) for letter in site.mailbox.messages()]
    assert len(set(keys)) == len(keys)
    assert 1 == [entry.kind for entry in await site.client.timeline(KEY)].count("acknowledged")


async def test_whatever_lives_long_goes_on_with_another_build_and_back(site: Site) -> None:
    """
    START-5, RESOLVE-3, SPONSOR-1, COMM-11: no kind of run keeps the old workers from being stopped.
    """
    await site.hire("1")
    await site.make_current("1")
    runs = await _one_of_each(site)
    assert await site.client.inbox("tom")
    await site.hire("2")
    await site.make_current("2")
    assert {"1"} == {await site.build_of(run) for run in runs}
    before = await _looked_at(site)

    for run in runs:
        await site.send_on(run, "2")
    assert before == await _looked_at(site)

    await site.make_current("1")
    for run in runs:
        await site.send_on(run, "1")
    assert before == await _looked_at(site)


async def _one_of_each(site: Site) -> tuple[str, ...]:
    """An escalation of an outage, a subject of it, a task force, a follow-up, a sponsorship, an inbox."""
    await site.client.start(a_complaint(key="ACME/closed"))
    closed = (await site.client.view("ACME/closed")).id
    await stages.whole_life(site.client, "ACME/closed")
    await site.client.start(a_complaint(key="ACME/joins", outage=KEY, priority="P3"))
    seat = SeatRequest(role="agent", people=("tom",))
    for name in (NAME, "gutter"):
        await site.client.deploy_task_force(
            KEY, by="elena", name=name, mission="Find the leak", lead="hannah", seats=[seat]
        )
    await site.client.propose_sponsorship("ACME", Propose(by="elena", why=InternalText("three P1")))
    runs = (KEY, "ACME/joins", task_force_id(KEY, NAME), closed, "sponsorship:ACME", inbox_key("tom"))
    async with asyncio.timeout(20):
        for run in runs:
            while not await _is_there(site, run):  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.1)
            await site.at_rest(run)
    return runs


async def _is_there(site: Site, run: str) -> bool:
    try:
        await site.build_of(run)
    except RPCError:
        return False
    return True


async def _looked_at(site: Site) -> tuple[object, ...]:
    return (
        await site.client.view(KEY),
        await site.client.view("ACME/joins"),
        await site.client.task_force(KEY, NAME),
        await site.client.sponsorship("ACME"),
        await site.client.inbox("tom"),
    )


async def test_while_no_build_is_current_a_start_waits_and_says_so(site: Site) -> None:
    """
    START-4: it is handed in, and opens as soon as one is.
    """
    await site.hire("1")
    impatient = EscalationClient(site.temporal, patience=1)
    with pytest.raises(NoWorker, match=f"make one of them current; {KEY} was handed in"):
        await impatient.start(a_complaint(key=KEY))

    await site.make_current("1")
    await site.client.start(a_complaint(key=KEY))

    assert 1 == [entry.kind for entry in await site.client.timeline(KEY)].count("opened")
    assert "1" == await site.build_of(KEY)


async def test_an_escalation_of_workers_without_a_build_goes_on_with_the_first_that_has_one(
    site: Site,
) -> None:
    """
    CLOCK-3: its history is replayed there, as with any rolling upgrade, and from then on it is pinned.
    """
    without = await site.hire(None)
    await site.client.start(a_complaint(key=KEY))
    await site.at_rest(KEY)
    before = await site.client.view(KEY)
    assert "" == await site.build_of(KEY)

    await site.hire("1")
    await site.make_current("1")
    await without.aclose()
    await site.temporal.get_workflow_handle(KEY).signal(CHECK_BUILD)
    await site.at_rest(KEY)

    assert before == await site.client.view(KEY)
    assert "1" == await site.build_of(KEY)


async def test_an_upgrade_under_load_loses_nothing(site: Site) -> None:
    """
    CLOCK-3, COMM-12: people go on while the builds change; each run ends on the new one, and the old one can go.
    """
    old_build = await site.hire("1")
    await site.make_current("1")
    keys = [f"ACME/{number}" for number in range(6)]
    for key in keys:
        await site.client.start(a_complaint(key=key))
    load = Load(site, keys)
    working = [asyncio.create_task(load.comment(key)) for key in tuple(keys)]
    working.append(asyncio.create_task(load.start_more()))

    await site.hire("2")
    await site.make_current("2")
    await load.moves_on()
    async with asyncio.timeout(60):
        while on_old := [key for key in tuple(keys) if "1" == await site.build_of(key)]:
            for key in on_old:
                await site.temporal.get_workflow_handle(key).signal(CHECK_BUILD)
            await asyncio.sleep(0.2)
    await old_build.aclose()
    await load.moves_on()
    load.is_over = True
    await asyncio.gather(*working)

    for key in keys:
        assert "2" == await site.build_of(key)
        found = [entry.note for entry in await site.client.timeline(key) if "comment_added" == entry.kind]
        assert load.taken[key] == found
        await site.at_rest(key)
    sent = [(letter.key, letter.recipients) for letter in site.mailbox.messages()]
    assert len(set(sent)) == len(sent)


class Load:
    """People who comment on all that is open, each waiting for an answer, and others who start more."""

    def __init__(self, site: Site, keys: list[str]) -> None:
        self.keys = keys
        self.taken: dict[str, list[str]] = {key: [] for key in keys}
        """Comments that were answered, by the escalation."""
        self.is_over = False
        self._client = site.client

    async def comment(self, key: str) -> None:
        while not self.is_over:
            note = f"comment {len(self.taken[key]) + 1}"
            await self._client.add_comment(key, by="priya", note=InternalText(note))
            self.taken[key].append(note)

    async def start_more(self) -> None:
        for number in range(6):
            key = f"BOLT/{number}"
            await self._client.start(a_complaint(key=key))
            self.taken[key] = []
            self.keys.append(key)
            await self.moves_on()

    async def moves_on(self) -> None:
        """Wait until each of the first was commented on again."""
        before = {key: len(taken) for key, taken in self.taken.items() if taken}
        async with asyncio.timeout(60):
            while any(before[key] == len(self.taken[key]) for key in before):  # noqa: ASYNC110 - nothing says so
                await asyncio.sleep(0.05)
