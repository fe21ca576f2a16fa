"""
The most that people can say, on a real server: what is too large for Temporal would stall a run for good.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from channels.loopback_mailbox import ReceivedMessage
from escalation import contract
from escalation.case.action_plan import Step
from escalation.case.next_update import UpdateSent
from escalation.case.rca_content import InternalRca, RcaTimelineEntry
from escalation.case.rca_on_file import proposed_timeline
from escalation.case.record_batch import RecordBatch
from escalation.case.resolution import ResolutionKind
from escalation.contract import ContinuedState, EscalationInput
from escalation.kernel.budgets import MOST_MESSAGES, PAYLOAD
from escalation.kernel.refusals import BadRequest, RateExceeded
from escalation.kernel.values import LONGEST_TEXT, CustomerText, InternalText
from escalation.notifications.inbox import DeferredMessage, InboxContent
from escalation.notifications.inbox_view import inbox_key
from escalation.notifications.notification import InternalNotification
from escalation.policy.classification import CancelCause
from escalation.policy.rates import REFUSALS
from records.data_export import read_escalations
from records.store import RecordStore
from tests.escalations import Desk, desk_on_skipping_server
from tests.said import said
from tests.workflows import stages
from tests.workflows.test_long_life import runs_of

NOBODY_LISTENS = SecretStr("postgresql+psycopg://nobody:secret@127.0.0.1:9/none")
LARGE_PLAN = [Step(what=InternalText(f"{number}: " + "x" * 1_990), owner="priya") for number in range(31)]
"""About 63,000 bytes: as much as one move takes."""


NOTE = "x" * (LONGEST_TEXT - 10)


def carried_with(key: str, count: int) -> ContinuedState:
    """An escalation that was just opened, and *count* notes as long as a text may be; none is on record yet."""
    opening = stages.opened_at(key, datetime.now(UTC).replace(microsecond=0))
    first, at = opening.state.sequence, opening.state.opened_at
    notes = [
        UpdateSent(seq=first + number, at=at, by="priya", internal_note=InternalText(f"{number} {NOTE}"))
        for number in range(1, count + 1)
    ]
    escalation = replace(opening.state, sequence=notes[-1].seq)
    return ContinuedState(escalation=escalation, events=(), unrecorded=(*opening.events, *notes))


async def note(desk: Desk, count: int, by: str) -> None:
    for number in range(count):
        await desk.client.send_update(desk.key, by=by, internal_note=InternalText(f"{number} {NOTE}"))


async def refused(ask: Callable[[], Awaitable[object]]) -> str:
    """Return why it is refused, asked again and again."""
    for _ in range(200):
        try:
            await ask()
        except RateExceeded as refusal:
            return refusal.message
    raise AssertionError("200 in a row are followed")


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not is_so():  # noqa: ASYNC110 - a mailbox in another thread says nothing
            await asyncio.sleep(0.2)


async def everything_is_on_record(folder: Path, key: str) -> list[dict[str, Any]]:
    """The events."""
    with closing(RecordStore.at(None, folder)) as store:
        (recorded,) = read_escalations(store, key=key)
    events: list[dict[str, Any]] = recorded["events"]
    assert list(range(1, len(events) + 1)) == [event["seq"] for event in events]
    return events


def receipts_of(occasion: str, events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    receipts = [receipt for event in events for receipt in event["event"].get("results", ())]
    return [receipt for receipt in receipts if receipt["occasion"] == occasion]


def longest_address(number: int) -> str:
    """254 characters."""
    return f"jo{number:03}".ljust(64, "x") + "@" + ("d" * 60 + ".") * 3 + "sample"


async def test_a_cancel_after_many_large_plans_is_carried_out(tmp_path: Path) -> None:
    """
    RECORD-1: 42 plans of 63 KB make more than one batch; what was answered as done is done, and on record.
    """
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start()
        await desk.client.acknowledge(desk.key, by="priya")
        for _ in range(42):
            await desk.client.revise_plan(desk.key, by="priya", steps=LARGE_PLAN)
        await desk.client.cancel(desk.key, by="elena", why="no more", cause=CancelCause.WITHDRAWN)
        ended = await desk.run().result()
        plans = await desk.client.action_plans(desk.key)
        await desk.nothing_went_wrong()

    assert "cancelled" == ended.state
    versions = [plan.version for plan in plans]
    assert list(range(versions[0], 43)) == versions, "of a long life, the latest"
    await everything_is_on_record(tmp_path, "ACME/4711")


async def test_many_customers_with_long_names_are_told_and_the_record_takes_it(tmp_path: Path) -> None:
    """
    COMM-2, RECORD-1: 100 customers, 20 updates, a resolution: receipts are cut by their size, not by their number.
    """
    customers = [
        {
            "account": f"{number:03}" + "N" * 190,
            "contacts": [{"name": "Jo", "email": longest_address(number)}],
        }
        for number in range(100)
    ]
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        await desk.start(customers=customers)
        await stages.resolving(desk.client, desk.key)
        for number in range(20):
            await desk.client.send_update(
                desk.key, by="priya", customer_text=CustomerText(f"Update {number}")
            )
        await desk.at_rest(within=120)
        await desk.client.declare_resolved(
            desk.key, by="priya", resolution=ResolutionKind.FIX, done="Sent dry pallets"
        )
        await desk.client.verify_resolution(desk.key, by="aisha")
        await desk.at_rest(within=120)
        sent = await desk.client.messages(desk.key)
        await desk.client.cancel(desk.key, by="elena", why="enough", cause=CancelCause.WITHDRAWN)
        await desk.run().result()
        await desk.nothing_went_wrong()
        told = [letter for letter in letters_to(desk, "jo") if "Update " in letter.text]

    assert 20 * 100 == len(told)
    assert len({each.key for each in sent}) == len(sent)
    events = await everything_is_on_record(tmp_path, "ACME/4711")
    updates = json.dumps(receipts_of("update", events), separators=(",", ":"))
    assert len(updates) > PAYLOAD, "in one batch they would not travel"


async def test_much_that_is_not_on_record_yet_is_no_burden_to_the_next_run(tmp_path: Path) -> None:
    """
    RECORD-1: 247 long notes while the database is down go on record in runs of their own; the escalation goes on.
    """
    async with desk_on_skipping_server(state_folder=tmp_path, records_url=NOBODY_LISTENS) as desk:
        begin = EscalationInput(carried=carried_with(desk.key, 110), continue_after=300)
        await desk.start_by_hand(begin)
        await note(desk, 70, by="priya")
        await note(desk, 67, by="elena")
        await desk.at_rest()
        await desk.client.cancel(desk.key, by="elena", why="no more", cause=CancelCause.WITHDRAWN)
        await desk.run().result()
        runs = await runs_of(desk)
        apart = [each.id async for each in desk.temporal.list_workflows("WorkflowType = 'Record'")]
        await desk.nothing_went_wrong()

    assert 1 < len(runs)
    assert 3 < len(apart)


async def test_a_long_story_is_answered_in_pages(desk: Desk) -> None:
    """
    More notes of 16,000 characters than one answer takes: whoever shows, watches or drafts an RCA gets all of them.
    """
    begun = carried_with(desk.key, 80)
    begun = replace(begun, events=begun.unrecorded, unrecorded=())
    await desk.start_by_hand(EscalationInput(carried=begun))
    await note(desk, 10, by="elena")
    await desk.at_rest()

    timeline = await desk.client.timeline(desk.key)
    async for _view, new in desk.client.watch(desk.key):
        assert timeline == new
        break

    assert 90 == sum(entry.kind == "update_sent" for entry in timeline)
    assert list(range(1, len(timeline) + 1)) == [entry.seq for entry in timeline]
    assert 90 <= len(proposed_timeline(timeline, said))
    (batch,) = [batch async for run, batch in desk.client.records() if run == desk.key]
    assert isinstance(batch, RecordBatch)
    assert [entry.seq for entry in timeline] == [event.seq for event in batch.events]


async def test_a_script_is_stopped_and_people_go_on(desk: Desk) -> None:
    """
    The moves of one person have a rate; whoever else is at work acknowledges, and ends it.
    """
    await desk.start()
    refusal = await refused(lambda: desk.client.send_update(desk.key, by="priya", internal_note="again"))

    assert "moves of priya: more than 100 within 10 min" in refusal
    assert "possible again at" in refusal
    assert 100 <= (await desk.happened()).count("update_sent") < 110
    await desk.client.acknowledge(desk.key, by="elena")
    await desk.client.cancel(desk.key, by="elena", why="enough", cause=CancelCause.WITHDRAWN)


async def test_a_flood_of_refused_signals_does_not_fill_the_record(desk: Desk) -> None:
    """
    As many as people would send are recorded; the others are in the log.
    """
    await desk.start()
    for number in range(3 * REFUSALS.at_most):
        await desk.run().signal("acknowledge", {"by": f"stranger-{number}"})
    await desk.at_rest()

    assert REFUSALS.at_most == (await desk.happened()).count("move_refused")


async def test_a_key_that_runs_is_not_started_again_and_again(desk: Desk) -> None:
    """
    START-4: a repeat finds it, and a flood of repeats is refused.
    """
    await desk.start()

    assert "starts of a key that runs already: more than 100 within 10 min" in await refused(desk.start)


async def test_the_largest_start_is_opened_told_and_ended(tmp_path: Path) -> None:
    """
    START-5: 1,000 customers with long names, each told; one more byte is refused with the limit.
    """
    customers = [
        {
            "account": f"{number:04}".ljust(150, "N"),
            "contacts": [{"name": "Jo", "email": f"j{number}@x.example"}],
        }
        for number in range(1_000)
    ]
    services = [f"{number:04}".ljust(200, "s") for number in range(400)]
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        with pytest.raises(BadRequest, match=r"given [\d,]+ bytes; allowed: at most 500,000 bytes"):
            await desk.start(customers=customers, services=services)
        await desk.start(customers=customers)
        await desk.at_rest(within=120)
        view = await desk.view()
        await desk.client.cancel(desk.key, by="elena", why="enough", cause=CancelCause.WITHDRAWN)
        await desk.run().result()
        told = desk.told()
        await desk.nothing_went_wrong()

    assert 1_000 == len(view.customers)
    assert 1_000 == sum(letter.startswith("case_received ") for letter in told)
    assert 1_000 == sum(letter.startswith("cancelled j") for letter in told)
    await everything_is_on_record(tmp_path, "ACME/4711")


async def test_an_rca_of_a_long_story_is_filed_and_one_that_is_too_large_is_refused(desk: Desk) -> None:
    """
    CLOSE-3: 500 moments; what Temporal would not take at all is refused with our limit, too.
    """
    await desk.start()
    await stages.resolving(desk.client, desk.key)
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    at = datetime.now(UTC)

    def rca(words: int) -> InternalRca:
        moments = tuple(RcaTimelineEntry(at=at, what=InternalText("m" * words)) for _ in range(500))
        return stages.an_rca().model_copy(update={"timeline": moments})

    await desk.client.file_rca(desk.key, by="kemal", rca=rca(400))
    for words in (600, 2_000):
        with pytest.raises(BadRequest, match=r"given [\d,]+ bytes; allowed: at most 262,144 bytes"):
            await desk.client.file_rca(desk.key, by="kemal", rca=rca(words))
    too_large = stages.an_rca().model_copy(update={"went_well": (InternalText("w" * 16_000),) * 300})
    with pytest.raises(BadRequest, match="at most 262,144 bytes"):
        await desk.client.file_rca(desk.key, by="kemal", rca=too_large)

    filed = (await desk.view()).internal_rca
    assert filed
    assert 500 == len(filed.timeline)
    await desk.client.derive_rca(desk.key, by="kemal")
    await desk.client.approve_rca(desk.key, by="elena")
    await desk.client.share_rca(desk.key, by="dewi")
    await desk.at_rest()


async def test_an_inbox_that_is_fuller_than_a_letter_lets_go_in_several(desk: Desk) -> None:
    """
    COMM-12: 40 messages of 60 KB wait for one person; what is more than a letter carries goes, and nothing stalls.
    """
    opening = stages.opened_at(desk.key, datetime.now(UTC).replace(microsecond=0))
    notice = next(effect for effect in opening.effects if isinstance(effect, InternalNotification))
    person = replace(notice.to[0], id="full-up", addresses=("email:full-up@example.com",))
    now = datetime.now(UTC)
    for number in range(40):
        facts = replace(notice.facts, text=InternalText(f"{number} " + "\U0001f4a7" * 15_000))
        told = replace(notice, to=(person,), cause=f"{number}", facts=facts)
        held = DeferredMessage(notice=told, channel="email", since=now, until=now + timedelta(days=1))
        await desk.temporal.start_workflow(
            contract.INBOX,
            id=inbox_key("full-up"),
            task_queue=contract.ESCALATION_QUEUE,
            start_signal=contract.DEFER,
            start_signal_args=[InboxContent(held=(held,))],
        )
    for _ in range(200):
        waiting = await desk.client.inbox("full-up")
        if len(waiting) <= 6:
            break
        await asyncio.sleep(0.1)

    assert 6 >= len(waiting) >= 1, "what one letter can carry waits on"
    await desk.client.release("full-up", by="elena")
    await desk.nothing_went_wrong_in(inbox_key("full-up"))


async def test_as_many_task_forces_as_there_may_be_report_at_length(desk: Desk) -> None:
    """
    RESOLVE-2: 20 of them, each with as many open tasks and as long a report as it takes; the escalation hears them all.
    """
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    names = [f"force-{number}" for number in range(20)]
    for name in names:
        await desk.client.deploy_task_force(desk.key, by="elena", name=name, mission="Dry it", lead="priya")
    report = "\U0001f4a7" * 15_000
    for name in names:
        for _ in range(7):
            await desk.client.add_task(desk.key, name, by="priya", what="t" * 2_000, owner="priya")
        await desk.client.report_status(desk.key, name, by="priya", text=report, is_update=True)
    with pytest.raises(BadRequest, match=r"bytes of open tasks; allowed: at most 16,384 bytes"):
        await desk.client.add_task(desk.key, names[0], by="priya", what="\U0001f4a7" * 1_000, owner="priya")

    for _ in range(100):
        heard = [force for force in (await desk.view()).task_forces if force.latest]
        if len(heard) == len(names):
            break
        await asyncio.sleep(0.1)

    assert names == [force.name for force in heard]
    assert {7} == {len(force.open_tasks) for force in heard}
    assert all(force.latest and len(force.latest.text) == 1_000 for force in heard), "the beginning is kept"
    await desk.client.cancel(desk.key, by="elena", why="enough", cause=CancelCause.WITHDRAWN)
    await desk.run().result()


async def test_while_very_much_is_on_its_way_to_customers_our_own_people_are_still_told(
    tmp_path: Path,
) -> None:
    """
    COMM-12: what many customers cannot be told now must not end the run; their next update follows once there is room.
    """
    emails = [f"j{number}@x.example" for number in range(301)]
    customers = [
        {"account": f"A{number}", "contacts": [{"name": "Jo", "email": email}]}
        for number, email in enumerate(emails)
    ]
    async with desk_on_skipping_server(state_folder=tmp_path) as desk:
        desk.mailbox.says_later(to=emails[0])  # so each batch that they are in stays under way, whole
        await desk.start(customers=customers)
        for number in range(MOST_MESSAGES // len(emails)):
            await desk.client.send_update(desk.key, by="priya", customer_text=f"Update {number}")
        await desk.client.send_update(
            desk.key, by="priya", customer_text="Last", internal_note="Last, for us"
        )
        await until(
            lambda: any("Last, for us" in letter.text for letter in letters_to(desk, "elena.petrova@"))
        )
        batches = (await desk.activities_in_history()).count("deliver_messages")
        desk.mailbox.takes_again(to=emails[0])
        await until(lambda: 6 * len(emails) == len(letters_to(desk, "j")))
        later = (await desk.activities_in_history()).count("deliver_messages") - batches
        await desk.nothing_went_wrong()

    assert 1 <= later, "the last update to customers left when there was room"


def letters_to(desk: Desk, address: str) -> list[ReceivedMessage]:
    """To all whose addresses begin so; thousands are not read for it."""
    return [letter for letter in desk.mailbox.messages() if letter.recipients[0].startswith(address)]
