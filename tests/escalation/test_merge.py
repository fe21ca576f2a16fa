"""
One escalation goes over into another one: what each of them does, and who hears it (CLOSE-10).
"""

from typing import Any

import pytest

from escalation.case.engine import Decision, allowed_moves, decide
from escalation.case.lifecycle import Move, State
from escalation.case.merge import EscalationTakenOver, hand_over_to
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.state import Escalation
from escalation.kernel.budgets import CUSTOMERS
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest, MoveNotAllowed
from escalation.kernel.values import InternalText, from_json, to_json
from tests.builders import (
    DECLARE,
    JO,
    RCA_COURSE,
    VERIFY,
    a_customer,
    after,
    an_acknowledged,
    an_escalation,
    clock,
    happened,
    internal,
    monday,
    one_in,
    to_customers,
    told,
)
from tests.said import lines, said

WHY = InternalText("the same broken pipe")
BOLT = "BOLT:jo@bolt.example"


def merging(**changes: object) -> Cancel:
    written = {"by": "ed", "cause": "merged", "into": "ACME/4711", "why": WHY} | changes
    return Cancel.model_validate(written)


def another(**request: object) -> Escalation:
    """Of another customer, and another subject."""
    written: dict[str, Any] = {
        "key": "BOLT/7",
        "customers": [a_customer("BOLT")],
        "linked_tickets": ["INC-7", "INC-8"],
        "problem_records": ["PRB-7"],
        "services": ["water"],
    }
    return an_escalation(**written | request)


def taken_over(now: Escalation, other: Escalation, command: Cancel | None = None) -> Decision:
    return decide(now, hand_over_to(other, command or merging()), monday("09:10"))


@pytest.mark.parametrize("cause", ["merged", "duplicate"])
def test_customers_records_and_services_go_over(cause: str) -> None:
    """
    CLOSE-10: as if all of it had been here from the start.
    """
    settled = after(another(), SettleTicket(by="ben", record="INC-7"))
    now = taken_over(an_acknowledged(), settled, merging(cause=cause)).state

    assert ("ACME", "BOLT") == tuple(customer.account for customer in now.request.customers)
    assert {"INC-7", "INC-8"} <= {*now.request.linked_tickets}
    assert ({"INC-7": ""}, ("PRB-7",), ("water",)) == (
        now.settled,
        now.request.problem_records[-1:],
        now.request.services[-1:],
    )
    assert ((settled.id,), ()) == (now.merged, now.joined_keys)


def test_each_customer_hears_which_reference_is_theirs_now_and_nobody_else_does() -> None:
    """
    CLOSE-10, COMM-1: once, with who answers for them and when they hear next.
    """
    decision = taken_over(an_acknowledged(), another())
    facts = to_customers(decision, "merged").facts

    assert [f"merged: {BOLT}"] == [line for line in told(decision) if ":jo@" in line]
    assert ("ACME/4711", "BOLT/7", monday("13:00")) == (facts.reference, facts.formerly, facts.next_update_at)


def test_a_contact_who_is_known_here_already_hears_it_too() -> None:
    """
    CLOSE-10: it is their other case that has gone.
    """
    decision = taken_over(an_acknowledged(), another(customers=[a_customer("ACME")]))

    assert f"merged: {JO}" in told(decision)
    assert 1 == len(decision.state.request.recipients)


def test_the_owner_hears_who_merged_what_and_why() -> None:
    """
    CLOSE-10: with what came along.
    """
    facts = internal(taken_over(an_acknowledged(), another()), "merged").facts

    assert ("BOLT/7 goes on here, merged by ed", WHY) == (
        said(facts.why).lower().replace("bolt", "BOLT"),
        facts.text,
    )
    assert ("BOLT", "INC-7", "INC-8") == lines(facts.items)


def test_both_timelines_say_so() -> None:
    """
    CLOSE-10, ROLE-3.
    """
    gone = decide(another(), merging(), monday("09:10"))
    goes_on = taken_over(an_acknowledged(), another())

    assert ["escalation_taken_over"] == happened(goes_on)[:1]
    assert "cancelled" in happened(gone)
    assert "ACME/4711" == gone.state.merged_into


def test_the_one_that_ends_writes_no_letter_of_its_own_to_customers() -> None:
    """
    COMM-1: one letter says it, from where it goes on; our people hear it from both.
    """
    gone = decide(another(), merging(), monday("09:10"))

    assert State.CANCELLED is gone.state.state
    assert not [line for line in told(gone) if ":jo@" in line]
    assert "merged (ACME/4711)" == said(internal(gone, "cancelled").facts.why)


def test_actions_that_are_open_are_tracked_where_it_goes_on() -> None:
    """
    CLOSE-7: under the next numbers; a new version of the RCA there leaves them alone.
    """
    with_actions = after(one_in(State.CLOSING, priority="P2"), RCA_COURSE[0])
    other = after(
        one_in(State.CLOSING, priority="P2", key="BOLT/7", customers=[a_customer("BOLT")]), RCA_COURSE[0]
    )
    merged = taken_over(with_actions, other).state
    refiled = after(merged, RCA_COURSE[0])

    own = len(with_actions.actions)
    assert [action.what for action in other.open_actions] == [action.what for action in merged.actions[own:]]
    assert [*range(1, 1 + len(merged.actions))] == [action.number for action in merged.actions]
    assert merged.actions[own:] == refiled.actions[own:]


def test_it_is_taken_over_once() -> None:
    """
    However often the message comes.
    """
    once = taken_over(an_acknowledged(), another()).state

    assert () == taken_over(once, another()).events


def test_who_goes_over_waits_for_the_first_notice_like_anybody_who_joins() -> None:
    """
    COMM-2: the clock runs for them.
    """
    notice = clock(taken_over(an_acknowledged(), another()).state, ClockName.FIRST_NOTIFICATION)

    assert notice.is_running


def test_one_that_is_closing_tells_the_rest_as_well() -> None:
    """
    RESOLVE-6: that it is resolved, and the question of access.
    """
    decision = taken_over(after(an_acknowledged(), DECLARE, VERIFY), another())

    lines = {f"merged: {BOLT}", f"resolved: {BOLT}", f"access_question: {BOLT}"}
    assert lines <= set(told(decision))


@pytest.mark.parametrize("ended", [State.CLOSED, State.CANCELLED])
def test_one_that_has_ended_takes_nothing_over(ended: State) -> None:
    """
    CLOSE-10.
    """
    with pytest.raises(MoveNotAllowed, match=f"BOLT/7 cannot be merged into it while {ended}"):
        taken_over(one_in(ended), another())


def test_more_than_one_can_hold_is_refused_with_what_to_do() -> None:
    """
    START-6: and nothing goes over.
    """
    crowd = [a_customer(f"C{number}") for number in range(CUSTOMERS)]

    with pytest.raises(BadRequest) as refused:
        taken_over(an_acknowledged(), another(customers=crowd))

    assert "the merge of BOLT/7 is refused" in refused.value.message
    assert "close one of them first" in refused.value.message


def test_a_chain_of_merges_brings_everybody_to_its_end() -> None:
    """
    CLOSE-10: those who came over once go over again.
    """
    crane = another(key="CRANE/9", customers=[a_customer("CRANE")])
    bolt = taken_over(another(), crane, merging(into="BOLT/7")).state
    decision = taken_over(an_acknowledged(), bolt)

    assert ("ACME", "BOLT", "CRANE") == tuple(one.account for one in decision.state.request.customers)
    assert f"merged: {BOLT}, CRANE:jo@crane.example" in told(decision)


def test_the_record_folds_to_the_same() -> None:
    """
    RECORD-1: every fact is in the events.
    """
    start = an_escalation()
    decision = taken_over(start, another())
    event = next(event for event in decision.events if isinstance(event, EscalationTakenOver))

    assert event == from_json(EscalationTakenOver, to_json(event))
    assert ("ACME", "BOLT") == tuple(one.account for one in decision.state.request.customers)
    assert Move.CANCEL in allowed_moves(decision.state)
