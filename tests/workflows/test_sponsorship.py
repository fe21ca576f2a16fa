"""
The sponsorship of an account over years: reminded by its own timer, continued without losing anything (SPONSOR-1).
"""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from escalation import contract
from escalation.kernel.values import InternalText
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.sponsorship.moves.enrol import Enrol
from escalation.sponsorship.moves.exit import Exit
from escalation.sponsorship.moves.log_touch_point import LogTouchPoint
from escalation.sponsorship.moves.propose import Propose
from escalation.sponsorship.state import Sponsorship
from tests.escalations import Desk
from tests.said import said

PROPOSE = Propose(by="elena", why=InternalText("three P1"))
TOUCH = LogTouchPoint(by="grace", note=InternalText("called"))


async def enrolled(
    desk: Desk, account: str, continue_after: int | None = None
) -> WorkflowHandle[object, object]:
    """*account* begins its sponsorship; the desk's clock is moved by the key of it."""
    handle: WorkflowHandle[object, object] = await desk.temporal.start_workflow(
        contract.SPONSORSHIP,
        contract.SponsorshipInput(account=account, continue_after=continue_after),
        id=f"sponsorship:{account}",
        task_queue=contract.ESCALATION_QUEUE,
        result_type=Sponsorship,
    )
    await desk.client.propose_sponsorship(account, PROPOSE)
    terms = {
        "by": "elena",
        "sponsor": "grace",
        "duties": ["Call the director"],
        "entry_criteria": ["Three P1"],
        "measures": ["No P1"],
        "exit_criteria": ["Two quiet quarters"],
        "every_days": 30,
        "review_on": (datetime.now(UTC) + timedelta(days=300)).date(),
    }
    await desk.client.enrol(account, Enrol.model_validate(terms))
    return handle


async def test_the_sponsor_is_reminded_by_the_clock_until_the_touch_point_is_made(desk: Desk) -> None:
    """
    SPONSOR-1: two days before and when it is due; then the next one is a cadence away.
    """
    account = desk.key.replace("/", "-")
    key = f"sponsorship:{account}"
    await enrolled(desk, account)

    await desk.fast_forward(key, days=31)
    reminded = [told for told in desk.told(key) if told.startswith("touch_point ")]
    touched = await desk.client.touch(account, TOUCH)

    assert ["touch_point grace.kimani@example.com"] * 2 == reminded
    assert touched.touch_due_at
    assert touched.touch_due_at - touched.touch_points[0].at == timedelta(days=30)


async def test_a_long_life_continues_and_loses_nothing(desk: Desk) -> None:
    """
    SPONSOR-1: over runs the programme, its dates and its sponsor stay; the exit ends the last one.
    """
    account = desk.key.replace("/", "-")
    first = await enrolled(desk, account, continue_after=30)
    for _ in range(6):
        await desk.client.touch(account, TOUCH)
    handle = desk.temporal.get_workflow_handle(f"sponsorship:{account}")
    await desk.at_rest(handle.id)

    programme = await desk.client.sponsorship(account)
    story = [entry.kind for entry in await desk.client.sponsorship_timeline(account)]
    last = await handle.describe()
    sponsor = await last.memo_value(contract.SPONSOR_MEMO)
    assert (6, "grace", "grace") == (
        len(programme.touch_points),
        programme.terms and programme.terms.sponsor,
        sponsor["id"],
    )
    assert first.result_run_id != last.run_id
    assert (1, 1, 6) == tuple(
        map(story.count, ("account_proposed", "account_enrolled", "touch_point_logged"))
    )

    await desk.client.exit_sponsorship(account, Exit(by="elena", why=InternalText("quiet")))
    await handle.result()
    assert WorkflowExecutionStatus.COMPLETED is (await handle.describe()).status


async def test_who_sponsors_is_known_as_soon_as_a_run_continues(desk: Desk) -> None:
    """
    SPONSOR-2: a start asks the memo, and nothing may happen for months.
    """
    account = desk.key.replace("/", "-")
    first = await enrolled(desk, account, continue_after=10)
    handle = desk.temporal.get_workflow_handle(first.id)
    await desk.at_rest(handle.id)

    last = await handle.describe()

    assert first.result_run_id != last.run_id
    assert ["grace"] == [sponsor.id for sponsor in await desk.client.sponsors([account])]


async def test_an_account_that_left_can_be_proposed_again(desk: Desk) -> None:
    """
    SPONSOR-1, SPONSOR-2: the exit is told and ends the run, however short it was; another proposal begins again.
    """
    account = desk.key.replace("/", "-")
    handle = await enrolled(desk, account)

    await desk.client.exit_sponsorship(account, Exit(by="elena", why=InternalText("quiet")))
    async with asyncio.timeout(20):
        await handle.result()
    again = await desk.client.propose_sponsorship(account, PROPOSE)

    assert "sponsorship_ended grace.kimani@example.com" in desk.told(handle.id)
    assert (SponsorshipState.PROPOSED, 1, None) == (again.standing, len(again.proposals), again.sponsor)


async def test_a_letter_that_cannot_be_delivered_is_raised_to_those_who_decide(desk: Desk) -> None:
    """
    COMM-13, RECORD-1: it is kept, also of the last one before the end; words on others are not believed.
    """
    account = desk.key.replace("/", "-")
    desk.mailbox.says_never("grace.kimani@example.com", times=2)  # enrolled, ended
    handle = await enrolled(desk, account)
    await desk.at_rest(handle.id)
    waited = DeliveryResult(key="k", recipient="grace", occasion="touch_point", why="gone")
    await handle.signal(contract.REPORT_DELIVERY, ReportDelivery(results=(waited,)))
    await desk.at_rest(handle.id)
    undelivered = (await desk.client.sponsorship(account)).undelivered
    await desk.client.exit_sponsorship(account, Exit(by="elena", why=InternalText("quiet")))
    async with asyncio.timeout(20):
        await handle.result()

    assert ["sponsor enrolled to grace did not arrive"] == [
        said(each.text).partition(":")[0] for each in undelivered
    ]
    told = ["sponsorship_proposed ingrid.solberg@example.com"] + [
        f"undeliverable {who}@example.com" for who in ("elena.petrova", "ingrid.solberg") for _ in range(2)
    ]
    assert told == desk.told(handle.id)
