"""Limits of what people can say, so that whatever the engine makes of it fits into what Temporal takes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from escalation.case.case_size import require_plan_fits, require_request_fits, state_size, weight_of
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.close import Close
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.request import AffectedCustomer, StartRequest
from escalation.case.state import Escalation
from escalation.case.view import make_move_result, view
from escalation.kernel.budgets import (
    ANSWER,
    BATCH,
    CUSTOMERS,
    FULL_STATE,
    LARGEST_BATCH,
    OPEN_TASKS,
    PAYLOAD,
    RECEIPTS,
    REFUSAL,
    REPORTS,
    REQUEST,
    STATE,
    SUMMARY,
    first_of,
    fitting,
    last_of,
    size_of,
)
from escalation.kernel.list_page import page_of
from escalation.kernel.reasons import as_written
from escalation.kernel.refusals import BadRequest, Fault, NotReadyToClose, UnknownName
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import LONGEST_TEXT, InternalText
from escalation.notifications.batches import batches_of
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import CustomerNotification, message_key
from escalation.policy.classification import CancelCause
from escalation.sponsorship.engine import decide as decide_sponsorship
from escalation.task_force.engine import decide as decide_force
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.state import summary
from tests.builders import THE_MONDAY, a_customer, a_plan, a_request, an_acknowledged, monday, one_in, opening
from tests.escalation import test_sponsorship as sponsorship
from tests.escalation.test_longest_lists import LONGEST, WIDE, listed
from tests.escalation.test_seats_and_tasks import a_task, with_tasks
from tests.escalation.test_task_forces import NINE
from tests.said import said

NOW = monday("09:30")
RECORDS = tuple(f"INC-{number}" for number in range(100))
MOST_OF_A_MOVE = InternalText(WIDE * 16_000)


def long_customers(count: int, length: int = 200) -> tuple[AffectedCustomer, ...]:
    """With accounts as long as they may be."""
    return tuple(
        a_customer(f"{n:04}".ljust(length, "N"), f"jo{n}@customer.example", tier="standard")
        for n in range(count)
    )


def largest_request() -> StartRequest:
    """As many customers with long names as one start takes."""
    count = 1
    while weight_of(a_request(customers=long_customers(count + 50))) < REQUEST:
        count += 50
    return a_request(customers=long_customers(count), linked_tickets=RECORDS)


def settle(record: str) -> SettleTicket:
    return SettleTicket(by="ed", record=record, stays_open_because=MOST_OF_A_MOVE)


def full(escalation: Escalation) -> Escalation:
    """With as much said as it holds."""
    for record in escalation.request.linked_tickets:
        try:
            escalation = decide(escalation, settle(record), NOW).state
        except BadRequest:
            return escalation
    raise AssertionError("it takes whatever is said")


def test_a_start_that_an_escalation_cannot_hold_is_refused() -> None:
    """
    START-6: with the limit and what was given; a long account counts again for each contact.
    """
    contacts = [f"c{number}@x.example" for number in range(200)]
    many = a_request(customers=(a_customer("A" * 200, *contacts),) * 1)
    require_request_fits(many, "the start")
    too_many = tuple(
        a_customer(f"{n}".ljust(200, "A"), *(f"{n}{contact}" for contact in contacts)) for n in range(9)
    )

    with pytest.raises(BadRequest, match=r"given [\d,]+ bytes; allowed: at most 500,000 bytes"):
        require_request_fits(a_request(customers=too_many), "the start")


def test_a_plan_that_an_escalation_cannot_carry_is_refused() -> None:
    """
    CLOCK-4: a playbook of thousands of people stalls no escalation.
    """
    person = a_plan().contacts[0]
    crowd = tuple(replace(person, id=f"p{number}") for number in range(4_000))

    with pytest.raises(BadRequest, match=r"given [\d,]+ bytes; allowed: at most 300,000 bytes"):
        require_plan_fits(replace(a_plan(), contacts=crowd))


def test_what_makes_an_escalation_too_large_is_refused_when_it_is_said() -> None:
    """
    With the limit and what was given; nothing has changed.
    """
    now = full(an_acknowledged(linked_tickets=RECORDS))

    with pytest.raises(
        BadRequest,
        match=r"given 6\d,\d+ bytes more than the 1,3\d+,\d+ that it has; allowed: at most 1,400,000",
    ):
        decide(now, settle(RECORDS[-1]), NOW)
    assert STATE >= state_size(now)


def test_a_full_escalation_can_be_brought_to_its_end() -> None:
    """
    Moves that add little go on, and a cancel is never too large: what it says stays out of the state.
    """
    now = replace(full(an_acknowledged(linked_tickets=RECORDS)), texts_submitted=1)
    left = next(record for record in RECORDS if record not in now.settled)

    settled = decide(now, SettleTicket(by="ed", record=left), NOW).state
    ended = decide(settled, Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=MOST_OF_A_MOVE), NOW).state

    assert not ended.is_open


def test_the_largest_start_with_all_that_can_be_said_still_fits() -> None:
    """
    The state is carried by a continued run, and the view is one answer.
    """
    request = largest_request()
    opened = opening(THE_MONDAY + timedelta(hours=9), customers=request.customers, linked_tickets=RECORDS)
    assert all(PAYLOAD / 2 > size_of(event) for event in opened.events)
    assert all(PAYLOAD / 2 > size_of(batch) for batch in batches_of(_notices(opened.effects)))

    now = full(opened.state)

    assert FULL_STATE > state_size(now) > STATE - 70_000
    assert PAYLOAD > size_of(view(now))


@pytest.mark.parametrize(("customers", "width"), [(CUSTOMERS, 0), (100, 180)], ids=["many", "long"])
def test_an_escalation_at_every_maximum_travels(customers: int, width: int) -> None:
    """
    The state is carried by a continued run; the view, the receipt and each refusal are one answer.
    """
    lists = {
        field: listed(field, most, width if field == "linked_tickets" else 0)
        for field, most in LONGEST.items()
    }
    request = a_request(customers=long_customers(customers, 6), **lists)
    require_request_fits(request, "the start")
    begun: dict[str, Any] = {"customers": request.customers, **lists}
    opened = opening(THE_MONDAY + timedelta(hours=9), **begun)
    acknowledged = decide(opened.state, Acknowledge(by=opened.state.owner), NOW)
    now = full(acknowledged.state)
    with pytest.raises(NotReadyToClose) as open_points:
        decide(one_in(State.CLOSING, **begun), Close(by="ed"), NOW)
    with pytest.raises(UnknownName) as unknown:
        decide(now, SettleTicket(by="ed", record="INC-0"), NOW)

    assert FULL_STATE > state_size(now) > STATE - 70_000
    for answer in (opened.state, acknowledged.state, now):
        assert PAYLOAD > 1.2 * size_of(view(answer))
    for decision in (opened, acknowledged):
        assert ANSWER > size_of(make_move_result(decision.state, decision.events))
    assert 2 * REFUSAL > size_of(open_points.value.message)
    assert 2 * REFUSAL > size_of(unknown.value.message)
    assert said(view(now).missing_to_close[-1]).startswith("and ") or not width


def test_each_task_force_finds_the_room_that_it_may_need() -> None:
    """
    RESOLVE-2: it is kept free from the deployment on, so that no news is too much.
    """
    now = an_acknowledged()
    for number in range(20):
        deploy = DeployTaskForce(by="ed", name=f"force-{number}", mission=InternalText("dry it"), lead="ana")
        now = decide(now, deploy, NOW).state

    assert size_of(now) + 20 * (SUMMARY - 1_000) < state_size(now) < STATE


def test_the_largest_task_force_is_no_more_than_is_kept_free_for_it() -> None:
    """
    RESOLVE-3: open tasks can all be handed over or listed; one too many is refused, with the limit.
    """
    force = with_tasks()
    for _ in range(7):
        force = decide_force(force, a_task("ana", None, WIDE * 500), NINE).state
    with pytest.raises(BadRequest, match=r"given [\d,]+ bytes of open tasks; allowed: at most 16,384 bytes"):
        decide_force(force, a_task("ana", None, WIDE * 1_000), NINE)

    for _ in range(20):
        force = decide_force(force, ReportStatus(by="ed", text=InternalText(WIDE * 16_000)), NINE).state

    assert OPEN_TASKS > sum(map(size_of, summary(force).open_tasks))
    assert SUMMARY > size_of(replace(summary(force), latest=None)) + 8_000
    assert REPORTS > sum(map(size_of, force.reports))
    assert 1 <= len(force.reports)


def test_what_a_sponsorship_keeps_of_a_long_life_fits() -> None:
    """
    SPONSOR-2: the latest touch-points, as many as fit.
    """
    programme = sponsorship.enrolled()
    for _ in range(200):
        touch = sponsorship.TOUCH.model_copy(update={"note": InternalText(WIDE * 2_000)})
        programme = decide_sponsorship(programme, touch, sponsorship.NOW).state

    assert 200_000 > size_of(programme)
    assert 10 < len(programme.touch_points)


def test_whatever_becomes_of_a_batch_can_be_answered() -> None:
    """
    COMM-13: every message fails by every channel, with as much to say about it as is kept.
    """
    opened = opening(customers=largest_request().customers)
    batches = list(batches_of(_notices(opened.effects)))
    for batch in batches:
        receipts = [
            DeliveryResult(
                key=message_key(notice, to), recipient=to.id, occasion=notice.occasion.value, why=WIDE * 300
            )
            for notice in batch.notices
            for to in notice.to
        ]
        assert RECEIPTS > sum(map(size_of, receipts))
        assert LARGEST_BATCH * 1.1 > size_of(batch)
    told = [
        to.id
        for batch in batches
        for notice in batch.notices
        if isinstance(notice, CustomerNotification)
        for to in notice.to
    ]
    assert sorted(told) == sorted(to.id for to in opened.state.request.recipients)


def test_a_refusal_lists_as_many_faults_as_travel_and_counts_the_others() -> None:
    """
    START-6: ten thousand faults must not keep their own refusal from arriving.
    """
    faults = [Fault(where=f"customers.{n}", given="'x'", allowed="an e-mail address") for n in range(10_000)]

    refusal = BadRequest.because("the start", faults)

    assert refusal.message.startswith("the start is refused: 10,000 faults")
    assert refusal.message.endswith(f"and {10_000 - len(refusal.faults):,} more")
    assert 3 * REFUSAL > len(refusal.message)


def test_pages_of_a_list_are_the_list() -> None:
    """
    Each fits into an answer; together they are everything, once, in order.
    """
    story = [
        TimelineEntry(seq=n, at=NOW, by="ed", kind="update_sent", what=as_written("x" * LONGEST_TEXT))
        for n in range(200)
    ]
    found: list[TimelineEntry] = []
    while (page := page_of(story[len(found) :])).has_more:
        assert ANSWER > size_of(page) - 100
        found += page.items

    assert story == [*found, *page.items]


def test_a_list_is_cut_where_it_does_not_fit() -> None:
    """
    From the first on there is always one; from the last on there may be none.
    """
    words = ["one", "two", "three"]

    assert ("one", "two") == first_of(words, 8)
    assert ("one",) == first_of(words, 1)
    assert ("three",) == last_of(words, 8)
    assert () == last_of(words, 1)
    assert (1, 2, 0) == (fitting([9, 9], 1), fitting([1, 1], BATCH), fitting([], 1))


def _notices(effects: object) -> list[CustomerNotification]:
    return [effect for effect in effects if isinstance(effect, CustomerNotification)]  # type: ignore[attr-defined]
