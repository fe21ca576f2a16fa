"""
From the reference playbook and a request to a plan.
"""

from datetime import timedelta
from hashlib import sha256

import pytest

from escalation.case.clock_table import CLOCKS
from escalation.case.lifecycle import Move
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest, RoleNotAllowed
from escalation.kernel.values import from_json, to_json
from escalation.policy.classification import Degree, Priority
from escalation.policy.plan import Basis, Plan, Unreached
from escalation.sponsorship.clock_table import CLOCKS as SPONSORSHIP_CLOCKS
from planning.plan.compiler import check_request, compile_plan
from planning.playbook.value_types import SPECIAL_ROLES
from tests.planning.builders import (
    REFERENCE,
    a_request,
    playbook_of,
    reference_with,
    shipped,
    the_reference,
    utc,
)

NOW = utc("2026-11-20 16:30")
DAY, HOUR, MINUTE, SECOND = timedelta(hours=8), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def the_plan(*changes: tuple[str, str], **request: object) -> Plan:
    playbook = playbook_of(reference_with(*changes))
    return compile_plan(playbook, a_request(**request), NOW)[0]


def test_the_reference_matrix_is_that_of_the_process() -> None:
    """
    MATRIX-8: seven levels with their windows; a business day is worth eight hours here.
    """
    windows = [level.window for level in the_plan().levels]

    assert [
        (15 * MINUTE, 30 * MINUTE, False),
        (30 * MINUTE, 1 * HOUR, False),
        (1 * HOUR, 2 * HOUR, False),
        (2 * HOUR, 5 * HOUR, False),
        (24 * HOUR, 48 * HOUR, True),
        (24 * HOUR, 72 * HOUR, True),
        None,
    ] == [
        window and (window.minimum, window.maximum, window.basis is Basis.BUSINESS_DAYS) for window in windows
    ]


def test_each_level_of_the_reference_has_its_responses_and_triggers() -> None:
    """
    MATRIX-8: as many as the table has.
    """
    levels = the_plan().levels

    assert [1, 3, 5, 3, 2, 4, 4] == [len(level.responses) for level in levels]
    assert [2, 2, 4, 4, 3, 1, 0] == [len(level.triggers) for level in levels]
    assert [1, 2, 3, 4, 5, 6, 7] == [level.number for level in levels]
    assert all(level.managers == ("elena",) for level in levels)


@pytest.mark.parametrize(
    ("priority", "clock", "after", "basis"),
    [
        (Priority.P1, ClockName.FIRST_NOTIFICATION, 15 * MINUTE, Basis.PRIORITY),
        (Priority.P2, ClockName.FIRST_NOTIFICATION, 30 * MINUTE, Basis.AROUND_THE_CLOCK),
        (Priority.P3, ClockName.FIRST_NOTIFICATION, 60 * MINUTE, Basis.AROUND_THE_CLOCK),
        (Priority.P4, ClockName.FIRST_NOTIFICATION, 1 * 24 * HOUR, Basis.BUSINESS_DAYS),
        (Priority.P1, ClockName.NEXT_UPDATE, 30 * MINUTE, Basis.PRIORITY),
        (Priority.P2, ClockName.NEXT_UPDATE, 1 * HOUR, Basis.PRIORITY),
        (Priority.P3, ClockName.NEXT_UPDATE, 4 * HOUR, Basis.OPEN_HOURS),
        (Priority.P4, ClockName.NEXT_UPDATE, 1 * 24 * HOUR, Basis.BUSINESS_DAYS),
        (Priority.P1, ClockName.ACKNOWLEDGE, 5 * MINUTE, Basis.PRIORITY),
        (Priority.P2, ClockName.ACKNOWLEDGE, 15 * MINUTE, Basis.PRIORITY),
        (Priority.P3, ClockName.ACKNOWLEDGE, 30 * MINUTE, Basis.PRIORITY),
        (Priority.P4, ClockName.ACKNOWLEDGE, 4 * HOUR, Basis.OPEN_HOURS),
        (Priority.P1, ClockName.RESOLUTION, 4 * HOUR, Basis.PRIORITY),
        (Priority.P2, ClockName.RESOLUTION, 8 * HOUR, Basis.PRIORITY),
        (Priority.P3, ClockName.RESOLUTION, 3 * 24 * HOUR, Basis.BUSINESS_DAYS),
        (Priority.P4, ClockName.RESOLUTION, 10 * 24 * HOUR, Basis.BUSINESS_DAYS),
        # three days by the calendar, not of eight hours
        (Priority.P1, ClockName.INTERNAL_RCA, 72 * HOUR, Basis.CALENDAR_DAYS),
        (Priority.P2, ClockName.INTERNAL_RCA, 5 * 24 * HOUR, Basis.BUSINESS_DAYS),
        (Priority.P1, ClockName.CUSTOMER_RCA, 2 * 24 * HOUR, Basis.BUSINESS_DAYS),
    ],
)
def test_the_reference_targets_are_the_defaults_of_the_process(
    priority: Priority, clock: ClockName, after: timedelta, basis: Basis
) -> None:
    """
    CLOCK-8: the table of defaults.
    """
    target = the_plan().priorities[priority].targets[clock]

    assert after == target.after
    assert basis is target.basis
    assert (50, 75, 90) == target.thresholds


def test_only_the_first_priority_runs_around_the_clock() -> None:
    """
    MATRIX-7, CLOSE-2: P1 in calendar hours, the rest in business hours; an RCA for P1 and P2.
    """
    priorities = the_plan().priorities

    assert [False, True, True, True] == [priorities[each].business_hours for each in Priority]
    assert [True, True, False, False] == [priorities[each].rca_required for each in Priority]


def test_every_priority_has_a_target_for_every_clock() -> None:
    """
    CLOCK-1: whatever runs has a due time; our own people are promised updates where it is urgent (COMM-3).
    """
    ours = ClockName.INTERNAL_UPDATE
    agreed = {name for name, row in CLOCKS.items() if row.is_agreed}
    elsewhere = {ClockName.LEVEL_WINDOW, ClockName.CUSTOMER_TEXT, ours, *SPONSORSHIP_CLOCKS}
    wanted = set(ClockName) - elsewhere - agreed

    rules = the_plan().priorities
    assert all(wanted == set(each.targets) - {ours} for each in rules.values())
    assert {Priority.P1, Priority.P2} == {
        priority for priority, each in rules.items() if ours in each.targets
    }


def test_roles_become_people() -> None:
    """
    COMM-2: on P1 the CSM, the account executive and the executives are among those told at the start.
    """
    plan = the_plan()

    assert ("elena", "chloe", "ben", "ingrid") == plan.priorities[Priority.P1].stakeholders
    assert ("aisha",) == plan.architects
    assert ("kemal",) == plan.problem_coordinators
    assert ("elena",) == plan.escalation_managers == plan.rca_approvers


def test_everybody_whom_the_plan_names_is_in_it() -> None:
    """
    ROLE-1: who is told, who may move, and who is a member; nobody is named without being known.
    """
    plan = the_plan()
    named = {*plan.architects, *plan.problem_coordinators, *plan.bring_in, *plan.rca_approvers, "maya"}
    named |= {member for contact in plan.contacts for member in contact.members}
    for level in plan.levels:
        named |= {*level.contacts, *level.managers}
    held = {role for contact in plan.contacts for role in contact.roles} | {*SPECIAL_ROLES}

    assert all(plan.knows(each) for each in named)
    assert all(set(roles) <= held for roles in plan.permissions.values())
    assert ("de_escalation_architect",) == plan.permissions[Move.VERIFY_RESOLUTION]


def test_people_who_are_not_needed_stay_out() -> None:
    """
    A plan is pinned for months: it holds whom this escalation can need, and no others.
    """
    more = "people:\n  zoe: {name: Zoe Brandt, roles: [translator]}\n"

    assert not the_plan(("people:\n", more)).knows("zoe")
    assert the_plan(("people:\n", more), submitted_by="zoe").knows("zoe")


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        (Degree.HIGH, Degree.HIGH, Priority.P1),
        (Degree.HIGH, Degree.LOW, Priority.P3),
        (Degree.MEDIUM, Degree.HIGH, Priority.P2),
        (Degree.LOW, Degree.LOW, Priority.P4),
    ],
)
def test_priority_follows_from_impact_and_urgency(
    impact: Degree, urgency: Degree, priority: Priority
) -> None:
    """
    START-2: where the request gives none.
    """
    request = a_request(priority=None, impact=impact, urgency=urgency)

    assert priority is compile_plan(the_reference(), request, NOW)[1]


def test_a_given_priority_stands() -> None:
    """
    START-2: impact and urgency do not overrule it.
    """
    request = a_request(priority=Priority.P2, impact=Degree.LOW, urgency=Degree.LOW)

    assert Priority.P2 is compile_plan(the_reference(), request, NOW)[1]


def test_every_fault_of_a_request_is_told_at_once() -> None:
    """
    START-6: which field, what was given, what is allowed, what was probably meant.
    """
    contact = {"name": "Ana", "email": "ana@acme.example", "time_zone": "Europe/Londn"}
    request = a_request(
        issue_type="customer_service_request",
        category="complain",
        submitted_by="myaa",
        customers=[{"account": "acme", "contacts": [contact]}],
    )

    with pytest.raises(BadRequest) as refused:
        compile_plan(the_reference(), request, NOW)

    assert [
        ("issue_type", "customer_service_requests"),
        ("category", "complaint"),
        ("submitted_by", "maya"),
        ("customers.0.contacts.0.time_zone", "Europe/London"),
    ] == [(fault.where, fault.suggestion) for fault in refused.value.faults]


def test_an_unknown_category_is_refused_with_those_of_its_issue_type() -> None:
    """
    START-6.
    """
    with pytest.raises(
        BadRequest, match="category: given 'refund'; allowed: of customer_service_requests: complaint"
    ):
        compile_plan(the_reference(), a_request(category="refund"), NOW)


def test_the_plan_names_the_playbook_that_it_comes_from() -> None:
    """
    RECORD-1: name, version and the digest of the file's bytes.
    """
    digest = sha256(REFERENCE.read_bytes()).hexdigest()

    pinned = compile_plan(the_reference(), a_request(), NOW)[0].playbook

    assert ("Reference", "1.0", digest) == (pinned.name, pinned.version, pinned.sha256)


def test_open_hours_follow_the_calendar() -> None:
    """
    CLOCK-5: London, nine to five; closed on own dates.
    """
    plan = the_plan()
    spans = plan.calendars["office"].hours.spans
    christmas = int(utc("2026-12-25 09:00").timestamp())

    assert (int(utc("2026-11-20 09:00").timestamp()), int(utc("2026-11-20 17:00").timestamp())) in spans
    assert christmas not in {start for start, _ in spans}
    assert DAY == plan.calendars["office"].hours.business_day
    assert plan.extend_at > NOW + timedelta(days=40)


def test_a_level_overrides_only_what_differs() -> None:
    """
    MATRIX-1: playbook, issue type and category; the nearer one wins, field by field.
    """
    category = """      lost_parcel:
        name: Lost parcel
        each_level: {unreached: skip}
        levels:
          1: {window: 5 - 10 min, unreached: stay}
          2: {contacts: [jonas, finance]}
"""
    plan = the_plan(("      complaint: {", category + "      complaint: {"), category="lost_parcel")
    first, second, third = plan.levels[:3]

    assert ("Call centre representative", ("call_centre",)) == (first.name, first.contacts)
    assert first.window
    assert 10 * MINUTE == first.window.maximum
    assert Unreached.STAY is first.unreached
    assert ("jonas", "finance") == second.contacts
    assert Unreached.SKIP is second.unreached is third.unreached
    assert ("elena",) == third.managers
    assert third.responses == the_plan().levels[2].responses


def test_a_level_can_fall_back_on_somebody() -> None:
    """
    MATRIX-5: by id, or by a role that one person has.
    """
    plan = the_plan(
        ("contacts: [daniel]", "contacts: [daniel]\n        unreached: fallback\n        fallback: executive")
    )

    assert (Unreached.FALLBACK, "ingrid") == (plan.levels[4].unreached, plan.levels[4].fallback)


def test_a_plan_survives_json() -> None:
    """The pinned plan is the compiled one."""
    plan = the_plan()

    assert plan == from_json(Plan, to_json(plan))


def test_a_plan_is_small() -> None:
    """The plan travels, packed, with every new run of an escalation."""
    assert len(the_plan().packed) < 6_000


def test_the_demo_rises_every_few_seconds_at_first() -> None:
    """
    The demo is the reference playbook in seconds, around the clock.
    """
    plan, _ = compile_plan(shipped("demo.yaml"), a_request(), NOW)
    windows = [level.window for level in plan.levels[:4] if level.window]

    assert [2 * SECOND, 3 * SECOND, 4 * SECOND] == [window.maximum for window in windows[:3]]
    assert [SECOND] * 3 == [window.minimum for window in windows[:3]]
    assert windows[3].minimum > 90 * SECOND
    assert not any(rules.business_hours for rules in plan.priorities.values())
    assert plan.levels[0].responses == the_plan().levels[0].responses


def test_who_may_not_reopen_may_not_enter_higher_either() -> None:
    """
    CLOSE-9: a return starts one level higher; that is for those who may reopen, and no level is beyond the ladder.
    """
    returning = {"predecessor": "ACME/4711@1", "entry_level": 3}

    assert the_plan(submitted_by="elena", **returning).levels
    with pytest.raises(
        RoleNotAllowed, match="Tom Lindqvist may not reopen; roles that may: de_escalation_architect"
    ):
        the_plan(submitted_by="tom", **returning)
    with pytest.raises(BadRequest, match="entry_level: given 99; allowed: 1 to 7"):
        the_plan(submitted_by="elena", entry_level=99)


def test_an_outage_of_another_tenant_is_joined_where_the_playbook_shares_it() -> None:
    """
    START-5: else what is told there would reach the customers of a stranger.
    """
    own, other = a_request(outage="ACME/outage"), a_request(outage="OPS/outage")
    shared = the_reference().model_copy(update={"shared_outages": ("OPS",)})

    check_request(the_reference(), own)
    check_request(shared, other)
    with pytest.raises(BadRequest, match="an outage of its own tenant, ACME/…") as refused:
        check_request(the_reference(), other)
    assert ["outage"] == [fault.where for fault in refused.value.faults]
