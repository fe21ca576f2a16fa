"""Rules for messages in a playbook: quiet hours, urgent addresses, limits (COMM-11, COMM-12)."""

from datetime import timedelta

import pytest

from escalation.policy.limit_text import parse_limit
from escalation.policy.people import Contact
from escalation.policy.preferences import Limit, Preferences
from planning.plan.compiler import compile_plan
from planning.plan.contacts import contact_of
from tests.planning.builders import a_request, faults_with, playbook_of, reference_with, utc
from tests.said import said

TEN_MINUTES = timedelta(minutes=10)
TEAM = "members: [maya, tom], addresses: [email:call.centre@example.com]"
MAYA = "roles: [agent], addresses: [email:maya.okafor@example.com]"


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("5 per 10 min", Limit(at_most=5, within=TEN_MINUTES)),
        ("1/h", Limit(at_most=1, within=timedelta(hours=1))),
        ("200 per 7 days", Limit(at_most=200, within=timedelta(days=7))),
    ],
)
def test_a_limit_is_a_number_and_a_time(written: str, limit: Limit) -> None:
    """
    COMM-12: as people say it.
    """
    assert limit == parse_limit(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "5",
        "0 per 10 min",
        "201 per 1 h",
        "5 per",
        "5 per 0 min",
        "5 per 8 days",
        "5 per 2 business h",
        "a per b",
    ],
)
def test_what_is_no_limit_is_refused_with_what_is_one(written: str) -> None:
    """
    A limit that lets nothing through would lose every message.
    """
    with pytest.raises(ValueError, match=r"5 per 10 min"):
        parse_limit(written)


def told(who: str, *changes: tuple[str, str]) -> Contact:
    return contact_of(playbook_of(reference_with(*changes)), who)


def test_a_person_is_told_as_they_ask() -> None:
    """
    COMM-11: each in their own way; a team too.
    """
    maya = told(
        "maya",
        (
            MAYA,
            f'{MAYA}, urgent_addresses: ["console:maya"], quiet_hours: "22:00-07:00", at_most: 5 per 10 min',
        ),
    )

    assert maya.preferences == maya.recipient.preferences
    assert maya.preferences == Preferences(
        urgent_addresses=("console:maya",),
        quiet_hours={"mon-sun": ("22:00-07:00",)},
        limits=(Limit(at_most=5, within=TEN_MINUTES),),
    )
    team = told(
        "call_centre", (TEAM, f'{TEAM}, quiet_hours: {{mon-fri: ["20:00-08:00"], sat: "00:00-24:00"}}')
    )
    assert team.preferences
    assert {"mon-fri": ("20:00-08:00",), "sat": ("00:00-24:00",)} == team.preferences.quiet_hours


def test_who_asks_for_nothing_costs_nothing() -> None:
    """
    A plan that needs no preferences carries none.
    """
    assert told("maya").preferences is None


def test_limits_for_all_hold_where_nothing_nearer_is_said() -> None:
    """
    COMM-12: the playbook's for all, a person's own before it, those of channels beside both.
    """
    messages = ("duties:\n", "messages: {at_most: 20 per 1 h, channels: {slack: 2 per 1 h}}\n\nduties:\n")
    of_slack = Limit(at_most=2, within=timedelta(hours=1), channel="slack")

    everybody = told("maya", messages).preferences
    own = told("maya", messages, (MAYA, f"{MAYA}, at_most: [1 per 1 min, 5 per 10 min]")).preferences
    without = told("maya", messages, (MAYA, f"{MAYA}, at_most: []")).preferences

    assert everybody == Preferences(limits=(Limit(at_most=20, within=timedelta(hours=1)), of_slack))
    one, five = Limit(at_most=1, within=timedelta(minutes=1)), Limit(at_most=5, within=TEN_MINUTES)
    assert own == Preferences(limits=(one, five, of_slack))
    assert without == Preferences(limits=(of_slack,))


def test_customers_are_told_as_the_playbook_says() -> None:
    """
    COMM-11: pinned in the plan; each contact's time zone is their own.
    """
    messages = (
        'messages: {at_most: 20 per 1 h, customers: {quiet_hours: "21:00-08:00", at_most: 3 per 1 h}}\n'
    )
    playbook = playbook_of(reference_with(("duties:\n", f"{messages}\nduties:\n")))

    plan, _ = compile_plan(playbook, a_request(), utc("2026-11-20 16:30"))

    assert plan.customer_preferences == Preferences(
        quiet_hours={"mon-sun": ("21:00-08:00",)}, limits=(Limit(at_most=3, within=timedelta(hours=1)),)
    )


@pytest.mark.parametrize(
    ("more", "path", "allowed"),
    [
        ('quiet_hours: "22:00"', "people.maya.quiet_hours", "hours such as 09:00-17:00"),
        ('quiet_hours: {some: "22:00-07:00"}', "people.maya.quiet_hours", "mon-fri or sat,sun"),
        # never told anything but P1: probably a mistake, and nothing else would ever arrive
        ('quiet_hours: "00:00-24:00"', "people.maya.quiet_hours", "some time that is not quiet"),
        ('quiet_hours: "07:00-22:00, 22:00-07:00"', "people.maya.quiet_hours", "hours such as"),
        (
            'quiet_hours: ["07:00-22:00", "22:00-07:00"]',
            "people.maya.quiet_hours",
            "some time that is not quiet",
        ),
        ("at_most: 5", "people.maya.at_most", "5 per 10 min"),
        ("at_most: 0 per 1 h", "people.maya.at_most", "5 per 10 min"),
        ("urgent_addresses: [pigeon:maya]", "people.maya.urgent_addresses", "channel:target"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_place(more: str, path: str, allowed: str) -> None:
    """
    START-6: which field, what was given, what is allowed.
    """
    (fault,) = faults_with((MAYA, f"{MAYA}, {more}"))

    assert fault.location.startswith(f"reference.yaml: {path}") or path in fault.location
    assert allowed in said(fault.allowed)


@pytest.mark.parametrize(
    ("hours", "path"),
    [
        ('"22:00-27:00"', "quiet_hours"),
        ('{mon-fri: "22:00-27:00"}', "quiet_hours.mon-fri.0"),
    ],
)
def test_a_fault_of_quiet_hours_is_told_where_it_was_written(hours: str, path: str) -> None:
    """
    START-6: no days that nobody wrote.
    """
    (fault,) = faults_with((MAYA, f"{MAYA}, quiet_hours: {hours}"))

    assert fault.location.endswith(f" people.maya.{path}")
