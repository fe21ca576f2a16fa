"""
A channel with a limit as a whole: no window has more letters than it allows, and none is lost.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from escalation.contract import CHANNEL_LIMIT, ESCALATION_QUEUE, RESERVE_SLOTS
from escalation.kernel.refusals import BadRequest
from escalation.notifications.channel_limit import ChannelLimit, ReserveSlots, Slots
from escalation.policy.limit_text import parse_limit
from runtime.embedded import find_binary
from runtime.named_settings import WebhookEndpointSettings
from runtime.settings import Settings
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server, mail_settings
from tests.receiver import Receiver
from tests.said import said
from workers.queue_workers import serve_queues
from workflows.channel_limit import ChannelLimitWorkflow
from workflows.plugin import escalation_plugin

AT_MOST, WITHIN = 4, 2.0
"""Letters, in so many seconds."""
LIMIT = parse_limit(f"{AT_MOST} per {WITHIN:.0f} s")
KEYS = tuple(f"PACE/{number}" for number in range(6))
PLAYBOOK = """
extends: reference.yaml
name: Pace
version: "1"
people:
  elena: {addresses: [webhook:crm]}
  chloe: {addresses: [webhook:crm]}
teams:
  call_centre: {addresses: [webhook:crm]}
"""


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    (tmp_path / "reference.yaml").write_bytes(REFERENCE.read_bytes())
    (tmp_path / "pace.yaml").write_text(PLAYBOOK, encoding="utf-8")
    return tmp_path / "pace.yaml"


def by_webhook(receiver: Receiver) -> dict[str, Any]:
    """The settings by which letters go to *receiver*."""
    crm = WebhookEndpointSettings(url=SecretStr(receiver.url()), secret=SecretStr(f"whsec_{'k' * 32}"))
    return {"webhook": {"crm": crm}, "private_networks": ("127.0.0.1",)}


@asynccontextmanager
async def another_worker(desk: Desk, settings: Settings) -> AsyncIterator[None]:
    host = desk.temporal.service_client.config.target_host
    async with serve_queues(await Client.connect(host, plugins=[escalation_plugin()]), settings):
        yield


async def until_told(desk: Desk, *keys: str) -> None:
    async with asyncio.timeout(90):
        for key in keys:
            while not await desk.timeline("delivery_reported", key):  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.2)


async def turns(client: Client, channel: str, asked: object) -> Slots:
    answer: Slots = await client.execute_update_with_start_workflow(
        RESERVE_SLOTS,
        asked,
        start_workflow_operation=WithStartWorkflowOperation(
            CHANNEL_LIMIT,
            ChannelLimit(),
            id=f"channel-limit:{channel}",
            task_queue=ESCALATION_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        ),
        result_type=Slots,
    )
    return answer


async def asks_of(desk: Desk, channel: str) -> int:
    """In all runs: there is a new one whenever nothing counted any more."""
    runs = [
        each.run_id async for each in desk.temporal.list_workflows(f"WorkflowId = 'channel-limit:{channel}'")
    ]
    handles = [desk.temporal.get_workflow_handle(f"channel-limit:{channel}", run_id=run) for run in runs]
    events = [event.event_type for handle in handles async for event in handle.fetch_history_events()]
    return events.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)


async def test_a_channel_with_a_limit_is_never_hurried_and_loses_nothing(playbook: Path) -> None:
    """
    COMM-12: six escalations, two workers, turns that were taken and never used: no window has more letters than the
    limit, each arrives once, under its one key.
    """
    async with Receiver() as receiver:
        limited = by_webhook(receiver) | {"limit_webhook": LIMIT}
        async with (
            desk_on_skipping_server(playbook, **limited) as desk,
            another_worker(desk, mail_settings(desk.mailbox, playbook, **limited)),
        ):
            unused = ReserveSlots(
                at_most=AT_MOST, within=LIMIT.within, count=AT_MOST - 1, reach=timedelta(seconds=1)
            )
            assert (timedelta(),) * (AT_MOST - 1) == (await turns(desk.temporal, "webhook", unused)).after

            await asyncio.gather(*(desk.start(key, priority="P3") for key in KEYS))
            await until_told(desk, *KEYS)

            at = [request.at for request in receiver.requests]
            assert all(WITHIN <= last - first for first, last in zip(at, at[AT_MOST:], strict=False))
            told = [
                (request.json["data"]["escalation"], request.json["data"]["key"])
                for request in receiver.requests
            ]
            assert sorted(set(told)) == sorted(told)
            assert [3] * len(KEYS) == [len([of for of, _ in told if of == key]) for key in KEYS]
            for key in KEYS:
                (entry,) = await desk.timeline("delivery_reported", key)
                assert "not told" not in said(entry.what)
            await desk.nothing_went_wrong_in("PACE/")
            await desk.nothing_went_wrong_in("channel-limit:")


async def test_a_batch_asks_a_few_times_for_all_its_letters() -> None:
    """
    COMM-12: 200 letters, and far fewer asks; the pace is forgotten when nothing counts any more.
    """
    contacts = [{"name": f"Jo {number}", "email": f"jo-{number}@acme.example"} for number in range(200)]
    customers = [
        {"account": f"ACME-{part}", "contacts": contacts[part * 100 : part * 100 + 100]} for part in (0, 1)
    ]
    async with desk_on_skipping_server(limit_email=parse_limit("200 per 1 s")) as desk:
        await desk.start(priority="P3", customers=customers)
        await until_told(desk, desk.key)

        told = [line for line in desk.told() if "jo-" in line]
        assert 200 == len(told) == len(set(told))
        assert 50 > await asks_of(desk, "email")
        async with asyncio.timeout(20):
            await desk.run("channel-limit:email").result()
        await desk.nothing_went_wrong_in("channel-limit:")


async def test_a_channel_without_a_limit_asks_nobody(playbook: Path) -> None:
    """
    COMM-12: what is not limited costs nothing.
    """
    async with Receiver() as receiver, desk_on_skipping_server(playbook, **by_webhook(receiver)) as desk:
        await desk.start(priority="P3")
        await desk.at_rest()

        assert 3 == len(receiver.requests)
        for channel in ("webhook", "email"):
            with pytest.raises(RPCError) as unknown:
                await desk.run(f"channel-limit:{channel}").describe()
            assert RPCStatusCode.NOT_FOUND == unknown.value.status


async def test_what_is_no_ask_is_refused_and_stalls_nothing() -> None:
    """A bad request can be made by hand; the slots for messages go on."""
    async with desk_on_skipping_server() as desk:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await turns(desk.temporal, "email", {"at_most": 0})
        assert isinstance(refused.value.cause, BadRequest)
        assert {"at_most", "within", "count", "reach"} == {
            fault.where for fault in refused.value.cause.faults
        }

        answer = await turns(
            desk.temporal, "email", ReserveSlots(at_most=1, within=LIMIT.within, count=1, reach=timedelta())
        )

        assert (timedelta(),) == answer.after
        await desk.nothing_went_wrong_in("channel-limit:")


async def test_what_was_taken_is_carried_from_run_to_run() -> None:
    """
    COMM-12: a channel that is never idle has more turns than one history holds; the limit is kept across them.
    """
    asked = ReserveSlots(at_most=20, within=timedelta(hours=1), count=1, reach=timedelta())
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(find_binary()),
            dev_server_extra_args=["--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=30"],
            dev_server_log_level="never",
            plugins=[escalation_plugin()],
        ) as env,
        Worker(env.client, task_queue=ESCALATION_QUEUE, workflows=[ChannelLimitWorkflow]),
    ):
        given: list[timedelta] = []
        runs = set[str]()
        for _ in range(21):
            given += (await turns(env.client, "sms", asked)).after
            runs.add((await env.client.get_workflow_handle("channel-limit:sms").describe()).run_id or "")

    assert 20 == len(given)
    assert len(runs) > 1
