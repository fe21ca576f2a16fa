"""Limits of ids and of people who make moves, tried on a real server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from temporalio.client import WorkflowUpdateFailedError

from client import EscalationClient
from escalation import contract
from escalation.kernel.ids import task_force_id
from escalation.kernel.refusals import BadRequest, EscalationError, RoleNotAllowed, UnknownEscalation
from escalation.measures.report_schedule import Rhythm, report_id
from escalation.notifications.inbox_view import inbox_key
from escalation.sponsorship.state import sponsorship_key
from escalation.task_force.state import SeatRequest
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.said import said

OWN = (
    inbox_key("maya"),
    inbox_key("ACME:jo@acme.example"),
    sponsorship_key("ACME"),
    sponsorship_key("ACME/4711"),
    report_id(Rhythm.WEEKLY),
    "channel-limit:email",
    task_force_id("ACME/4711", "data-recovery"),
    "ACME/4711@2026-11-20T09:00:00.000Z",
    "ACME/4711@2026-11-20T09:00:00.000Z/record",
)
"""Names of the engine's own runs."""
LOOKS: tuple[Callable[[EscalationClient, str], Awaitable[object]], ...] = (
    lambda client, key: client.view(key),
    lambda client, key: client.timeline(key),
    lambda client, key: client.messages(key),
    lambda client, key: client.acknowledge(key, by="maya"),
    lambda client, key: client.rebase(key, by="maya", why="x"),
    lambda client, key: client.task_force(key, "one"),
    lambda client, key: anext(client.watch(key)),
)


@pytest.mark.parametrize("id_", OWN)
async def test_no_escalation_can_have_an_id_of_the_engines_own(desk: Desk, id_: str) -> None:
    """
    START-4: a subject of that name would stand in the way of somebody's inbox, or of the pace of all mail.
    """
    with pytest.raises(BadRequest, match="an account, a slash and a number"):
        await desk.client.start(a_complaint(key=id_))
    with pytest.raises(BadRequest, match="an account, a slash and a number"):
        await desk.client.start(a_complaint(key=desk.key, outage=id_))


@pytest.mark.parametrize("key", ["inbox/maya", "pace/email", "sponsorship/ACME", "report/weekly"])
async def test_a_tenant_may_be_called_like_anything_of_the_engines(desk: Desk, key: str) -> None:
    """
    START-4: two that look alike do not meet: the inbox of maya is there beside the subject inbox/maya.
    """
    await desk.start(key)
    about = desk.temporal.get_workflow_handle(key)

    assert contract.WORKFLOW == (await about.describe()).workflow_type
    assert key not in OWN


@pytest.mark.parametrize("look", LOOKS, ids=range(len(LOOKS)))
@pytest.mark.parametrize(
    "id_", [inbox_key("maya"), sponsorship_key("ACME"), "channel-limit:email", "report:weekly-2026", "4711"]
)
async def test_what_is_no_escalation_is_not_asked_as_one(
    desk: Desk, id_: str, look: Callable[[EscalationClient, str], Awaitable[object]]
) -> None:
    """
    The answer is the same whether there is such a run or not.
    """
    with pytest.raises(UnknownEscalation, match="is known here"):
        await look(desk.client, id_)


@pytest.mark.parametrize("by", ["call_centre", "finance"])
async def test_a_team_makes_no_move_whatever_the_way(desk: Desk, by: str) -> None:
    """
    ROLE-3: by the client, by a raw update, and in a task force; by a signal it is on record as refused.
    """
    await desk.start()
    await desk.client.deploy_task_force(
        desk.key,
        by="elena",
        name="one",
        mission="Find it",
        lead="hannah",
        seats=[SeatRequest(role="it", people=("tom",))],
    )
    tries: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: desk.client.acknowledge(desk.key, by=by),
        lambda: desk.client.rebase(desk.key, by=by, why="x"),
        lambda: desk.client.report_status(desk.key, "one", by=by, text="x"),
    )

    for ask in tries:
        with pytest.raises(EscalationError) as refused:
            await ask()
        assert by in refused.value.message or "is a team" in refused.value.message
    with pytest.raises(WorkflowUpdateFailedError) as raw:
        await desk.run().execute_update("acknowledge", {"by": by})
    assert isinstance(raw.value.cause, RoleNotAllowed)
    await desk.run().signal("acknowledge", {"by": by})
    async with asyncio.timeout(10):
        while not (refusals := await desk.timeline("move_refused")):  # noqa: ASYNC110 - a signal is judged later
            await asyncio.sleep(0.05)
    assert "is a team" in said(refusals[-1].what)
    assert (await desk.view()).acknowledged_by is None
    with pytest.raises(BadRequest, match="submitted_by"):
        await desk.client.start(a_complaint(key=f"{desk.key}x", submitted_by=by))
