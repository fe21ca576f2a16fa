"""
Starting: one round trip that answers with the receipt, or with every fault and nothing left running.
"""

import asyncio
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.service import RPCError, RPCStatusCode

from client import EscalationClient
from escalation import contract
from escalation.case.lifecycle import State
from escalation.contract import EscalationInput
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownEscalation,
)
from escalation.policy.classification import CancelCause
from planning.playbook.loader import load_playbook
from runtime.errors import NoServer
from tests.complaint import a_complaint
from tests.escalations import NEVER_OPENED, REFERENCE, Desk
from tests.said import said
from tests.workflows import stages
from workflows import search_attributes


async def is_over(desk: Desk, key: str) -> None:
    """The run has ended, and lists, which lag behind by some milliseconds, know it."""
    await desk.temporal.get_workflow_handle(key).result()
    query = f"WorkflowId = '{key}' AND ExecutionStatus = 'Completed'"
    async with asyncio.timeout(10):
        while not (await desk.temporal.count_workflows(query)).count:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.02)


async def test_a_start_answers_with_the_receipt_in_one_round_trip(desk: Desk) -> None:
    """
    START-1: whoever submits it reads at once who has it, at which level, and when customers hear next.
    """
    receipt = await desk.start()

    assert (desk.key, State.COMMUNICATING, 2, "priya") == (
        receipt.key,
        receipt.state,
        receipt.level,
        receipt.owner,
    )
    assert not receipt.is_repeat
    assert receipt.next_update_at is not None
    assert "opened at level 2 with P1 for priya" in list(map(said, receipt.happened))
    events = await desk.events_in_history()
    answered = events.index("WORKFLOW_EXECUTION_UPDATE_ACCEPTED")
    assert 1 == events[:answered].count("WORKFLOW_TASK_COMPLETED"), "by the very first task"


async def test_a_refused_start_leaves_no_run_that_keeps_what_was_written(desk: Desk) -> None:
    """
    START-6: customers' names and addresses are not kept for as long as the server keeps what has ended.
    """
    with pytest.raises(BadRequest):
        await desk.start(category="complaimt")

    async with asyncio.timeout(10):
        while not await _is_gone(desk):  # noqa: ASYNC110 - the server deletes in its own time
            await asyncio.sleep(0.05)


async def _is_gone(desk: Desk) -> bool:
    try:
        await desk.run().fetch_history()
    except RPCError as error:
        return error.status is RPCStatusCode.NOT_FOUND
    return False


async def test_a_refused_start_hides_no_earlier_escalation_of_its_key(desk: Desk) -> None:
    """
    START-6: what has ended is found as before, while the refused run is there and when it is gone.
    """
    await desk.start()
    await desk.client.cancel(desk.key, by="elena", why="A drill", cause=CancelCause.WITHDRAWN)
    await is_over(desk, desk.key)
    with pytest.raises(BadRequest):
        await desk.start(category="complaimt")

    for _ in range(20):  # the server deletes within seconds here
        assert State.CANCELLED is (await desk.view()).state
        with pytest.raises(MoveNotAllowed, match="cannot acknowledge while cancelled"):
            await desk.client.acknowledge(desk.key, by="elena")
        await asyncio.sleep(0.3)


async def test_a_refused_repeat_leaves_the_running_one_alone(desk: Desk) -> None:
    """
    START-4: what is deleted is the run of the refused start, never the one that it found.
    """
    await desk.start()

    with pytest.raises(EscalationError):
        await desk.start(category="complaimt")

    assert State.COMMUNICATING is (await desk.view()).state


async def test_a_refused_start_lists_every_fault_and_leaves_nothing_running(desk: Desk) -> None:
    """
    START-6: all faults at once, each with what was given and what is allowed; the key is free afterwards.
    """
    with pytest.raises(BadRequest) as refused:
        await desk.start(category="complaimt", submitted_by="maja", reason="executive_threat")

    assert {"category", "submitted_by"} == {fault.where.split(".")[-1] for fault in refused.value.faults}
    suggestions = {fault.suggestion for fault in refused.value.faults}
    assert "complaint" in suggestions
    assert await desk.has_failed_or_is_deleted(desk.key)
    assert desk.key not in [found.key async for found in desk.client.list(ended=True)]
    with pytest.raises(UnknownEscalation, match=NEVER_OPENED.format(desk.key)):
        await desk.view()
    assert [] == desk.messages()

    receipt = await desk.start()

    assert not receipt.is_repeat


async def test_a_malformed_start_never_reaches_the_server(desk: Desk) -> None:
    """
    START-6: what can be seen to be wrong without a playbook is refused where it was asked.
    """
    runs = (await desk.temporal.count_workflows("")).count
    with pytest.raises(BadRequest) as refused:
        await desk.client.start({"key": "no slash", "subject": "", "priority": "P9"})

    assert {
        "key",
        "subject",
        "priority",
        "issue_type",
        "category",
        "reason",
        "submitted_by",
        "customers",
    } == {fault.where for fault in refused.value.faults}
    assert runs == (await desk.temporal.count_workflows("")).count


async def test_a_second_start_of_the_same_subject_attaches_and_says_so(desk: Desk) -> None:
    """
    START-4: one open escalation per subject; the second start finds it and changes nothing, whatever it says.
    """
    first = await desk.start()
    await stages.resolving(desk.client, desk.key)

    again = await desk.start(priority="P3", subject="Something else")

    assert again.is_repeat
    assert (first.id, State.RESOLVING, ()) == (again.id, again.state, again.happened)
    view = await desk.view()
    assert ("P1", "Second delivery in a row is damaged") == (view.priority, view.subject)


async def test_two_starts_at_the_same_time_make_one_escalation(desk: Desk) -> None:
    """
    START-4: a race has one winner, and both are told the same.
    """
    receipts = await asyncio.gather(*(desk.start() for _ in range(5)))

    assert 1 == len({receipt.id for receipt in receipts})
    assert 1 == (await desk.happened()).count("opened")
    await desk.at_rest()
    assert 6 == len(desk.messages())


async def test_a_repeat_of_the_very_same_start_is_harmless(desk: Desk) -> None:
    """
    A caller that did not hear the answer asks again with the same id, and hears the first answer.
    """
    first = await desk.client.start(a_complaint(key=desk.key), id="call-1")
    again = await desk.client.start(a_complaint(key=desk.key), id="call-1")

    assert first == again


async def test_after_the_close_the_same_subject_starts_anew_and_is_linked(desk: Desk) -> None:
    """
    START-4: the new one names the one before; it begins where its priority begins.
    """
    first = await desk.start()
    await stages.whole_life(desk.client, desk.key)
    await is_over(desk, desk.key)

    second = await desk.start()

    assert second.id != first.id
    view = await desk.view()
    assert (first.id, 2, State.COMMUNICATING) == (view.predecessor, view.level, view.state)


async def test_reopening_a_closed_one_starts_its_successor_one_level_higher(desk: Desk) -> None:
    """
    CLOSE-9: a new escalation that names its predecessor; with the reason, by the person who asked.
    """
    first = await desk.start()
    await stages.whole_life(desk.client, desk.key)
    await desk.run().result()

    receipt = await desk.client.reopen(desk.key, by="dewi", why="The pallets are wet again")

    assert (3, "jonas") == (receipt.level, receipt.owner)
    assert first.id == (await desk.view()).predecessor


@pytest.mark.parametrize("level", [None, 3])
async def test_a_predecessor_is_not_taken_on_trust(desk: Desk, level: int | None) -> None:
    """
    START-4, CLOSE-9: it is of the same subject, is known, and was closed if the new one continues it.
    """
    first = await desk.start()
    await desk.client.cancel(desk.key, by="elena", why="A drill", cause=CancelCause.WITHDRAWN)
    await is_over(desk, desk.key)

    async def refused(predecessor: str) -> str:
        with pytest.raises(BadRequest) as no:
            await desk.start(predecessor=predecessor, entry_level=level, submitted_by="dewi")
        assert ["predecessor"] == [fault.where for fault in no.value.faults]
        return no.value.message

    assert f"the id of an ended escalation of {desk.key}" in await refused("ACME/0@2026-01-01T00:00:00.000Z")
    assert f"a closed escalation of {desk.key}: none is known" in await refused(
        f"{desk.key}@2026-01-01T00:00:00.000Z"
    )
    if level:
        assert f"{first.id}', which is cancelled" in await refused(first.id)
    else:
        assert not (await desk.start(predecessor=first.id, submitted_by="dewi")).is_repeat
        assert first.id == (await desk.view()).predecessor


async def test_a_record_of_itself_is_refused(desk: Desk) -> None:
    """
    CLOSE-1: it could never be settled.
    """
    with pytest.raises(BadRequest) as refused:
        await desk.start(linked_tickets=["INC-1", desk.key], problem_records=[desk.key])

    assert ["linked_tickets.1", "problem_records.0"] == [fault.where for fault in refused.value.faults]


async def test_the_key_must_be_the_id_that_it_runs_under(desk: Desk) -> None:
    """
    START-4 rests on it: a request under another id could open a second escalation of the same subject.
    """
    handle = await desk.start_by_hand(EscalationInput(request=a_complaint(key=desk.key)), key=f"{desk.key}-2")

    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()

    assert isinstance(failed.value.cause, BadRequest)
    assert "key" in str(failed.value.cause)


UNREADABLE: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((), "one JSON object"),  # the Web UI's form, left empty
    (({"request": {}}, {"request": {}}), "one JSON object"),
    (("ACME/4711",), "a mapping"),
    ((None,), "one JSON object"),
    ((b"\xff\xfe",), "Invalid JSON"),
    ((RawValue(Payload(metadata={"encoding": b"never/heard-of"}, data=b"{")),), "Invalid JSON"),
    (({"reqest": {}},), "8 faults"),  # a field that a newer version may know
    (({"request": ["key"]},), "request"),
    (({"request": {}, "continue_after": "soon"},), "continue_after"),
    (({"request": {}},), "8 faults"),
)


async def test_an_input_that_cannot_be_read_fails_at_once(desk: Desk) -> None:
    """The start never hangs: the run fails with what is wrong, and no task of it is tried again and again."""
    for number, (inputs, says) in enumerate(UNREADABLE):
        handle = await desk.start_by_hand(*inputs, key=f"{desk.key}{number}")

        with pytest.raises(WorkflowFailureError) as failed:
            await asyncio.wait_for(handle.result(), 5)

        assert isinstance(failed.value.cause, BadRequest)
        assert says in str(failed.value.cause)


async def test_many_customers_are_no_obstacle(desk: Desk) -> None:
    """
    A search attribute holds 2 KB: what does not fit into it must not stall the run.
    """
    names = [f"Customer with a rather long näme {number:04}" for number in range(120)]
    customers = [
        {"account": name, "contacts": [{"name": "Jo", "email": f"jo@c{number}.example"}]}
        for number, name in enumerate(names)
    ]
    receipt = await desk.start(customers=customers)

    assert State.COMMUNICATING == receipt.state
    assert set(names) == set((await desk.view()).customers)
    assert names[0] in (await desk.attributes())[search_attributes.CUSTOMER]


async def test_a_start_that_no_worker_answers_says_so(desk: Desk) -> None:
    """
    No worker: one clear sentence after a while, not a wait for ever.
    """
    unattended = EscalationClient(desk.temporal, task_queue="nobody-works-here", patience=0.5)

    with pytest.raises(NoServer, match=r"no worker answered within 0\.5 s"):
        await unattended.start(a_complaint(key=f"{desk.key}-3"))


async def test_a_repeat_is_checked_like_the_first(desk: Desk) -> None:
    """
    START-4, START-6: what would be refused as a start is refused as a repeat, and says nothing of the one that runs.
    """
    await desk.start()

    with pytest.raises(BadRequest) as refused:
        await desk.start(category="complaimt", submitted_by="maja")
    with pytest.raises(WorkflowUpdateFailedError) as nothing:
        await desk.run().execute_update(contract.START)

    assert {"category", "submitted_by"} == {fault.where for fault in refused.value.faults}
    assert isinstance(nothing.value.cause, BadRequest)
    assert (await desk.start()).is_repeat


async def test_somebody_without_a_part_in_it_learns_nothing_by_a_repeat(desk: Desk) -> None:
    """
    START-4: the state of an escalation is told to who submitted it, and to the people whom its plan knows.
    """
    await desk.start()
    known = {person.id for person in await desk.client.people(desk.key)}
    playbook = load_playbook(REFERENCE)
    others = [person for person in playbook.people if person not in known]
    by_another = min(known & set(playbook.people))

    for other in others[:1]:
        with pytest.raises(RoleNotAllowed, match="has no part in it"):
            await desk.start(submitted_by=other)
    assert (await desk.start(submitted_by=by_another)).is_repeat
