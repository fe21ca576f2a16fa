"""
Task forces on a real server: a child of its own life, that never outlives its escalation (RESOLVE-2, RESOLVE-3).
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from escalation import contract
from escalation.contract import EscalationInput
from escalation.kernel.ids import task_force_id
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import ReportDelivery
from escalation.policy.classification import CancelCause
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import SeatRequest, TaskForceSummary
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.said import said
from tests.workflows import stages

NAME = "dry-pallets"


def where(desk: Desk, name: str = NAME) -> str:
    """The workflow id of a task force."""
    return task_force_id(desk.key, name)


async def deployed(desk: Desk, *people: str, name: str = NAME, **more: Any) -> None:
    """Led by Hannah, with one seat for the people given: Tom, then Maya."""
    seat = SeatRequest(role="agent", people=people or ("tom", "maya"))
    mission = "Find out where the pallets get wet"
    await desk.client.deploy_task_force(
        desk.key, by="priya", name=name, mission=mission, lead="hannah", seats=[seat], **more
    )
    await eventually(desk, lambda force: bool(force.heard), name=name)
    await desk.at_rest(where(desk, name))
    await desk.at_rest()


async def heard(desk: Desk, name: str = NAME) -> TaskForceSummary:
    """Return what the escalation knows of it."""
    return next(force for force in (await desk.view()).task_forces if force.name == name)


async def has_ended(desk: Desk, name: str = NAME) -> contract.TaskForceResult:
    handle = desk.temporal.get_workflow_handle(where(desk, name), result_type=contract.TaskForceResult)
    ended: contract.TaskForceResult = await asyncio.wait_for(handle.result(), 10)
    return ended


async def eventually(desk: Desk, is_so: Any, within: float = 10.0, name: str = NAME) -> None:
    async with asyncio.timeout(within):
        while not is_so(await heard(desk, name)):  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.05)


async def test_one_that_is_just_being_deployed_is_not_unknown(desk: Desk) -> None:
    """
    The escalation knows it before its own run has begun, and nobody may read that there is none of its name.
    """
    await desk.start()
    await desk.client.deploy_task_force(desk.key, by="priya", name=NAME, mission="Dry it", lead="hannah")
    try:
        seen = (await desk.client.task_force(desk.key, NAME)).name
    except MoveNotAllowed as refusal:
        seen = refusal.message
    assert seen in {NAME, f"{desk.key}: its task force {NAME} is being deployed; try again in a moment"}
    with pytest.raises(UnknownName, match="no task force 'wet-pallets'"):
        await desk.client.task_force(desk.key, "wet-pallets")


async def test_members_are_invited_accept_and_decline(desk: Desk) -> None:
    """
    RESOLVE-2: a declined seat is offered to the next; the escalation hears of it all.
    """
    await desk.start()
    await deployed(desk)
    assert "task_force_invited tom.lindqvist@example.com" in desk.told()

    await desk.client.decline_seat(desk.key, NAME, by="tom", why="On leave")
    accepted = await desk.client.accept_seat(desk.key, NAME, by="maya")

    assert TaskForceState.WORKING == accepted.state
    await eventually(desk, lambda force: ("maya",) == force.members)
    assert "task_force_invited maya.okafor@example.com" in desk.told()
    story = " ".join(said(entry.what) for entry in await desk.timeline("task_force_reported"))
    assert "tom declined the seat agent" in story
    seat = (await desk.client.task_force(desk.key, NAME)).seats[0]
    assert ("maya", None) == (seat.held_by, seat.offered_to)


async def test_an_unanswered_seat_is_offered_to_the_next(desk: Desk) -> None:
    """
    RESOLVE-2: whoever says nothing within the target is passed by, and nobody is left in the end.
    """
    await desk.start()
    await deployed(desk)

    await desk.fast_forward(where(desk), minutes=11)
    seat = (await desk.client.task_force(desk.key, NAME)).seats[0]
    assert "maya" == seat.offered_to
    await desk.fast_forward(where(desk), minutes=11)

    assert TaskForceState.WORKING == (await desk.client.task_force(desk.key, NAME)).state
    await eventually(desk, lambda force: ("agent",) == force.vacant)


async def test_words_on_messages_that_it_has_not_told_change_nothing(desk: Desk) -> None:
    """
    COMM-13: anybody can send such a signal; else a seat could be taken from whoever it is on offer to.
    """
    await desk.start()
    await deployed(desk)
    run = desk.temporal.get_workflow_handle(where(desk))
    id_ = (await desk.client.task_force(desk.key, NAME)).id
    lost = DeliveryResult(
        key=f"{id_}:3:x:tom", recipient="tom", occasion="task_force_invited", why="no such mailbox"
    )
    stray = replace(lost, key="ACME/1@1/dry-pallets:3:x:tom")

    await run.signal(contract.REPORT_DELIVERY, ReportDelivery(results=(stray,)))
    await run.signal(contract.REPORT_DELIVERY, ReportDelivery(results=(lost,)))
    await desk.at_rest(where(desk))

    assert "tom" == (await desk.client.task_force(desk.key, NAME)).seats[0].offered_to
    refused = [
        each for each in await desk.client.task_force_timeline(desk.key, NAME) if each.kind == "move_refused"
    ]
    assert ["1 result of messages that it has not sent" in said(each.what) for each in refused] == [True]
    assert {} == await run.query(contract.OUTDATED_MESSAGES, NotificationBatch(notices=()))


async def test_only_the_lead_is_asked_for_the_status(desk: Desk) -> None:
    """
    RESOLVE-2: the specialists are left alone; a missed status is told to the owner and the level's managers.
    """
    await desk.start()
    await deployed(desk)
    await desk.client.accept_seat(desk.key, NAME, by="tom")

    await desk.fast_forward(where(desk), minutes=61)
    await eventually(desk, lambda force: force.is_status_missed)
    await desk.at_rest()

    asked = [line for line in desk.told() if line.startswith("task_force_status_wanted")]
    assert {"task_force_status_wanted hannah.fischer@example.com"} == set(asked)
    assert "breach elena.petrova@example.com" in desk.told()
    await desk.client.report_status(desk.key, NAME, by="hannah", text="It is the roof", is_update=True)
    await eventually(desk, lambda force: not force.is_status_missed)
    await desk.at_rest()
    assert "task_force_report chloe.martin@example.com" in desk.told()
    assert "It is the roof" in [entry.note for entry in await desk.timeline("task_force_reported")]


async def test_a_tasks_owner_is_reminded_by_the_clock(desk: Desk) -> None:
    """
    RESOLVE-2: before it is due and when it is; then the lead hears of it, and the escalation has it in its story.
    """
    await desk.start()
    await deployed(desk, status_every=timedelta(days=30))
    await desk.client.accept_seat(desk.key, NAME, by="tom")
    due_at = await desk.now(where(desk)) + timedelta(hours=8)
    await desk.client.add_task(desk.key, NAME, by="hannah", what="Climb up", owner="tom", due_at=due_at)

    await desk.fast_forward(where(desk), hours=7)
    reminder = "task_force_task_due tom.lindqvist@example.com"
    assert [reminder] == [line for line in desk.told() if line.startswith("task_force_task_due")]
    await desk.fast_forward(where(desk), hours=30)
    await desk.at_rest(where(desk))
    await desk.at_rest()

    assert [reminder] * 2 == [line for line in desk.told() if line.startswith("task_force_task_due")]
    story = " ".join(said(entry.what) for entry in await desk.timeline("task_force_reported"))
    assert "task 1 of tom is overdue: Climb up" in story


async def test_a_member_leaves_and_the_seat_is_offered_again(desk: Desk) -> None:
    """
    RESOLVE-2: to the next, and once nobody is left to whom the lead names.
    """
    await desk.start()
    await deployed(desk)
    await desk.client.accept_seat(desk.key, NAME, by="tom")

    await desk.client.leave_seat(desk.key, NAME, by="tom", why="On leave")
    await desk.client.decline_seat(desk.key, NAME, by="maya")
    await eventually(desk, lambda force: ("agent",) == force.vacant)
    await desk.client.offer_seat(desk.key, NAME, by="hannah", seat=1, to="kemal")
    await desk.client.accept_seat(desk.key, NAME, by="kemal")

    await eventually(desk, lambda force: ("kemal",) == force.members and not force.vacant)
    await desk.at_rest(where(desk))
    assert "task_force_invited kemal.aydin@example.com" in desk.told()


async def test_a_declared_resolution_stands_every_task_force_down(desk: Desk) -> None:
    """
    RESOLVE-3: open tasks are listed; several at once; each ends, and takes no more moves.
    """
    await desk.start()
    await stages.resolving(desk.client, desk.key)
    await deployed(desk)
    await deployed(desk, name="new-wraps")
    await desk.client.add_task(desk.key, NAME, by="hannah", what="Measure the roof", owner="hannah")
    await eventually(desk, lambda force: bool(force.open_tasks))

    await stages.verifying(desk.client, desk.key)

    ended = await has_ended(desk)
    assert ("the resolution is declared", ["Measure the roof (hannah)"]) == (
        said(ended.why),
        list(map(said, ended.left)),
    )
    assert "the resolution is declared" == said((await has_ended(desk, "new-wraps")).why)
    down = [said(entry.what) for entry in await desk.timeline("task_force_stood_down")]
    assert f"task force {NAME} stood down; still open: Measure the roof (hannah)" in down
    await desk.at_rest()
    assert "task_force_stood_down hannah.fischer@example.com" in desk.told()
    with pytest.raises(MoveNotAllowed, match="stood down"):
        await desk.client.accept_seat(desk.key, NAME, by="tom")


async def test_a_task_force_is_stood_down_by_its_lead(desk: Desk) -> None:
    """
    RESOLVE-3: its work is done; what is open is handed over.
    """
    await desk.start()
    await deployed(desk)
    await deployed(desk, name="new-wraps")
    await desk.client.add_task(desk.key, NAME, by="hannah", what="Measure the roof", owner="hannah")
    await eventually(desk, lambda force: bool(force.open_tasks))

    with pytest.raises(RoleNotAllowed):
        await desk.client.stand_down_task_force(desk.key, NAME, by="tom", why="Bored")
    await desk.client.stand_down_task_force(desk.key, NAME, by="hannah", why="Done", hand_over_to="tom")

    assert "Done" == said((await has_ended(desk)).why)
    await desk.at_rest()
    assert "task_force_stood_down tom.lindqvist@example.com" in desk.told()
    assert (await heard(desk, "new-wraps")).is_standing


@pytest.mark.parametrize("ends", ["cancel", "operator"])
async def test_none_outlives_a_cancelled_escalation(desk: Desk, ends: str) -> None:
    """
    CLOSE-10: cancelled by a person, or by the operator in Temporal.
    """
    await desk.start()
    await deployed(desk)

    if ends == "cancel":
        await desk.client.cancel(desk.key, by="elena", why="Twice", cause=CancelCause.WITHDRAWN)
    else:
        await desk.run().cancel()

    assert "the escalation is cancelled" == said((await has_ended(desk)).why)
    assert "cancelled" == (await desk.run().result()).state


async def test_one_that_finds_no_escalation_stands_down_by_itself(desk: Desk) -> None:
    """
    RESOLVE-3: even if the escalation was terminated, and could order nothing.
    """
    await desk.start()
    await deployed(desk)
    await desk.run().terminate()

    await desk.client.accept_seat(desk.key, NAME, by="tom")

    assert "its escalation has ended" == said((await has_ended(desk)).why)


async def test_the_operator_can_cancel_a_task_force(desk: Desk) -> None:
    """The run ends like any other, and the escalation's owner is notified."""
    await desk.start()
    await deployed(desk)

    await desk.temporal.get_workflow_handle(where(desk)).cancel()

    assert "the operator ended it in Temporal" == said((await has_ended(desk)).why)
    await eventually(desk, lambda force: not force.is_standing)
    await desk.at_rest()
    assert "task_force_stood_down priya.nair@example.com" in desk.told()
    description = await desk.temporal.get_workflow_handle(where(desk)).describe()
    assert WorkflowExecutionStatus.COMPLETED == description.status


async def test_it_lives_on_while_its_escalation_continues_as_new(desk: Desk) -> None:
    """
    RESOLVE-2: reports reach the new run, and the new run can stand it down.
    """
    await desk.start_by_hand(EscalationInput(request=a_complaint(key=desk.key), continue_after=25))
    await desk.at_rest()
    first = (await desk.run().describe()).run_id
    await stages.resolving(desk.client, desk.key)
    await deployed(desk)
    for number in range(6):
        await desk.client.report_status(desk.key, NAME, by="hannah", text=f"Report {number}")
    await eventually(desk, lambda force: force.latest is not None and "Report 5" == force.latest.text)
    await desk.at_rest()
    assert first != (await desk.run().describe()).run_id

    await stages.verifying(desk.client, desk.key)

    assert "the resolution is declared" == said((await has_ended(desk)).why)


async def test_a_task_force_continues_as_new(desk: Desk) -> None:
    """
    RESOLVE-2: seats, tasks, clocks and what was answered are carried along.
    """
    await desk.start_by_hand(EscalationInput(request=a_complaint(key=desk.key), continue_after=25))
    await desk.at_rest()
    await deployed(desk)
    handle = desk.temporal.get_workflow_handle(where(desk))
    first = (await handle.describe()).run_id
    await desk.client.accept_seat(desk.key, NAME, by="tom")
    for number in range(6):
        await desk.client.add_task(desk.key, NAME, by="tom", what=f"Task {number}", owner="tom")
    await eventually(desk, lambda force: 6 == len(force.open_tasks))
    await desk.at_rest(where(desk))

    assert first != (await handle.describe()).run_id
    after = await desk.client.task_force(desk.key, NAME)
    assert (6, "tom") == (len(after.tasks), after.seats[0].held_by)
    await desk.client.stand_down_task_force(desk.key, NAME, by="priya", why="Enough")
    assert "Enough" == said((await has_ended(desk)).why)


async def test_an_unknown_task_force_is_said_to_be_unknown(desk: Desk) -> None:
    """
    The names that there are come along.
    """
    await desk.start()
    await deployed(desk)

    with pytest.raises(UnknownName, match=NAME):
        await desk.client.accept_seat(desk.key, "dry-palets", by="tom")
    with pytest.raises(UnknownName, match=NAME):
        await desk.client.stand_down_task_force(desk.key, "dry-palets", by="priya", why="?")
