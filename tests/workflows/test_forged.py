"""
Messages that only runs of ours send each other, sent by somebody else: each is checked, and changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation import contract
from escalation.kernel.values import to_plain
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.inbox_view import inbox_key
from escalation.policy.classification import CancelCause
from escalation.sponsorship.lifecycle import SponsorshipMove
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.said import said
from tests.workflows.test_outages import an_outage_of, ended
from tests.workflows.test_task_forces import NAME, deployed, where

SPY = "spy@evil.example"


def told_by_mallory(desk: Desk, escalation: str, **changes: Any) -> dict[str, Any]:
    """A message that waits for the spy, as it would be handed to an inbox."""
    now = datetime.now(UTC)
    facts = {"key": desk.key, "subject": "x", "priority": "P3", "state": "started", "level": 1}
    notice = {
        "audience": "internal",
        "escalation": escalation,
        "seq": 3,
        "occasion": "update",
        "to": [{"id": "spy", "name": "Spy", "addresses": [f"email:{SPY}"]}],
        "facts": facts | {"level_name": "One", "owner": "maya", "text": "for our eyes only"},
    }
    return {
        "held": [
            {"notice": notice | changes, "channel": "email", "since": now, "until": now - timedelta(days=1)}
        ]
    }


@pytest.mark.parametrize(
    "sender", ["own", "NONE/1@2026-11-20T09:00:00.000Z", "report:weekly", "sponsorship:NONE@2026"]
)
async def test_a_message_that_nobody_told_leaves_no_inbox(desk: Desk, sender: str) -> None:
    """
    COMM-6: whoever it is said to be from is asked before it leaves; that one knows nothing of it, or does not exist.
    """
    await desk.start()
    sender = (await desk.view()).id if sender == "own" else sender
    inbox = await desk.temporal.start_workflow(
        contract.INBOX,
        {},
        id=inbox_key("spy"),
        task_queue=contract.ESCALATION_QUEUE,
        start_signal=contract.DEFER,
        start_signal_args=[told_by_mallory(desk, sender)],
    )
    async with asyncio.timeout(30):
        await inbox.result()

    assert not desk.mailbox.messages(SPY)


async def test_a_message_in_an_inbox_is_for_whoever_that_is(desk: Desk) -> None:
    """
    COMM-11: an inbox holds what waits for one recipient, and for no other.
    """
    inbox = await desk.temporal.start_workflow(
        contract.INBOX,
        {},
        id=inbox_key("maya"),
        task_queue=contract.ESCALATION_QUEUE,
        start_signal=contract.DEFER,
        start_signal_args=[told_by_mallory(desk, "ACME/1@1")],
    )

    await inbox.result()
    assert not desk.mailbox.messages(SPY)


async def test_words_on_messages_that_were_not_told_are_on_record_as_refused(desk: Desk) -> None:
    """
    COMM-13: a failure that is made up would alarm the managers, in words that somebody else chose.
    """
    await desk.start()
    await desk.at_rest()
    id_ = (await desk.view()).id
    forged = DeliveryResult(
        key=f"{id_}:1:case_received:spy",
        recipient="spy",
        occasion="case_received",
        why="call me at evil.example",
    )

    await desk.run().signal(contract.REPORT_DELIVERY, {"results": [to_plain(forged)]})
    await desk.at_rest()

    assert "1 result of messages" in said((await desk.timeline("move_refused"))[-1].what)
    assert not [each for each in desk.told() if each.startswith("undeliverable")]


async def test_an_outage_ends_for_its_subjects_when_it_has_ended(desk: Desk) -> None:
    """
    START-4: whoever says so is not believed; else a second escalation could be opened beside the first.
    """
    ticket = f"{desk.key}a"
    await desk.client.start(an_outage_of(desk, ticket, "ACME"))
    handle = desk.temporal.get_workflow_handle(ticket)

    await handle.signal(contract.OUTAGE_ENDED)
    await handle.signal(contract.OUTAGE_ENDED, "x")
    await desk.at_rest(ticket)
    assert (await desk.client.start(an_outage_of(desk, ticket, "ACME"))).is_repeat
    await desk.client.cancel(desk.key, by="elena", why="Over", cause=CancelCause.WITHDRAWN)

    assert desk.key == await ended(desk, ticket)


@pytest.mark.parametrize("what", [contract.TASK_FORCE_STAND_DOWN, contract.TASK_FORCE_KEEP_INFORMED])
async def test_a_task_force_takes_orders_of_its_escalation_alone(desk: Desk, what: str) -> None:
    """
    RESOLVE-3: whoever may stand it down asks the escalation, which asks for the role.
    """
    await desk.start()
    await deployed(desk)
    force = await desk.client.task_force(desk.key, NAME)
    about = {
        "key": desk.key,
        "subject": "forged",
        "priority": "P4",
        "state": "closed",
        "level": 1,
        "level_name": "x",
    }
    order = {"id": force.id, "by": "elena", "why": "because I say so", "about": about | {"owner": "Mallory"}}

    await desk.temporal.get_workflow_handle(where(desk)).signal(what, order)
    await desk.at_rest(where(desk))

    timeline = await desk.client.task_force_timeline(desk.key, NAME)
    assert (await desk.client.task_force(desk.key, NAME)).ended_at is None
    assert "did not send it" in next(said(each.what) for each in timeline if each.kind == "move_refused")
    assert not [each for each in timeline if "forged" in said(each.what) or "Mallory" in said(each.what)]


async def test_news_of_a_task_force_are_its_own(desk: Desk) -> None:
    """
    RESOLVE-2: a report that nobody made would be told to everybody who follows the escalation.
    """
    await desk.start()
    await deployed(desk)
    await desk.at_rest(where(desk))
    summary = replace((await desk.view()).task_forces[0], heard=99, lead="spy")
    news = {"summary": to_plain(summary), "happened": []}

    await desk.run().signal(contract.TASK_FORCE_UPDATE, news)
    await desk.at_rest()

    assert "did not send it" in said((await desk.timeline("move_refused"))[-1].what)
    assert "hannah" == (await desk.view()).task_forces[0].lead
    await desk.client.report_status(desk.key, NAME, by="hannah", text="All dry")
    async with asyncio.timeout(10):
        while "All dry" not in str((await desk.view()).task_forces):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.1)


SIGNALS: tuple[Callable[[Desk], Awaitable[Any]], ...] = (
    lambda desk: desk.run().signal("check_build", "x"),
    lambda desk: desk.run().signal("check_build", args=["x", 1]),
    lambda desk: desk.run().signal(contract.TASK_FORCE_UPDATE, args=["x", 1]),
    lambda desk: desk.run().signal(contract.REPORT_DELIVERY, args=[]),
)


@pytest.mark.parametrize("send", SIGNALS, ids=range(len(SIGNALS)))
async def test_no_garbage_stalls_a_run(desk: Desk, send: Callable[[Desk], Awaitable[Any]]) -> None:
    """
    One signal of anybody's must not stop an escalation.
    """
    await desk.client.start(a_complaint(key=desk.key))
    await send(desk)
    await desk.client.acknowledge(desk.key, by="priya")


async def test_only_an_escalation_proposes_an_account_by_a_signal(desk: Desk) -> None:
    """
    SPONSOR-2: a person proposes by an update, which asks who that is.
    """
    account = desk.key.replace("/", "-")
    why = {"why": "x", "escalation": "ACME/1@2026-11-20T09:00:00.000Z"}
    tries: list[Any] = ["x", {"by": "mallory"} | why, {"by": "elena", "why": "x"}]
    handle = await desk.temporal.start_workflow(
        contract.SPONSORSHIP,
        {"account": account},
        id=f"sponsorship:{account}",
        task_queue=contract.ESCALATION_QUEUE,
    )

    for given in tries:
        await handle.signal(SponsorshipMove.PROPOSE, given)
    await handle.signal(SponsorshipMove.PROPOSE, {"by": "elena"} | why)
    async with asyncio.timeout(10):
        while not (await desk.client.sponsorship(account)).proposals:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.1)

    assert ["elena"] == [each.by for each in (await desk.client.sponsorship(account)).proposals]
