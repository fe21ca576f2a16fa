"""
The start: what the core decides once the request was accepted (START, COMM-1, COMM-2, KIND-5).
"""

import pytest
from pydantic import ValidationError

from escalation.case.engine import decide
from escalation.case.levels import SponsorshipProposed
from escalation.case.lifecycle import State
from escalation.case.request import Channel, StartRequest
from escalation.case.start import Opened
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import faults_of
from escalation.kernel.values import from_plain
from escalation.notifications.notification import CustomerNotification
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.classification import EvidenceKind, Priority
from tests.builders import (
    JO,
    a_customer,
    a_request,
    all_delivered,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    monday,
    opening,
    the,
    to_customers,
    told,
)
from tests.said import lines, said


def test_a_start_tells_the_customer_the_contact_and_the_stakeholders() -> None:
    """
    START-1, COMM-1, COMM-2: receipt, assignment and first notification leave at once; nobody else is told.
    """
    decision = opening(priority="P2")

    assert [f"case_received: {JO}", "assigned: ana", "first_notification: ed, csm, ae"] == told(decision)
    assert ["opened"] == happened(decision)
    assert (State.STARTED, 1, "ana") == (
        decision.state.state,
        decision.state.level,
        decision.state.owner,
    )


@pytest.mark.parametrize(
    ("priority", "stakeholders"),
    [
        ("P1", "ed, csm, ae, ceo"),  # executives too
        ("P2", "ed, csm, ae"),
        ("P3", "ed"),
    ],
)
def test_high_priority_tells_more_stakeholders_at_once(priority: str, stakeholders: str) -> None:
    """
    COMM-2: the CSM, the AE and executives are among those told, on P1 and P2.
    """
    assert f"first_notification: {stakeholders}" in told(opening(priority=priority))


def test_the_receipt_says_what_was_understood_and_when_the_next_update_comes() -> None:
    """
    COMM-1: problem, priority, the SLA that applies, the owner, the next update.
    """
    facts = to_customers(opening(priority="P2"), "case_received").facts

    assert "Second delivery in a row is damaged" == facts.subject
    assert (Priority.P2, "Ana", "ACME/4711") == (facts.priority, facts.owner, facts.reference)
    assert (monday("10:00"), monday("17:00")) == (facts.next_update_at, facts.resolve_by)


def test_entry_clocks_run_side_by_side_from_the_start() -> None:
    """
    CLOCK-1, CLOCK-8: acknowledge, first notification, window, next update and resolution, by priority.
    """
    escalation = an_escalation(priority="P2")

    assert {
        ClockName.ACKNOWLEDGE: monday("09:15"),
        ClockName.FIRST_NOTIFICATION: monday("09:30"),
        ClockName.LEVEL_WINDOW: monday("09:30"),
        ClockName.NEXT_UPDATE: monday("10:00"),
        ClockName.RESOLUTION: monday("17:00"),  # 8 open hours
    } == {clock.name: clock.due_at for clock in escalation.clocks}


def test_p1_runs_around_the_clock_and_the_rest_in_open_hours() -> None:
    """
    MATRIX-7: a complaint late on Monday.
    """
    assert (
        monday("20:30")
        == clock(an_escalation(priority="P1", opened_at=monday("16:30")), ClockName.RESOLUTION).due_at
    )
    assert (
        at(1, "16:30")
        == clock(an_escalation(priority="P2", opened_at=monday("16:30")), ClockName.RESOLUTION).due_at
    )


def test_first_notice_is_met_when_it_has_reached_everybody() -> None:
    """
    COMM-2: its time is that of the last delivery, not of the moment at which we hear of it.
    """
    opened = an_escalation()
    everybody = all_delivered(opened, monday("09:01"))
    some = ReportDelivery(results=everybody.results[:-1])

    partly = decide(opened, some, monday("09:02")).state
    wholly = decide(partly, everybody, monday("09:03")).state

    assert (JO,) == partly.unnotified
    assert clock(partly, ClockName.FIRST_NOTIFICATION).is_running
    assert () == wholly.unnotified
    assert ("met", monday("09:01")) == (
        clock(wholly, ClockName.FIRST_NOTIFICATION).outcome,
        clock(wholly, ClockName.FIRST_NOTIFICATION).ended_at,
    )


def test_an_executive_threat_starts_at_the_executive_level() -> None:
    """
    KIND-5: straight to the executive level, and the account is proposed for sponsorship.
    """
    decision = opening(reason="executive_threat")

    assert (5, "dora") == (decision.state.level, decision.state.owner)
    assert ("ACME",) == the(SponsorshipProposed, decision).accounts
    assert [
        f"case_received: {JO}",
        "assigned: dora",
        "first_notification: ed",
        "sponsorship_proposed: ed",
    ] == told(decision)


@pytest.mark.parametrize(
    ("priority", "asked", "level"),
    [
        ("P3", None, 1),
        ("P3", 3, 3),  # a closed one is reopened a level higher (CLOSE-9)
        ("P1", None, 2),  # the priority enters higher (KIND-3)
        ("P1", 4, 4),
        ("P3", 99, 7),  # there is nothing above the last
    ],
)
def test_entry_level_is_the_highest_that_anything_asks_for(
    priority: str, asked: int | None, level: int
) -> None:
    """
    START-1, KIND-3, CLOSE-9.
    """
    assert level == an_escalation(priority=priority, level=asked).level


def test_a_start_without_evidence_asks_the_agent_for_it() -> None:
    """
    START-3: accepted, marked, and what is missing is asked of whoever handed it in.
    """
    decision = opening(evidence=[], submitted_by="ben")

    assert "evidence_wanted: ben" in told(decision)
    assert tuple(kind.replace("_", " ") for kind in EvidenceKind) == lines(
        internal(decision, "evidence_wanted").facts.items
    )


def test_a_start_carries_channel_predecessor_and_all_that_it_was_given() -> None:
    """
    START-1, START-2, START-4: the record keeps the request as it came.
    """
    request = a_request(
        channel="portal", predecessor="ACME/4711@0", services=["orders"], criteria=["funding", "staffing"]
    )

    opened = opening(
        channel="portal", predecessor="ACME/4711@0", services=["orders"], criteria=["funding", "staffing"]
    )

    assert request == the(Opened, opened).request
    assert Channel.PORTAL == opened.state.request.channel


def test_every_contact_of_every_affected_customer_is_told_once() -> None:
    """
    COMM-2: each affected customer; an address that is listed twice gets one message.
    """
    customers = (
        a_customer("ACME", "jo@acme.example", "li@acme.example", "jo@acme.example"),
        a_customer("BOLT"),
    )

    decision = opening(customers=customers)

    assert f"case_received: {JO}, ACME:li@acme.example, BOLT:jo@bolt.example" == told(decision)[0]
    assert all(
        len(set(notice.to)) == len(notice.to)
        for notice in decision.effects
        if isinstance(notice, CustomerNotification)
    )


def test_communication_begins_by_itself() -> None:
    """
    Section 11: receipt and first notifications are under way.
    """
    opened = an_escalation()
    decision = decide(opened, Tick(), monday("09:00"))

    assert monday("09:00") == opened.wake_at
    assert ["communication_begun"] == happened(decision)
    assert (State.COMMUNICATING, []) == (decision.state.state, told(decision))


def test_a_bad_request_is_refused_with_every_fault() -> None:
    """
    START-6: where, what was given, what is allowed; all at once.
    """
    with pytest.raises(ValidationError) as refused:
        from_plain(
            StartRequest,
            {"key": "no tenant", "subject": "", "reason": "bored", "customers": [], "colour": "red"},
        )

    faults = {fault.where: fault for fault in faults_of(refused.value)}
    assert {
        "key",
        "subject",
        "issue_type",
        "category",
        "priority",
        "reason",
        "submitted_by",
        "customers",
        "colour",
    } == set(faults)
    assert ("'bored'", True) == (
        faults["reason"].given,
        "'dissatisfied_customer'" in said(faults["reason"].allowed),
    )
    assert "nothing" == said(faults["category"].given)
    assert "no field of this name exists here" == said(faults["colour"].allowed)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"priority": None}, "either a priority, or both impact and urgency"),
        ({"priority": None, "impact": "high"}, "either a priority, or both impact and urgency"),
        ({"customers": (a_customer(), a_customer())}, "each account once; given twice: ACME"),
        ({"linked_tickets": ["INC-1", "INC-1"]}, "each linked record once; given twice: INC-1"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused(changes: dict[str, object], says: str) -> None:
    """
    START-2, START-6.
    """
    with pytest.raises(ValidationError, match=says):
        a_request(**changes)
