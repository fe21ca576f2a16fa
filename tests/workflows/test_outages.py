"""
One outage, many customers: starts that name the same outage become one escalation, on a real server.
"""

import asyncio
import re
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from escalation import contract
from escalation.case.lifecycle import State
from escalation.kernel.refusals import BadRequest, MoveNotAllowed, UnknownEscalation
from escalation.policy.classification import CancelCause
from tests.complaint import a_complaint
from tests.escalations import NEVER_OPENED, Desk
from tests.said import said
from tests.workflows.test_sponsorship import enrolled


def an_outage_of(desk: Desk, ticket: str, account: str, **changes: Any) -> dict[str, Any]:
    contact = {"name": f"Jo of {account}", "email": f"jo@{account.lower()}.example", "language": "id"}
    customers = [{"account": account, "contacts": [contact]}]
    return a_complaint(key=ticket, outage=desk.key, customers=customers, **changes)


async def ended(desk: Desk, ticket: str) -> Any:
    async with asyncio.timeout(10):
        return await desk.temporal.get_workflow_handle(ticket).result()


async def test_the_first_start_of_an_outage_opens_it_and_the_second_joins(desk: Desk) -> None:
    """
    START-5: both submitters are told where they are, and each customer gets one receipt.
    """
    one, two = f"{desk.key}a", f"{desk.key}b"

    first = await desk.client.start(an_outage_of(desk, one, "ACME"))
    second = await desk.client.start(
        an_outage_of(desk, two, "BOLT", services=["orders"], linked_tickets=["INC-77"])
    )

    assert [(desk.key, one), (desk.key, two)] == [(each.key, each.case_key) for each in (first, second)]
    assert first.id == second.id
    assert [f"{two} joined: BOLT"] == list(map(said, second.happened))
    await desk.at_rest()
    receipts = [letter for letter in desk.told() if letter.startswith("case_received ")]
    assert ["case_received jo@acme.example", "case_received jo@bolt.example"] == receipts
    view = await desk.view()
    assert (("ACME", "BOLT"), (one, two)) == (view.customers, view.joined_keys)
    words = await (await desk.run().describe()).memo_value(contract.SEARCH_MEMO)
    assert {one, two, "INC-77"} <= set(words.split()), "a search finds what joined"


async def test_a_repeated_start_of_a_subject_that_joined_finds_it(desk: Desk) -> None:
    """
    START-4, START-5: with its outage or without, nothing is opened beside it and nobody is told again.
    """
    ticket = f"{desk.key}a"
    first = await desk.client.start(an_outage_of(desk, ticket, "ACME"))
    again = await desk.client.start(an_outage_of(desk, ticket, "ACME"))
    bare = await desk.start(key=ticket)

    assert [(first.id, True)] * 2 == [(each.id, each.is_repeat) for each in (again, bare)]
    assert 1 == (await desk.happened()).count("customer_joined")


async def test_starts_at_the_same_time_make_one_outage(desk: Desk) -> None:
    """
    START-5: however they race, one is opened and all are in it, more at once than a run takes updates.
    """
    tickets = [f"{desk.key}{number}" for number in range(25)]
    answers = await asyncio.gather(
        *(desk.client.start(an_outage_of(desk, ticket, f"C{ticket[-2:]}")) for ticket in tickets)
    )

    assert 1 == len({answer.id for answer in answers})
    assert set(tickets) == set((await desk.view()).joined_keys)
    assert 1 == (await desk.happened()).count("opened")


async def test_whoever_asks_for_a_subject_that_joined_sees_the_outage(desk: Desk) -> None:
    """
    START-5: looking follows; a move is refused, and says where it belongs.
    """
    ticket = f"{desk.key}a"
    await desk.client.start(an_outage_of(desk, ticket, "ACME"))

    assert desk.key == (await desk.view(ticket)).key
    with pytest.raises(MoveNotAllowed, match=f"{ticket}: joined {desk.key}; acknowledge there"):
        await desk.client.acknowledge(ticket, by="priya")


async def test_a_start_can_join_an_escalation_that_was_not_opened_as_an_outage(desk: Desk) -> None:
    """
    START-5: it turned out to be one later; its own key is the outage's.
    """
    opened = await desk.start()
    joined = await desk.client.start(an_outage_of(desk, f"{desk.key}b", "BOLT"))

    assert opened.id == joined.id
    assert ("ACME", "BOLT") == (await desk.view()).customers


async def test_a_subject_whose_join_was_refused_says_so_to_every_reader(desk: Desk) -> None:
    """
    START-6: in our words, and not in those of Temporal.
    """
    ticket = f"{desk.key}a"
    with pytest.raises(BadRequest):
        await desk.client.start(an_outage_of(desk, ticket, "ACME", category="complaimt"))
    assert await desk.has_failed_or_is_deleted(ticket)

    for look in (
        desk.client.view,
        desk.client.timeline,
        desk.client.messages,
        desk.client.people,
        desk.client.script,
    ):
        with pytest.raises(UnknownEscalation, match=NEVER_OPENED.format(re.escape(ticket))):
            await look(ticket)


async def test_a_refused_start_joins_nothing_and_opens_nothing(desk: Desk) -> None:
    """
    START-6: every fault of a joining request is told as well.
    """
    ticket = f"{desk.key}a"
    wrong = an_outage_of(desk, ticket, "ACME", category="complaimt", submitted_by="maja")
    with pytest.raises(BadRequest) as refused:
        await desk.client.start(wrong)

    assert {"category", "submitted_by"} == {fault.where for fault in refused.value.faults}
    assert 0 == (await desk.temporal.count_workflows(f"WorkflowId = '{desk.key}'")).count
    assert not (await desk.client.start(an_outage_of(desk, ticket, "ACME"))).is_repeat


async def test_the_end_of_an_outage_frees_the_keys_of_its_subjects(desk: Desk) -> None:
    """
    START-4, CLOSE-10: the next start of a subject is a new escalation, or a new outage.
    """
    ticket = f"{desk.key}a"
    first = await desk.client.start(an_outage_of(desk, ticket, "ACME"))
    await desk.client.cancel(desk.key, by="elena", why="it was a drill", cause=CancelCause.WITHDRAWN)

    assert desk.key == await ended(desk, ticket)
    again = await desk.start(key=ticket)
    assert (ticket, State.COMMUNICATING) == (again.key, again.state)
    assert first.id != again.id


async def test_updates_reach_everybody_who_joined(desk: Desk) -> None:
    """
    START-5, COMM-3: one text, each customer.
    """
    await desk.client.start(an_outage_of(desk, f"{desk.key}a", "ACME"))
    await desk.client.start(an_outage_of(desk, f"{desk.key}b", "BOLT"))
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.client.send_update(desk.key, by="priya", customer_text="We found the cause.")
    await desk.at_rest()

    assert ["update jo@acme.example", "update jo@bolt.example"] == [
        letter for letter in desk.told() if letter.startswith("update ")
    ]
    facts = await desk.client.script(desk.key)
    assert "We found the cause." == facts.text
    assert facts.next_update_at
    sent = await desk.client.messages(desk.key)
    assert 2 == sum(each.occasion == "update" and each.is_delivered for each in sent)


async def test_the_sponsor_of_a_customer_who_joins_is_told(desk: Desk) -> None:
    """
    START-5, SPONSOR-2: as of an escalation of that account alone.
    """
    account = desk.key.replace("/", "-").rstrip("-")
    await enrolled(desk, account)
    await desk.client.start(an_outage_of(desk, f"{desk.key}a", "ACME"))

    await desk.client.start(an_outage_of(desk, f"{desk.key}b", account))

    await desk.at_rest()
    assert 1 == desk.told().count("first_notification grace.kimani@example.com")


async def test_another_tenants_outage_is_not_joined(desk: Desk) -> None:
    """
    Messages of an outage reach all who joined: a subject of another tenant stays outside, unless the
    playbook shares that tenant's outages.
    """
    await desk.client.start(an_outage_of(desk, f"{desk.key}a", "ACME"))
    stranger = an_outage_of(desk, "EVIL/1", "ACME")

    with pytest.raises(BadRequest, match="an outage of its own tenant, EVIL/…"):
        await desk.client.start(stranger)
    with pytest.raises(WorkflowUpdateFailedError) as raw:
        await desk.run().execute_update(contract.JOIN_OUTAGE, {"request": stranger})

    assert isinstance(raw.value.cause, BadRequest)
    assert (f"{desk.key}a",) == (await desk.view()).joined_keys


async def test_a_join_by_hand_brings_nobody_whom_no_start_could_bring(desk: Desk) -> None:
    """
    COMM-6: who hears of it on our side is looked up, and never taken from what was sent.
    """
    await desk.client.start(an_outage_of(desk, f"{desk.key}a", "ACME"))
    join = an_outage_of(desk, f"{desk.key}b", "BOLT")
    spy = {"id": "spy", "name": "Spy", "addresses": ["email:spy@evil.example"]}
    tries: list[tuple[object, str]] = [
        (
            {"by": "maya", "case_key": f"{desk.key}b", "customers": join["customers"], "sponsors": [spy]},
            "request",
        ),
        ({"request": join | {"submitted_by": "spy"}}, "submitted_by"),
        ({"request": join | {"submitted_by": "engine"}}, "submitted_by"),
        ({"request": join | {"outage": f"{desk.key}z"}}, "outage"),
        ({"request": {**join, "sponsors": [spy]}}, "sponsors"),
        ({"request": {}}, "key"),
    ]

    for given, at_fault in tries:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await desk.run().execute_update(contract.JOIN_OUTAGE, given)
        assert isinstance(refused.value.cause, BadRequest), given
        assert any(at_fault in fault.where for fault in refused.value.cause.faults), refused.value.cause
    await desk.run().execute_update(contract.JOIN_OUTAGE, {"request": join, "sponsors": [spy]})
    await desk.at_rest()

    assert "spy@evil.example" not in str([letter.recipients for letter in desk.messages()])
    assert "spy" not in {contact.id for contact in await desk.client.people(desk.key)}


async def test_a_repeat_of_a_subject_that_joined_is_checked_like_the_first(desk: Desk) -> None:
    """
    START-6: faults are told, another outage is refused, and somebody without a part in it learns nothing.
    """
    ticket = f"{desk.key}a"
    first = an_outage_of(desk, ticket, "ACME")
    await desk.client.start(first)

    for changes, error in (
        ({"category": "complaimt"}, BadRequest),
        ({"outage": f"{desk.key}z"}, MoveNotAllowed),
        ({"submitted_by": "outsider"}, BadRequest),
    ):
        with pytest.raises(error):
            await desk.client.start({**first, **changes})
    assert (await desk.client.start(first)).is_repeat


async def test_a_subject_that_joins_after_it_had_ended_is_found_at_its_outage(desk: Desk) -> None:
    """
    START-5: whoever asks for its key sees the outage that it joined, not what had ended before.
    """
    ticket = f"{desk.key}a"
    await desk.start(ticket)
    await desk.client.cancel(ticket, by="elena", why="A drill", cause=CancelCause.WITHDRAWN)
    await desk.run(ticket).result()
    await desk.client.start(an_outage_of(desk, ticket, "ACME"))

    assert desk.key == (await desk.view(ticket)).key
