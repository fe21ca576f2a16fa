"""
A run that workers fail again and again is shown as stalled everywhere, and holds up nothing else.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

import activities
from activities.compile_plan import PlaybookFile
from activities.deliver_messages import DeliverMessages
from activities.texts import Texts
from client import EscalationClient, RunStalled
from tests.complaint import a_complaint
from tests.entrypoints.conftest import Site, Terminal
from tests.replay.changed import AsksForMoreLater
from workers.queues import workers
from workflows import wire
from workflows.continuing import GO_ON

KEY, OTHER = "ACME/4711", "ACME/4712"


@pytest.fixture
async def stalled(site: Site) -> AsyncIterator[Terminal]:
    """KEY was acknowledged at a worker whose code is another one; those of today cannot follow that."""
    hands = activities.build(PlaybookFile(site.settings.playbook), DeliverMessages({}, Texts()))
    client = EscalationClient(site.temporal)
    async with Worker(
        site.temporal,
        task_queue=wire.ESCALATION_QUEUE,
        workflows=[AsksForMoreLater],
        activities=hands.quick,
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await client.start(a_complaint(key=KEY))
        await client.acknowledge(KEY, by="elena")
        await client.begin_resolution(KEY, by="elena")
    async with workers(site.temporal, site.settings):
        await client.start(a_complaint(key=OTHER))
        await site.temporal.get_workflow_handle(KEY).signal(GO_ON)
        async with asyncio.timeout(60):
            while not await client.stalled():  # noqa: ASYNC110 - the server says it when it has noticed
                await asyncio.sleep(0.2)
        yield site.terminal


async def test_a_stalled_escalation_says_so_wherever_it_is_asked(stalled: Terminal) -> None:
    """
    Since when, why, and what to do: never that the server does not answer.
    """
    for words in (
        ("show", KEY),
        ("watch", KEY),
        ("ack", KEY, "--as", "elena"),
        ("plan", "show", KEY),
        ("script", KEY),
        ("messages", KEY),
        ("rebase", KEY, "--as", "elena", "--why", "the new contract", "--yes"),
    ):
        status, _, complained = await stalled.type(*words)
        assert 1 == status, words
        assert f"{KEY}: is stalled since 20" in complained, words
        assert "Nondeterminism error" in complained
        assert f"`escalate doctor {KEY}` says what fixes it" in complained
        assert "server" not in complained


async def test_the_list_shows_which_are_stalled(stalled: Terminal) -> None:
    rows = {row["key"]: row for row in await stalled.json("list")}
    shown = await stalled.done("list")

    assert {KEY: True, OTHER: False} == {key: row["is_stalled"] for key, row in rows.items()}
    assert " stalled" in shown.partition("escalations:")[0]
    assert f"1 stalled: {KEY} (see `escalate doctor`)" in shown


async def test_commands_over_many_go_on_past_one_that_is_stalled(stalled: Terminal) -> None:
    """
    It is listed at the end, and the exit status is not 0.
    """
    rebuilt = await stalled.type("records", "rebuild")
    rebased = await stalled.type("rebase", "--all", "--dry-run")

    assert 1 == rebuilt[0] == rebased[0]
    assert "1 escalations on record" in rebuilt[1]
    assert f"{KEY}: {KEY}: is stalled since" in rebuilt[1]
    assert f"{OTHER}  goes by" in rebased[1]
    assert f"{KEY}  cannot be rebased: {KEY}: is stalled since" in rebased[1]


async def test_what_a_program_is_told_of_a_stalled_run(stalled: Terminal) -> None:
    client = await EscalationClient.connect()
    with pytest.raises(RunStalled) as refused:
        await client.view(KEY)

    stall = refused.value.stall
    assert (KEY, "Escalation", "non_deterministic_error") == (stall.key, stall.kind, stall.cause)
    assert stall.has_begun
    assert [stall] == [*await client.stalled()]
