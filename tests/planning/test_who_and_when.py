"""Open hours, acknowledgement, tiers and skills: from the playbook's words to the plan."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.policy.classification import Priority
from escalation.policy.plan import Basis, Plan
from planning.plan.compiler import compile_plan, recompile_plan
from planning.playbook.loader import examine_playbook
from tests.planning.builders import a_request, faults_with, playbook_of, reference_with, utc
from tests.said import said

NOW = utc("2026-11-20 16:30")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

JAKARTA = (
    "  office:\n",
    '  jakarta: {time_zone: Asia/Jakarta, weekly: {mon-fri: ["08:00-18:00"]}}\n  office:\n',
)
FIRST_LEVEL = "        window: 15 - 30 min\n"
EACH_LEVEL = "  unreached: stay "


def compiled(*changes: tuple[str, str], tier: str = "standard", **request: object) -> tuple[Plan, Priority]:
    contacts = [{"name": "Ana Lima", "email": "ana@acme.example"}]
    customers = [{"account": "acme", "tier": tier, "contacts": contacts}]
    playbook = playbook_of(reference_with(*changes))
    return compile_plan(playbook, a_request(customers=customers, **request), NOW)


@pytest.mark.parametrize(
    ("change", "priority", "level", "customer"),
    [
        (("    window_percent: 75", "    calendar: jakarta\n    window_percent: 75"), "jakarta", None, None),
        ((FIRST_LEVEL, f"{FIRST_LEVEL}        calendar: jakarta\n"), None, "jakarta", None),
        (("  gold: {}", "  gold: {calendar: jakarta}"), None, None, "jakarta"),
        (("tiers:\n", "accounts:\n  acme: {calendar: jakarta}\ntiers:\n"), None, None, "jakarta"),
        (("tiers:\n", "accounts:\n  other: {calendar: jakarta}\ntiers:\n"), None, None, None),
    ],
)  # fmt: skip
def test_a_calendar_is_chosen_per_priority_level_and_customer(
    change: tuple[str, str], priority: str | None, level: str | None, customer: str | None
) -> None:
    """
    CLOCK-5, MATRIX-7: and only those that some clock can count are compiled.
    """
    plan, _ = compiled(JAKARTA, change, tier="gold")

    assert (priority, level, customer) == (
        plan.priorities[Priority.P2].calendar,
        plan.levels[0].calendar,
        plan.customer_calendar,
    )
    assert {"office", priority, level, customer} - {None} == set(plan.calendars)


def test_levels_say_whose_acknowledgement_they_need_and_how_long_it_holds() -> None:
    """
    MATRIX-5, MATRIX-6: inherited like the rest.
    """
    said = "        acknowledge: all\n        ack_within: 10 min\n        ack_expires: 2 business h\n"
    first, second = compiled((FIRST_LEVEL, FIRST_LEVEL + said))[0].levels[:2]

    assert (True, True) == (first.asks_all, first.needs_all)
    assert first.ack_within
    assert (10 * MINUTE, Basis.PRIORITY) == (first.ack_within.after, first.ack_within.basis)
    assert first.ack_expires
    assert (2 * HOUR, Basis.OPEN_HOURS) == (first.ack_expires.after, first.ack_expires.basis)
    assert (False, None) == (second.asks_all, second.ack_within)
    assert second.ack_expires


@pytest.mark.parametrize(
    ("tier", "given", "priority", "level"),
    [
        ("standard", "P3", Priority.P3, 1),
        ("platinum", "P3", Priority.P2, 1),
        ("platinum", "P1", Priority.P1, 1),  # there is nothing above
        ("strategic", "P4", Priority.P3, 2),
    ],
)
def test_the_tier_of_a_customer_raises_the_priority(
    tier: str, given: str, priority: Priority, level: int
) -> None:
    """
    KIND-3: at the start.
    """
    plan, found = compiled(tier=tier, priority=given)

    assert (priority, level) == (found, plan.entry_level)


def test_the_tier_does_not_raise_what_comes_back_once_more() -> None:
    """
    CLOSE-9, KIND-3: it has the priority that its predecessor had.
    """
    back = {"predecessor": "ACME/4711@1", "entry_level": 2, "submitted_by": "elena"}

    assert Priority.P2 is compiled(tier="platinum", priority="P2", **back)[1]


def test_an_account_can_have_a_tier_whatever_the_request_says() -> None:
    """
    KIND-3: the playbook knows its customers better than a form.
    """
    _, priority = compiled(("tiers:\n", "accounts:\n  acme: {tier: platinum}\ntiers:\n"))

    assert Priority.P2 is priority


def test_a_tier_that_nobody_knows_is_refused() -> None:
    """
    START-6: it would silently change nothing.
    """
    with pytest.raises(BadRequest, match=r"customers.0.tier: given 'platinium'.*did you mean platinum"):
        compiled(tier="platinium")


def test_a_category_begins_at_its_own_level() -> None:
    """
    START-1: nobody is passed around.
    """
    change = ("      billing: {name: Billing or payment}", "      billing: {name: Billing, entry_level: 3}")

    assert 3 == compiled(change, category="billing")[0].entry_level
    assert 1 == compiled(change)[0].entry_level


def test_skills_lead_to_who_has_them() -> None:
    """
    KIND-2.
    """
    assert {"billing": "finance", "product": "hannah"} == compiled()[0].skills


def test_a_plan_compiled_later_knows_the_open_hours_since_the_start() -> None:
    """
    CLOCK-4: a rebase derives every due time from the original start, and who submitted it may have left.
    """
    opened_at, now = utc("2026-03-02 10:00"), NOW
    playbook = playbook_of(reference_with())
    gone = a_request(submitted_by="nobody")
    plan = recompile_plan(playbook, gone, opened_at, now)

    hours = plan.calendars["office"].hours
    assert datetime.fromtimestamp(hours.spans[0][0], tz=now.tzinfo) < opened_at
    assert hours.compiled_until > now + timedelta(days=80)


@pytest.mark.parametrize(
    ("change", "path", "given", "allowed"),
    [
        ((FIRST_LEVEL, f"{FIRST_LEVEL}        calendar: jakrta\n"), "levels.1.calendar", "'jakrta'", "office"),
        (("    basis: 24x7", "    basis: 24x7\n    calendar: ofice"), "priorities.P1.calendar", "'ofice'", "office"),
        (("  gold: {}", "  gold: {calendar: x}"), "tiers.gold.calendar", "'x'", "office"),
        (("tiers:\n", "accounts:\n  acme: {tier: silver}\ntiers:\n"), "accounts.acme.tier", "'silver'", "platinum"),
        (("  billing: finance", "  billing: finanse"), "skills.billing", "'finanse'", "finance"),
        (("  billing: finance", "  billing: agent"), "skills.billing", "several people", "one person, team"),
        (("at_most: 3 business days", "at_most: 3 days"), "at_most", "'3 days'", "business days or hours"),
        ((EACH_LEVEL, "  ask: in_turn\n  acknowledge: all\n" + EACH_LEVEL), "each_level.ask", "in_turn", "at_once"),
        (("ack_expires: 1 business day", "ack_expires: 1 day"), "each_level.ack_expires", "'1 day'", "business"),
        (("1, entry_level: 2}", "1, entry_level: 8}"), "tiers.strategic.entry_level", "8", "1 to 5"),
        (("{name: Billing or payment}", "{name: Billing, entry_level: 9}"), "billing.entry_level", "9", "1 to 7"),
        (("stops: [level_window, next_update", "stops: [pause, next_update"), "stops.0", "pause", "level_window"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(
    change: tuple[str, str], path: str, given: str, allowed: str
) -> None:
    """
    MATRIX-1: where, what was given, what is allowed.
    """
    fault = next(fault for fault in faults_with(change) if fault.location.endswith(path))

    assert given in said(fault.given)
    assert allowed in said(fault.allowed)


def test_a_pause_that_stops_all_work_for_good_is_a_warning(tmp_path: Path) -> None:
    """
    CLOCK-3: nobody is reminded while everything stands still.
    """
    path = tmp_path / "reference.yaml"
    path.write_text(reference_with(("\n    at_most: 3 business days", "\n    #")), encoding="utf-8")

    (caution,) = examine_playbook(path, NOW).warnings

    assert caution.location.endswith("pause_reasons.waiting_for_customer")
    assert "for as long as nobody ends it" in said(caution.given)
