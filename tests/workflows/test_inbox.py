"""
Messages that must wait, wait in Temporal for as long as they must, and then arrive as one; nothing is lost.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from channels.loopback_mailbox import ReceivedMessage
from escalation import contract
from escalation.kernel.refusals import RoleNotAllowed, UnknownName
from escalation.notifications.inbox import QUIET
from escalation.notifications.inbox_view import inbox_key
from escalation.notifications.notification import CustomerNotification, InternalNotification
from escalation.policy.classification import Priority
from escalation.policy.preferences import Limit, Preferences
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server, mail_settings
from tests.said import said
from tests.workflows import stages
from tests.workflows.test_follow_up import closed
from workers.queue_workers import serve_queues
from workflows.plugin import escalation_plugin

ELENA, JO = "elena.petrova@example.com", "jo@acme.example"
BURST = 300
OCCASIONS = 6
"""Of each escalation: the first notification, and five rises."""
OpenDesk = Callable[[str], AbstractAsyncContextManager[Desk]]


def quiet_now() -> str:
    """
    Since an hour ago, for two hours more.
    """
    now = datetime.now(UTC)
    return f'"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=2):%H:%M}"'


@pytest.fixture
def desk_with(tmp_path: Path) -> OpenDesk:
    """
    A desk whose playbook says more than the reference one.
    """

    @asynccontextmanager
    async def opened(more: str) -> AsyncIterator[Desk]:
        (tmp_path / "reference.yaml").write_bytes(REFERENCE.read_bytes())
        playbook = tmp_path / "quiet.yaml"
        playbook.write_text(f'extends: reference.yaml\nname: Quiet\nversion: "1"\n{more}', encoding="utf-8")
        async with desk_on_skipping_server(playbook) as desk:
            yield desk
            await desk.nothing_went_wrong()
            await desk.nothing_went_wrong_in("inbox:")

    return opened


def quiet(*people: str, kind: str = "people") -> str:
    return f"{kind}: {{{', '.join(f'{who}: {{quiet_hours: {quiet_now()}}}' for who in people)}}}\n"


async def until_empty(desk: Desk, inbox: str) -> None:
    """
    Move the inbox's clock, until nothing waits and nothing counts any more.
    """
    while due := await desk.at_rest(inbox):
        await desk.env.fast_forward(desk.run(inbox), due + timedelta(seconds=10) - await desk.now(inbox))


async def is_there(desk: Desk, inbox: str) -> bool:
    found = [each.id async for each in desk.temporal.list_workflows(f"WorkflowId = '{inbox}'")]
    return bool(found)


def to_elena(desk: Desk) -> list[ReceivedMessage]:
    return [letter for letter in desk.mailbox.messages() if letter.recipients == (ELENA,)]


async def test_what_came_in_quiet_hours_is_told_when_they_end(desk_with: OpenDesk) -> None:
    """
    COMM-11: held until then, from two escalations, and told in one message; both timelines say so.
    """
    async with desk_with(quiet("elena")) as desk:
        for key in ("ACME/4711", "ACME/4712"):
            await desk.start(key, priority="P3")
            await desk.at_rest(key)
        assert [] == to_elena(desk)
        (held,) = await desk.timeline("delivery_reported")
        assert "deferred: first notification to elena (quiet hours, until " in said(held.what)

        await desk.at_rest("inbox:elena")
        await until_empty(desk, "inbox:elena")

        (letter,) = to_elena(desk)
        assert "ACME/4711" in letter.text
        assert "ACME/4712" in letter.text
        for key in ("ACME/4711", "ACME/4712"):
            await desk.at_rest(key)
            (_, told) = await desk.timeline("delivery_reported", key)
            assert "notified: first notification to elena" == said(told.what)
        description = await desk.run("inbox:elena").describe()
        assert WorkflowExecutionStatus.COMPLETED == description.status


async def test_what_is_urgent_passes_through_quiet_hours(desk_with: OpenDesk) -> None:
    """
    COMM-11: P1 ignores them, and no inbox is needed.
    """
    async with desk_with(quiet("elena")) as desk:
        await desk.start(priority="P1")
        await desk.at_rest()

        assert f"first_notification {ELENA}" in desk.told()
        assert not await is_there(desk, "inbox:elena")


async def test_customers_are_left_in_peace_if_the_playbook_says_so(desk_with: OpenDesk) -> None:
    """
    COMM-11: quiet hours of customers are those of each contact's own time zone.
    """
    contact = {"name": "Jo", "email": JO}
    elsewhere = {"name": "Dewi", "email": "dewi@acme.example", "time_zone": "Pacific/Auckland"}
    customers = [{"account": "ACME", "contacts": [contact, elsewhere]}]
    async with desk_with(f"messages: {{customers: {{quiet_hours: {quiet_now()}}}}}\n") as desk:
        await desk.start(priority="P3", customers=customers)
        await desk.at_rest()

        assert "case_received dewi@acme.example" in desk.told()
        assert f"case_received {JO}" not in desk.told()
        (inbox,) = [each.id async for each in desk.temporal.list_workflows("WorkflowType = 'Inbox'")]
        assert JO not in inbox


async def test_what_is_no_longer_true_is_dropped_and_recorded(desk_with: OpenDesk) -> None:
    """
    COMM-12: acknowledged meanwhile, so whoever slept need not hear of it.
    """
    async with desk_with(quiet("call_centre", kind="teams")) as desk:
        await desk.start(priority="P3")
        await desk.at_rest()
        await desk.client.acknowledge(desk.key, by="maya")
        await desk.at_rest("inbox:call_centre")

        await until_empty(desk, "inbox:call_centre")
        await desk.at_rest()

        assert not [line for line in desk.told() if "call.centre" in line]
        *_, dropped = await desk.timeline("delivery_reported")
        assert "not notified: assigned to call_centre (acknowledged meanwhile)" == said(dropped.what)


async def test_a_message_that_was_tried_for_long_is_looked_at_again(desk_with: OpenDesk) -> None:
    """
    COMM-12: the mail server was down until somebody had it.
    """
    async with desk_with("") as desk:
        desk.mailbox.says_later(to="call.centre@example.com", times=4)
        await desk.start(priority="P3")
        await desk.client.acknowledge(desk.key, by="maya")

        await desk.fast_forward(minutes=2)

        (entry,) = await desk.timeline("delivery_reported")
        assert "not notified: assigned to call_centre (acknowledged meanwhile)" in said(entry.what)


async def test_what_cannot_be_delivered_after_waiting_is_raised_to_a_person(desk_with: OpenDesk) -> None:
    """
    COMM-13: for a bundle as for a single message.
    """
    async with desk_with(quiet("chloe")) as desk:
        desk.mailbox.says_never("chloe.martin@example.com")
        await desk.start(priority="P3")
        await desk.at_rest()
        await desk.at_rest("inbox:chloe")

        await until_empty(desk, "inbox:chloe")
        await desk.at_rest()

        assert f"undeliverable {ELENA}" in desk.told()


async def test_a_burst_to_one_person_arrives_bundled_and_complete(
    desk_with: OpenDesk, tmp_path: Path
) -> None:
    """
    COMM-12: 300 occasions in 50 escalations, two workers; a few letters instead of 300, and nothing is missing.
    """
    keys = [f"BURST/{number}" for number in range(BURST // OCCASIONS)]
    async with (
        desk_with("people: {elena: {at_most: 5 per 10 min}}\n") as desk,
        another_worker(desk, tmp_path),
    ):
        at_once = asyncio.Semaphore(4)

        async def burst(key: str) -> None:
            async with at_once:
                await desk.start(key, priority="P3")
                for _ in range(OCCASIONS - 1):
                    await desk.run(key).signal("raise_level", {"by": "maya", "reason": "lack_of_authority"})

        await asyncio.gather(*map(burst, keys))
        for key in keys:
            await desk.at_rest(key, within=60)
        await until_empty(desk, "inbox:elena")

        letters = to_elena(desk)
        assert 2 * 5 + 3 >= len(letters)
        assert set(keys) == {key for letter in letters for key in re.findall(r"BURST/\d+", letter.text)}
        for key in keys:
            await desk.at_rest(key, within=60)
            told = [
                told
                for entry in await desk.timeline("delivery_reported", key)
                for told in re.findall(r"notified: ([^;]*)", said(entry.what))
                for told in told.split(", ")
                if told.endswith(" to elena")
            ]
            assert sorted(["first notification to elena", *["rise to elena"] * (OCCASIONS - 1)]) == sorted(
                told
            )


@asynccontextmanager
async def another_worker(desk: Desk, folder: Path) -> AsyncIterator[None]:
    client = await Client.connect(
        desk.temporal.service_client.config.target_host, plugins=[escalation_plugin()]
    )
    async with serve_queues(client, mail_settings(desk.mailbox, folder / "quiet.yaml")):
        yield


async def test_what_waits_is_shown_and_may_be_released(desk_with: OpenDesk) -> None:
    """
    COMM-11, COMM-12: what, since when, why, until when; let go, it leaves as one letter in the middle of the night.
    """
    async with desk_with(quiet("elena")) as desk:
        for key in ("ACME/4711", "ACME/4712"):
            await desk.start(key, priority="P3")
            await desk.at_rest(key)
        await desk.at_rest("inbox:elena")

        waiting = await desk.client.inbox("elena")
        released = await desk.client.release("elena", by="elena")
        await until_empty(desk, "inbox:elena")

        assert [("ACME/4711", "first_notification", "email", "quiet hours")] * 2 == [
            (each.escalation.replace("4712", "4711"), each.occasion, each.channel, said(each.why))
            for each in waiting
        ]
        assert all(timedelta(hours=1) < each.until - each.since < timedelta(hours=3) for each in waiting)
        assert {each.key for each in waiting} == {each.key for each in released}
        (letter,) = to_elena(desk)
        assert {"ACME/4711", "ACME/4712"} == set(re.findall(r"ACME/\d+", letter.text))
        assert () == await desk.client.inbox("elena") == await desk.client.release("elena", by="elena")
        assert () == await desk.client.inbox("nobody")


async def test_only_they_themselves_and_escalation_managers_release(desk_with: OpenDesk) -> None:
    """
    ROLE-2: quiet hours are somebody's own; a customer's are released by an escalation manager.
    """
    contact = {"name": "Jo", "email": JO}
    more = f"{quiet('chloe')}messages: {{customers: {{quiet_hours: {quiet_now()}}}}}\n"
    async with desk_with(more) as desk:
        await desk.start(priority="P3", customers=[{"account": "ACME", "contacts": [contact]}])
        await desk.at_rest()

        with pytest.raises(
            RoleNotAllowed, match="may not release what waits for Chloe Martin; who may: they themselv"
        ):
            await desk.client.release("chloe", by="maya")
        with pytest.raises(UnknownName, match="unknown person 'nobody'"):
            await desk.client.release("chloe", by="nobody")
        (receipt,) = await desk.client.release(f"ACME:{JO}", by="elena")
        await until_empty(desk, inbox_key(f"ACME:{JO}"))

        assert "case_received" == receipt.occasion
        assert f"case_received {JO}" in desk.told()
        assert 1 == len(await desk.client.inbox("chloe"))


async def test_a_limit_is_shown_as_what_holds_a_message(desk_with: OpenDesk) -> None:
    """
    COMM-12: until it allows one letter more.
    """
    async with desk_with("people: {elena: {at_most: 1 per 20 min}}\n") as desk:
        for key in ("ACME/4711", "ACME/4712"):
            await desk.start(key, priority="P3")
            await desk.at_rest(key)

        (waits,) = await desk.client.inbox("elena")

        assert ("ACME/4712", "many messages at once") == (waits.escalation, said(waits.why))
        assert timedelta(minutes=15) < waits.until - waits.since <= timedelta(minutes=20)


@pytest.mark.parametrize("survey", ["", "survey: null\n"])
async def test_what_left_after_the_close_is_heard_of(desk_with: OpenDesk, survey: str) -> None:
    """
    RECORD-1, COMM-13: by the closed escalation, which waits for it, and not by the one that has its key meanwhile.
    """
    customer = f"messages: {{customers: {{quiet_hours: {quiet_now()}}}}}\n"
    async with desk_with(f"{customer}{survey}") as desk:
        desk.mailbox.says_never(JO)
        id_ = await closed(desk)
        contact = {"name": "Al", "email": "al@globex.example"}
        await desk.start(priority="P3", customers=[{"account": "Globex", "contacts": [contact]}])
        await desk.at_rest()
        inbox = inbox_key(f"ACME:{JO}")
        await desk.at_rest(inbox)

        await until_empty(desk, inbox)
        await desk.at_rest(id_)

        became = {sent.occasion: sent.why for sent in await desk.client.messages(id_)}
        assert QUIET not in became.values()
        assert "closed meanwhile" == said(became["case_received"])
        assert "no such mailbox" in said(became["closed"])
        assert f"undeliverable {ELENA}" in desk.told()
        assert not [entry for entry in await desk.timeline("delivery_reported") if JO in said(entry.what)]


async def test_a_batch_that_an_earlier_run_had_begun_is_told_under_no_other_key(desk_with: OpenDesk) -> None:
    """
    COMM-12: what left alone leaves alone again; what waits since then waits once; both under the keys that they had.
    """
    async with desk_with("") as desk:
        opening = stages.opened_at(desk.key, datetime.now(UTC).replace(microsecond=0))
        notices = tuple(
            _in_peace(each)
            for each in opening.effects
            if isinstance(each, InternalNotification | CustomerNotification)
        )
        known: dict[str, Any] = {"escalation": opening.state, "events": opening.events}
        await desk.start_by_hand(
            contract.EscalationInput(carried=contract.ContinuedState(**known, notifications=notices))
        )
        await desk.at_rest()
        before = {letter.key for letter in desk.messages()}
        await desk.run().terminate()

        await desk.start_by_hand(
            contract.EscalationInput(carried=contract.ContinuedState(**known, to_repeat=notices))
        )
        await desk.at_rest()
        assert before == {letter.key for letter in desk.messages()}
        assert [] == to_elena(desk)
        assert "deferred: first notification to elena" in "".join(
            said(entry.what) for entry in await desk.timeline("delivery_reported")
        )
        await desk.at_rest("inbox:elena")
        await until_empty(desk, "inbox:elena")

        (letter,) = to_elena(desk)
        assert ":first_notification:elena:" in letter.key


def _in_peace(
    notice: InternalNotification | CustomerNotification,
) -> InternalNotification | CustomerNotification:
    """With Elena's quiet hours, and a limit for everybody else that nobody comes to."""
    quiet_hours: dict[str, tuple[str, ...]] = {"mon-sun": (quiet_now().strip('"'),)}
    limits = (Limit(at_most=50, within=timedelta(minutes=1)),)
    asks = {"elena": Preferences(quiet_hours=quiet_hours)}
    to = tuple(replace(each, preferences=asks.get(each.id, Preferences(limits=limits))) for each in notice.to)
    if isinstance(notice, InternalNotification):
        return replace(notice, to=to, facts=replace(notice.facts, priority=Priority.P3))
    return replace(notice, to=to, facts=replace(notice.facts, priority=Priority.P3))
