"""The stories whose histories are kept. A new one is recorded with `python -m tests.replay.record NAME`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from escalation.case.resolution import AccessAnswer
from escalation.contract import EscalationInput
from escalation.kernel.values import InternalText
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.sponsorship.moves.exit import Exit
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.workflows import stages
from tests.workflows.test_follow_up import JO, a_post_mortem, closed
from tests.workflows.test_outages import an_outage_of
from tests.workflows.test_sponsorship import TOUCH, enrolled
from tests.workflows.test_task_forces import NAME, deployed, where


async def whole_life(desk: Desk) -> None:
    """Everything as it should be, with a plan, an update, a related record, an RCA; a signal that is refused."""
    await desk.start(linked_tickets=["INC-1"])
    await desk.run().signal("acknowledge", {"by": "somebody"})
    await desk.client.tick_response(desk.key, by="priya", response="1")
    await desk.client.settle_ticket(desk.key, by="maya", record="INC-1")
    await stages.whole_life(desk.client, desk.key)


async def rises(desk: Desk) -> None:
    """Nobody does anything: reminders, breaches, holding updates, three rises; then a pause, and one by a trigger."""
    await desk.start()
    await desk.fast_forward(minutes=95)
    await desk.client.pause(desk.key, by="sofia", because="waiting_for_customer")
    await desk.fast_forward(hours=30)
    await desk.client.resume(desk.key, by="sofia")
    await desk.client.report_trigger(desk.key, by="sofia", trigger="formal_complaint")


async def rejected_and_reopened(desk: Desk) -> None:
    """A resolution that is rejected, one that is reopened, one that a customer says no to."""
    await desk.start(priority="P3")
    await desk.client.raise_level(desk.key, by="elena", reason=EscalationReason.LACK_OF_AUTHORITY)
    await desk.client.change_priority(desk.key, by="elena", priority=Priority.P1)
    await stages.resolving(desk.client, desk.key)
    await stages.verifying(desk.client, desk.key)
    await desk.client.reject_resolution(desk.key, by="aisha", why="Still wet")
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    await desk.client.reopen(desk.key, by="dewi", why="Wet again")
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    await desk.client.confirm_access(desk.key, by="dewi", account="ACME", answer=AccessAnswer.NO)
    await desk.client.transfer(desk.key, by="priya", to="finance")


async def cancelled(desk: Desk) -> None:
    """By a move, as a duplicate."""
    await desk.start("ACME/4710")
    await desk.start()
    await desk.client.cancel(
        desk.key, by="elena", why="Told twice", cause=CancelCause.DUPLICATE, into="ACME/4710"
    )


async def ended_by_the_operator(desk: Desk) -> None:
    """By Temporal's own cancel."""
    await desk.start()
    await desk.run().cancel()
    await desk.run().result()


async def continued(desk: Desk) -> None:
    """In short runs; each has a history of its own."""
    await desk.start_by_hand(EscalationInput(request=a_complaint(key=desk.key), continue_after=40))
    await desk.at_rest()
    await stages.resolving(desk.client, desk.key)
    await desk.at_rest()
    await desk.client.send_update(desk.key, by="priya", customer_text="Soon")
    await desk.fast_forward(minutes=29)


async def refused(desk: Desk) -> None:
    """A start with faults."""
    handle = await desk.start_by_hand(
        EscalationInput(request=a_complaint(key=desk.key, category="complaimt"))
    )
    while (await handle.describe()).close_time is None:
        pass


async def followed_up(desk: Desk) -> str:
    """A close, a low score, a post-mortem whose action is late until it is done; the survey ends by itself."""
    followed = await closed(desk)
    await desk.client.answer_survey(desk.key, by=JO, account="ACME", score=2, comment="Slow")
    await desk.client.file_post_mortem(desk.key, by="elena", post_mortem=a_post_mortem())
    await desk.fast_forward(followed, days=8)
    await desk.client.finish_action(desk.key, by="hannah", action=1)
    return followed


async def task_force(desk: Desk) -> str:
    """Seats declined, accepted, left and offered; a task that is late, a status that is missed, a report; the end."""
    await desk.start()
    await deployed(desk)
    force = where(desk)
    await desk.client.decline_seat(desk.key, NAME, by="tom", why="On leave")
    await desk.client.accept_seat(desk.key, NAME, by="maya")
    due_at = await desk.now(force) + timedelta(hours=8)
    await desk.client.add_task(desk.key, NAME, by="hannah", what="Read the logs", owner="maya", due_at=due_at)
    await desk.fast_forward(force, hours=9)
    await desk.client.report_status(desk.key, NAME, by="hannah", text="Bay 3 has no roof")
    await desk.client.leave_seat(desk.key, NAME, by="maya", why="Ill")
    await desk.client.stand_down_task_force(desk.key, by="elena", name=NAME, why="Found")
    return force


async def sponsored(desk: Desk) -> str:
    """Proposed, enrolled, reminded of a touch-point, made, and out again."""
    account = desk.key.replace("/", "-")
    key = f"sponsorship:{account}"
    await enrolled(desk, account)
    await desk.fast_forward(key, days=31)
    await desk.client.touch(account, TOUCH)
    await desk.client.exit_sponsorship(account, Exit(by="elena", why=InternalText("Two quiet quarters")))
    return key


async def joined(desk: Desk) -> str:
    """A ticket that is part of an outage, until that is over."""
    ticket = f"{desk.key}a"
    await desk.client.start(an_outage_of(desk, ticket, "ACME"))
    await desk.client.cancel(desk.key, by="elena", why="A drill", cause=CancelCause.WITHDRAWN)
    return ticket


Story = Callable[[Desk], Awaitable[str | None]]
"""Return the id of the workflow whose history is kept; None: the escalation's."""

SCENARIOS: dict[str, Story] = {
    story.__name__: story
    for story in (
        whole_life,
        rises,
        rejected_and_reopened,
        cancelled,
        ended_by_the_operator,
        continued,
        refused,
        followed_up,
        task_force,
        sponsored,
        joined,
    )
}
