"""
The impact on the customer's business in their words, and estimates in updates (TALK-6).
"""

from typing import Any

import pytest

from escalation.case.engine import decide
from escalation.case.merge import hand_over_to
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.state_impact import ImpactStated, StateImpact
from escalation.case.next_update import UpdateSent
from escalation.case.state import Escalation
from escalation.case.view import view
from escalation.kernel.refusals import BadRequest, RoleNotAllowed, UnknownName
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.notifications.notification import CustomerNotification
from escalation.policy.classification import CancelCause, Degree, EscalationReason
from escalation.policy.plan import Target, TextApproval
from tests.builders import (
    HOUR,
    JO,
    a_customer,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    internal,
    monday,
    notices,
    the,
    to_customers,
    told,
)
from tests.said import said

FIVE, SIX = monday("17:00"), monday("18:00")


def an_impact(account: str = "ACME", by: str = "ben", impact: str = "We cannot sell") -> StateImpact:
    return StateImpact(by=by, account=account, impact=CustomerWords(impact))


def an_update(**changes: Any) -> SendUpdate:
    return SendUpdate(**{"by": "ana", "customer_text": CustomerText("We look into it.")} | changes)


# The impact.


@pytest.mark.parametrize("by", ["ben", JO])
def test_the_owner_hears_of_the_impact_and_nobody_else(by: str) -> None:
    """
    TALK-6: stated by the customer, or by an agent in their words.
    """
    decision = decide(an_escalation(), an_impact(by=by), monday("09:05"))

    assert ["customer_message: ana"] == told(decision)
    assert {"ACME": "We cannot sell"} == view(decision.state).impacts
    assert "We cannot sell" == the(ImpactStated, decision).added


def test_the_latest_impact_replaces_the_one_before() -> None:
    now = after(an_escalation(), monday("09:05"), an_impact(), an_impact(impact="We can, by phone"))

    assert {"ACME": "We can, by phone"} == now.impacts


@pytest.mark.parametrize(
    ("command", "refusal"), [(an_impact("BOLT"), UnknownName), (an_impact("GLOBEX", by=JO), RoleNotAllowed)]
)
def test_an_impact_is_of_an_affected_customer(command: StateImpact, refusal: type[Exception]) -> None:
    now = an_escalation(customers=[a_customer("ACME"), a_customer("GLOBEX")])

    with pytest.raises(refusal):
        decide(now, command, monday("09:05"))


def test_each_customer_reads_their_own_impact_and_never_that_of_another() -> None:
    """
    TALK-6: three customers of one outage, of whom one has stated nothing.
    """
    customers = [a_customer("ACME"), a_customer("GLOBEX"), a_customer("HOOLI")]
    now = after(
        an_acknowledged(customers=customers),
        monday("09:05"),
        an_impact("ACME"),
        an_impact("GLOBEX", impact="Trucks queue"),
    )

    decision = decide(now, an_update(), monday("09:10"))

    read = {
        to.speaks_for[0]: notice.facts.impact
        for notice in notices(decision.effects)
        if isinstance(notice, CustomerNotification)
        for to in notice.to
    }
    assert {"ACME": "We cannot sell", "GLOBEX": "Trucks queue", "HOOLI": None} == read


def test_our_people_read_the_impact_when_they_are_brought_in() -> None:
    """
    TALK-6: of several customers with whose it is.
    """
    customers = [a_customer("ACME"), a_customer("GLOBEX")]
    now = after(an_acknowledged(customers=customers), monday("09:05"), an_impact())

    decision = decide(now, RaiseLevel(by="ana", reason=EscalationReason.OTHER), monday("09:10"))

    assert ("ACME: We cannot sell",) == tuple(map(said, internal(decision, "assigned").facts.impacts))


# Estimates.


def test_an_update_carries_an_estimate() -> None:
    """
    TALK-6: by when, and how sure.
    """
    decision = decide(an_acknowledged(), an_update(estimate=FIVE, sure=Degree.HIGH), monday("09:10"))

    facts = to_customers(decision, "update").facts
    assert (FIVE, Degree.HIGH, None) == (facts.estimate, facts.estimate_sure, facts.estimate_before)
    estimate = view(decision.state).estimate
    assert estimate is not None
    assert FIVE == estimate.solved_by
    assert "solution expected by" in said(the(UpdateSent, decision).sentence())


def test_a_changed_estimate_says_that_it_changed_and_why() -> None:
    now = after(an_acknowledged(), monday("09:05"), an_update(estimate=FIVE))

    with pytest.raises(BadRequest, match="estimate_why: given nothing"):
        decide(now, an_update(estimate=SIX), monday("09:10"))
    why = CustomerText("The vendor is late.")
    facts = to_customers(
        decide(now, an_update(estimate=SIX, estimate_why=why), monday("09:10")), "update"
    ).facts

    assert (SIX, FIVE, "The vendor is late.") == (facts.estimate, facts.estimate_before, facts.estimate_why)


def test_the_same_estimate_needs_no_reason_and_an_update_without_one_keeps_it() -> None:
    now = after(an_acknowledged(), monday("09:05"), an_update(estimate=FIVE))

    again = to_customers(decide(now, an_update(estimate=FIVE), monday("09:10")), "update").facts
    without = decide(now, an_update(), monday("09:10"))

    assert (FIVE, None) == (again.estimate, again.estimate_before)
    assert to_customers(without, "update").facts.estimate is None
    assert without.state.estimate == now.estimate


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"estimate": monday("09:10")}, "estimate: given 2026-03-02"),  # it is past
        (
            {"estimate": FIVE, "customer_text": None, "internal_note": InternalText("x")},
            "customer_text: given",
        ),
    ],
)
def test_an_estimate_that_nobody_can_use_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadRequest, match=fault):
        decide(an_acknowledged(), an_update(**changes), monday("09:10"))


def test_an_estimate_waits_with_its_text_for_approval() -> None:
    """
    TALK-6, COMM-6: customers know it, and it can be replaced, once the text has left.
    """
    approval = TextApproval(approvers=("mia",), within=Target(after=HOUR))
    waits = decide(_one_that(text_approval=approval), an_update(estimate=FIVE), monday("09:10"))

    assert waits.state.estimate is None
    assert "solution expected by" in said(internal(waits, "text_approval_wanted").facts.why)
    sent = decide(waits.state, ApproveText(by="mia"), monday("09:15"))
    assert FIVE == to_customers(sent, "update").facts.estimate


def _one_that(**plan: Any) -> Escalation:
    return an_acknowledged(plan=a_plan(**plan))


def test_an_impact_goes_along_when_one_escalation_goes_over_into_another() -> None:
    now = after(an_acknowledged(), monday("09:05"), an_impact())
    merge = Cancel(by="ed", cause=CancelCause.MERGED, into="ACME/99", why=InternalText("the same"))

    assert {"ACME": "We cannot sell"} == hand_over_to(now, merge).impacts
