"""
One outage, many customers: what a join adds and whom it has told (START-5).
"""

from datetime import datetime

import pytest

from escalation.case.engine import Decision, decide
from escalation.case.lifecycle import State
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.join_outage import CustomerJoined, JoinOutage
from escalation.case.moves.send_update import SendUpdate
from escalation.case.request import AffectedCustomer, Evidence
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.kernel.budgets import CUSTOMERS
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.refusals import BadRequest, MoveNotAllowed
from escalation.kernel.values import CustomerText, InternalText, from_plain, to_json
from escalation.policy.classification import EvidenceKind
from escalation.policy.people import Contact
from tests.builders import (
    DECLARE,
    JO,
    RCA_COURSE,
    VERIFY,
    a_customer,
    a_plan,
    after,
    all_delivered,
    an_acknowledged,
    an_escalation,
    clock,
    happened,
    monday,
    one_in,
    to_customers,
    told,
)
from tests.said import lines

N = ClockName.FIRST_NOTIFICATION
BOLT = "BOLT:jo@bolt.example"


def a_join(*customers: AffectedCustomer, ticket: str = "BOLT/7", **changes: object) -> JoinOutage:
    return from_plain(
        JoinOutage,
        {"by": "ben", "case_key": ticket, "customers": customers or (a_customer("BOLT"),), **changes},
    )


def joined(now: Escalation, at: datetime, *customers: AffectedCustomer, ticket: str = "BOLT/7") -> Decision:
    return decide(now, a_join(*customers, ticket=ticket), at)


def test_each_new_contact_gets_a_receipt_of_their_own() -> None:
    """
    START-5, COMM-1: and nobody else is told again.
    """
    decision = joined(an_acknowledged(), monday("09:10"))

    assert (["customer_joined"], [f"case_received: {BOLT}"]) == (happened(decision), told(decision))
    assert monday("13:00") == to_customers(decision, "case_received").facts.next_update_at


def test_what_the_other_start_brings_along_is_added_once() -> None:
    """
    START-5, START-2: customers, services, records, evidence.
    """
    evidence = Evidence(kind=EvidenceKind.CALL, what=InternalText("it rang"))
    join = a_join(
        a_customer("ACME", "jo@acme.example", "new@acme.example"),
        services=("orders", "mail"),
        linked_tickets=("INC-1", "INC-2"),
        problem_records=("PRB-1",),
        evidence=(evidence,),
    )
    now = an_acknowledged(services=("orders",), linked_tickets=("INC-1",))
    decision = decide(now, join, monday("09:10"))
    request = decision.state.request

    assert ["case_received: ACME:new@acme.example"] == told(decision)
    assert ["jo@acme.example", "new@acme.example"] == [each.email for each in request.customers[0].contacts]
    assert (("orders", "mail"), ("INC-1", "INC-2"), ("PRB-1",)) == (
        request.services,
        request.linked_tickets,
        request.problem_records,
    )
    assert evidence == request.evidence[-1]


def test_the_sponsor_of_who_joins_is_a_stakeholder_from_then_on() -> None:
    """
    SPONSOR-2: told of it once, whatever its priority, beside the sponsors of those who were there before.
    """
    vera, walt = (
        Contact(id=id_, name=id_.title(), addresses=(f"email:{id_}@example.com",)) for id_ in ("vera", "walt")
    )
    now = an_acknowledged(plan=a_plan().sponsored_by((vera,)))
    decision = decide(now, a_join(sponsors=(vera, walt)), monday("09:10"))
    plan = decision.state.plan

    assert ["first_notification: walt", f"case_received: {BOLT}"] == told(decision)
    assert ("vera", "walt") == plan.sponsors
    assert all({"vera", "walt"} <= set(rules.stakeholders) for rules in plan.priorities.values())


def test_a_subject_joins_once() -> None:
    """
    START-4, START-5: a repeat changes nothing and tells nobody.
    """
    once = joined(an_acknowledged(), monday("09:10")).state
    again = joined(once, monday("09:11"))

    assert ([], [], once) == (happened(again), told(again), again.state)


def test_updates_and_the_access_question_reach_whoever_joined() -> None:
    """
    START-5, RESOLVE-6: everyone affected gets the same updates, and the close waits for each of them.
    """
    now = joined(an_acknowledged(), monday("09:10")).state
    update = decide(now, SendUpdate(by="ana", customer_text=CustomerText("Soon.")), monday("09:11"))
    verified = decide(after(update.state, monday("09:12"), DECLARE), VERIFY, monday("09:13"))

    assert [f"update: {JO}, {BOLT}"] == told(update)
    assert f"resolved: {JO}, {BOLT}" in told(verified)
    assert "access of BOLT is neither confirmed nor waived" in lines(verified.state.missing_to_close)


def test_who_joins_has_a_first_notice_clock_of_their_own() -> None:
    """
    COMM-2: it starts with the join, and ends when they were told.
    """
    now = joined(an_acknowledged(), monday("09:10")).state
    assert (monday("09:10"), None) == (clock(now, N).started_at, clock(now, N).outcome)

    told_at = monday("09:12")
    assert Outcome.MET is clock(after(now, told_at, all_delivered(now, told_at)), N).outcome


def test_who_joins_while_others_wait_is_waited_for_after_them() -> None:
    """
    COMM-2: a stream of joins does not keep one clock running until it breaches; the next counts from the join.
    """
    now = joined(an_escalation(), monday("09:10")).state
    assert (monday("09:00"), (BOLT,)) == (clock(now, N).started_at, now.joiners)

    first = after(now, monday("09:12"), all_delivered(now, monday("09:12")))

    assert ((BOLT,), ()) == (first.unnotified, first.joiners)
    assert (monday("09:10"), True) == (clock(first, N).started_at, clock(first, N).is_running)


def test_who_joins_when_it_is_over_for_the_others_is_told_and_asked() -> None:
    """
    START-5, RESOLVE-6: the resolution instead of a receipt, and the engagement managers ask them too.
    """
    closing = one_in(State.CLOSING, plan=a_plan(engagement_managers=("eva",)))
    decision = joined(closing, monday("09:10"))

    assert [f"resolved: {BOLT}", f"access_question: {BOLT}", "access_wanted: eva"] == told(decision)
    answered = after(closing, ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.YES))
    colleague = joined(answered, monday("09:10"), a_customer("ACME", "new@acme.example"))
    assert ["resolved: ACME:new@acme.example", "access_wanted: eva"] == told(colleague)


def test_who_joins_after_the_rca_was_shared_gets_it_too() -> None:
    """
    CLOSE-4, CLOSE-8, START-5: every affected customer.
    """
    shared = after(one_in(State.CLOSING, priority="P2"), *RCA_COURSE)
    decision = joined(shared, monday("09:10"))

    assert f"rca: {BOLT}" in told(decision)
    assert "Rain came into our depot." == to_customers(decision, "rca").facts.text


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_nobody_joins_what_has_ended(state: State) -> None:
    """
    START-5: the shell opens a new one.
    """
    with pytest.raises(MoveNotAllowed, match=f"BOLT/7 cannot join while {state}"):
        joined(one_in(state), monday("09:10"))


def test_one_escalation_holds_a_thousand_customers_and_says_so() -> None:
    """
    START-6: the state has to travel; what is too much is refused whole, with the way out.
    """
    many = tuple(a_customer(f"C{number}") for number in range(CUSTOMERS))
    with pytest.raises(BadRequest, match=r"1,001 customers; allowed: at most 1,000.*another outage key"):
        joined(an_acknowledged(), monday("09:10"), *many)

    assert CUSTOMERS == len(joined(an_acknowledged(), monday("09:10"), *many[1:]).state.request.customers)


def test_what_people_write_is_bounded_over_all_joins() -> None:
    """
    START-6: many small starts must not grow into what cannot be carried over.
    """
    now = an_acknowledged()
    for number in range(30):
        now = decide(now, _with_evidence(number), monday("09:10")).state
    with pytest.raises(BadRequest, match="bytes in one escalation"):
        _all_of(now, 30, 40)

    assert len(to_json(now)) < 1_000_000


def _with_evidence(number: int) -> JoinOutage:
    evidence = Evidence(kind=EvidenceKind.REPORT, what=InternalText(f"{number}" + 15_000 * "x"))
    return a_join(ticket=f"BOLT/{number}", evidence=(evidence,))


def _all_of(now: Escalation, first: int, last: int) -> None:
    for number in range(first, last):
        now = decide(now, _with_evidence(number), monday("09:10")).state


def test_the_record_says_which_subject_brought_whom() -> None:
    """
    START-5, ROLE-3.
    """
    decision = joined(an_acknowledged(), monday("09:10"))
    (event,) = (event for event in decision.events if isinstance(event, CustomerJoined))

    assert ("ben", "BOLT/7", ("BOLT",)) == (
        event.by,
        event.case_key,
        tuple(customer.account for customer in event.customers),
    )
    assert ("BOLT/7",) == decision.state.joined_keys


def test_a_guest_adds_nobody_to_an_account_that_another_tenant_brought_in() -> None:
    """
    START-5: who is added to an account reads what that account is told; only its own tenant adds anybody.
    """
    now = decide(an_acknowledged(), a_join(a_customer("BOLT"), is_guest=True), monday("09:10")).state
    own = a_join(a_customer("BOLT", "jo@bolt.example", "al@bolt.example"), ticket="BOLT/8", is_guest=True)
    known = a_join(a_customer("ACME"), ticket="EVIL/1", is_guest=True)

    for account in ("ACME", "BOLT"):
        stranger = a_join(a_customer(account, "spy@evil.example"), ticket="EVIL/1", is_guest=True)
        with pytest.raises(BadRequest, match=f"1 more contact of {account}"):
            decide(now, stranger, monday("09:11"))
    assert ["case_received: BOLT:al@bolt.example"] == told(decide(now, own, monday("09:11")))
    assert [] == told(decide(now, known, monday("09:11"))), "who names only those who are there adds nobody"


def test_the_subject_that_opened_an_outage_may_add_to_its_accounts() -> None:
    """
    START-5: its start is the outage's, and it joins with nothing new.
    """
    now = decide(
        an_acknowledged(), a_join(a_customer("ACME"), ticket="ACME/1", is_guest=True), monday("09:10")
    )
    more = a_join(a_customer("ACME", "al@acme.example"), ticket="ACME/2", is_guest=True)

    assert ["case_received: ACME:al@acme.example"] == told(decide(now.state, more, monday("09:11")))
