"""The impact on customers' business, from the start or from an escalation before it (TALK-6, CLOSE-9)."""

from dataclasses import replace

from escalation.case.engine import decide
from escalation.case.moves.state_impact import StateImpact
from escalation.case.view import view
from escalation.kernel.budgets import MOVE
from escalation.kernel.values import CustomerWords, InternalText
from escalation.policy.classification import Priority
from tests.builders import JO, a_customer, an_acknowledged, an_escalation, monday, opening

NO_ORDERS, WORSE = CustomerWords("We cannot fill 200 orders"), CustomerWords("Now 300 orders")
WHY = InternalText("It leaks again")


def test_an_impact_can_be_stated_at_the_start() -> None:
    """Shown from then on, as one that is stated later."""
    now = an_escalation(customers=(a_customer(stated_impact=NO_ORDERS), a_customer("BOLT")))

    assert {"ACME": NO_ORDERS} == view(now).impacts


def test_a_reopened_escalation_has_the_impact_that_was_stated_last() -> None:
    """The words of the customer go along, and nobody has to say it twice."""
    now = an_acknowledged(customers=(a_customer(stated_impact=NO_ORDERS), a_customer("BOLT")))
    now = decide(now, StateImpact(by=JO, account="ACME", impact=WORSE), monday("09:30")).state

    again = now.request.with_impacts(now.impacts).returning(now.id, 2, Priority.P2, "ana", WHY)

    begun = opening(customers=again.customers, predecessor=again.predecessor, entry_level=again.entry_level)
    assert {"ACME": WORSE} == begun.state.impacts


def test_impacts_that_have_no_room_do_not_keep_a_case_from_coming_back() -> None:
    """The first of them go along."""
    accounts = [f"A{number}" for number in range(200)]
    request = an_escalation(customers=tuple(map(a_customer, accounts))).request
    long = CustomerWords("x" * 1000)

    again = request.with_impacts(dict.fromkeys(accounts, long))

    kept = [each.stated_impact for each in again.customers if each.stated_impact]
    assert 0 < len(kept) < 200
    assert sum(map(len, kept)) <= MOVE
    assert again == replace(request, customers=again.customers)
