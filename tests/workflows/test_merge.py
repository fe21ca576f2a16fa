"""
One escalation goes over into another one, on a real server: however it is asked, and whatever stands in the way.
"""

import asyncio
from typing import Any

import pytest

from escalation import contract
from escalation.case.lifecycle import Move, State
from escalation.kernel.refusals import BadRequest, EscalationError, MoveNotAllowed
from escalation.policy.classification import CancelCause
from tests.escalations import Desk
from tests.said import lines, said
from tests.workflows.test_outages import an_outage_of

WHY = "the same broken pipe"


def of(account: str) -> dict[str, Any]:
    contact = {"name": f"Jo of {account}", "email": f"jo@{account.lower()}.example"}
    return {"customers": [{"account": account, "contacts": [contact]}]}


async def two(desk: Desk) -> tuple[str, str]:
    """The one that ends, and the one that goes on."""
    ends, goes_on = f"{desk.key}a", f"{desk.key}b"
    await desk.start(ends, **of("ACME"))
    await desk.start(goes_on, **of("BOLT"))
    return ends, goes_on


async def merge(desk: Desk, key: str, into: str, cause: CancelCause = CancelCause.MERGED) -> Any:
    return await desk.client.cancel(key, by="elena", why=WHY, cause=cause, into=into)


@pytest.mark.parametrize("cause", [CancelCause.MERGED, CancelCause.DUPLICATE])
async def test_customers_go_over_and_hear_their_new_reference(desk: Desk, cause: CancelCause) -> None:
    """
    CLOSE-10: one letter, from where it goes on; both timelines say so, and both owners hear it.
    """
    ends, goes_on = await two(desk)

    ended = await merge(desk, ends, goes_on, cause)
    await desk.at_rest(goes_on)
    await desk.run(ends).result()

    assert State.CANCELLED is ended.state
    assert (f"elena cancelled it: {cause}, goes on as {goes_on}",) == lines(ended.happened)
    view, gone = await desk.view(goes_on), await desk.view(ends)
    assert (("BOLT", "ACME"), (ended.id,)) == (view.customers, view.merged)
    assert goes_on == gone.merged_into
    assert 1 == len(await desk.timeline("escalation_taken_over", goes_on))
    assert "merged jo@acme.example" in desk.told(goes_on)
    assert "cancelled jo@acme.example" not in desk.told(ends)
    (letter,) = (each for each in desk.messages(goes_on) if each.recipients == ("jo@acme.example",))
    assert ends in letter.text
    assert goes_on in letter.text
    assert any(each.startswith("merged ") and "jo@" not in each for each in desk.told(goes_on))


async def test_one_that_is_no_open_escalation_is_refused_and_nothing_ends(desk: Desk) -> None:
    """
    CLOSE-10: unknown, a sentence, itself, cancelled, merged itself; each time with what it is.
    """
    ends, goes_on = await two(desk)
    withdrawn, merged = f"{desk.key}c", f"{desk.key}d"
    await desk.start(withdrawn)
    await desk.client.cancel(withdrawn, by="elena", why=WHY, cause=CancelCause.WITHDRAWN)
    await desk.start(merged)
    await merge(desk, merged, goes_on)

    for into, says in (
        (f"{desk.key}-unknown", "which is no escalation that is known here"),
        ("Elena asked me to", "an account, a slash and a number"),
        (ends, "cannot be merged into itself"),
        (withdrawn, "cancelled"),
        (merged, f"goes on as {goes_on}"),
    ):
        with pytest.raises((EscalationError, ValueError), match=says):
            await merge(desk, ends, into)

    assert (await desk.view(ends)).state is State.COMMUNICATING
    assert ("BOLT", "ACME") == (await desk.view(goes_on)).customers  # ACME came with the one that was merged


async def test_the_rule_holds_for_raw_updates_and_for_signals(desk: Desk) -> None:
    """
    CLOSE-10: as Temporal's Web UI sends them.
    """
    ends, goes_on = await two(desk)
    unknown = {"by": "elena", "cause": "merged", "into": f"{desk.key}-unknown", "why": WHY}

    with pytest.raises(Exception, match="Workflow update failed") as refused:
        await desk.run(ends).execute_update(Move.CANCEL.value, unknown)
    assert isinstance(refused.value.__cause__, BadRequest)
    await desk.run(ends).signal(Move.CANCEL.value, unknown)
    await desk.at_rest(ends)
    (recorded,) = await desk.timeline("move_refused", ends)
    assert "which is no escalation that is known here" in said(recorded.what)

    await desk.run(ends).signal(Move.CANCEL.value, unknown | {"into": goes_on})
    await desk.run(ends).result()
    assert ("BOLT", "ACME") == (await desk.view(goes_on)).customers


async def test_nobody_adds_customers_by_a_message_of_their_own(desk: Desk) -> None:
    """
    COMM-6: what comes over is asked of the one that ends, and only while that is being merged.
    """
    ends, goes_on = await two(desk)

    with pytest.raises(Exception, match="Workflow update failed") as refused:
        await desk.run(goes_on).execute_update(
            contract.TAKE_OVER, {"key": ends, "id": (await desk.view(ends)).id}
        )
    assert isinstance(refused.value.__cause__, MoveNotAllowed)
    assert "is not being merged into it" in str(refused.value.__cause__)
    assert ("BOLT",) == (await desk.view(goes_on)).customers


async def test_two_that_are_merged_into_each_other_do_not_both_end(desk: Desk) -> None:
    """
    CLOSE-10: at least one of them stays, with every customer.
    """
    one, other = await two(desk)

    answers = await asyncio.gather(merge(desk, one, other), merge(desk, other, one), return_exceptions=True)

    states = [(await desk.view(key)).state for key in (one, other)]
    assert states.count(State.CANCELLED) <= 1
    assert sum(isinstance(answer, EscalationError) for answer in answers) == 2 - states.count(State.CANCELLED)
    if State.CANCELLED in states:
        stays = (one, other)[1 - states.index(State.CANCELLED)]
        assert {"ACME", "BOLT"} == set((await desk.view(stays)).customers)


async def test_a_subject_of_an_outage_stands_for_its_outage(desk: Desk) -> None:
    """
    START-5, CLOSE-10: it is merged into what that subject joined; not into itself by that way.
    """
    ticket, ends = f"{desk.key}t", f"{desk.key}a"
    await desk.client.start(an_outage_of(desk, ticket, "BOLT"))
    await desk.start(ends, **of("ACME"))

    with pytest.raises(MoveNotAllowed, match=f"cannot be merged into itself, which {ticket} joined"):
        await merge(desk, desk.key, ticket)
    ended = await merge(desk, ends, ticket)
    assert (f"elena cancelled it: merged, goes on as {desk.key}",) == lines(ended.happened)
    assert ("BOLT", "ACME") == (await desk.view()).customers


async def test_who_may_not_cancel_merges_nothing(desk: Desk) -> None:
    """
    ROLE-2: and the other one hears nothing.
    """
    ends, goes_on = await two(desk)

    with pytest.raises(EscalationError):
        await desk.client.cancel(ends, by="maya", why=WHY, cause=CancelCause.MERGED, into=goes_on)
    assert ("BOLT",) == (await desk.view(goes_on)).customers


async def test_a_linked_record_that_is_an_open_escalation_is_not_said_to_be_closed(desk: Desk) -> None:
    """
    CLOSE-1: whatever the way; that it stays open can be said, and once it has ended that it is closed.
    """
    other = f"{desk.key}a"
    await desk.start(linked_tickets=[other, "OTHER/1"])
    await desk.start(other)

    with pytest.raises(MoveNotAllowed, match=f"{other} is an escalation that is still open"):
        await desk.client.settle_ticket(desk.key, by="maya", record=other)
    await desk.run().signal(Move.SETTLE_TICKET.value, {"by": "maya", "record": other})
    await desk.client.settle_ticket(desk.key, by="maya", record="OTHER/1")  # of another system
    await desk.client.settle_ticket(desk.key, by="maya", record=other, stays_open_because="It goes on")
    await desk.client.cancel(other, by="elena", why="A drill", cause=CancelCause.WITHDRAWN)
    await desk.run(other).result()
    await desk.client.settle_ticket(desk.key, by="maya", record=other)

    assert {other: "", "OTHER/1": ""} == (await desk.view()).records
    assert 1 == len(await desk.timeline("move_refused"))


async def test_one_of_another_tenant_takes_nothing_over(desk: Desk) -> None:
    """
    CLOSE-10, START-5: the customers of one tenant would read what another one's are told.
    """
    ends, _ = await two(desk)
    stranger = f"OTHER{desk.key.removeprefix('ACME')}"
    await desk.start(stranger)

    with pytest.raises(BadRequest, match="an escalation of its own tenant, ACME/…"):
        await merge(desk, ends, stranger)

    assert (await desk.view(ends)).state is State.COMMUNICATING
    assert () == (await desk.view(stranger)).joined_keys
