"""
The plan of the reference matrix, compact, and the days on which tests happen.

Seven levels, open Monday to Friday from 09:00 to 17:00 UTC. P1 runs around the clock, the others in open hours.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.case.lifecycle import Move
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import from_plain
from escalation.policy.classification import Priority
from escalation.policy.people import Contact, ContactKind
from escalation.policy.plan import (
    Basis,
    Calendar,
    Level,
    PausePolicy,
    Plan,
    PlaybookRef,
    PriorityPolicy,
    SurveyPolicy,
    Target,
    Trigger,
    Window,
)

FIRST_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
THE_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""The Monday on which tests happen."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BUSINESS_DAY = 8 * HOUR


def at(day: int, clock: str) -> datetime:
    """*clock* ("09:30") on the day that comes *day* days after the Monday."""
    hours, minutes = clock.split(":")
    return THE_MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def monday(clock: str) -> datetime:
    return at(0, clock)


def tuesday(clock: str) -> datetime:
    return at(1, clock)


def friday(clock: str) -> datetime:
    return at(4, clock)


def weekdays(opens: int = 9, closes: int = 17, weeks: int = 52, first: datetime = FIRST_MONDAY) -> OpenHours:
    """Monday to Friday from *opens* to *closes*, in UTC."""
    days = (first + timedelta(days=day) for day in range(7 * weeks) if day % 7 < 5)
    spans = ((day + opens * HOUR, day + closes * HOUR) for day in days)
    return OpenHours(
        steps=OpenHours.steps_of((int(start.timestamp()), int(end.timestamp())) for start, end in spans),
        compiled_until=first + timedelta(weeks=weeks),
        business_day=(closes - opens) * HOUR,
    )


_ROLES = {
    "ana": "agent",
    "ben": "agent",
    "mia": "support_manager",
    "max": "account_manager",
    "sol": "sales_manager",
    "dora": "director",
    "stan": "stakeholder",
    "ceo": "senior_management",
    "ed": "escalation_manager",
    "ari": "architect",
    "cora": "problem_coordinator",
    "eva": "engagement_manager",
    "pia": "approver",
    "csm": "csm",
    "ae": "account_executive",
    "fay": "finance",
    "nils": "night_duty",
}

PEOPLE = (
    *(
        Contact(id=id_, name=id_.title(), roles=(role,), addresses=(f"email:{id_}@example.com",))
        for id_, role in _ROLES.items()
    ),
    Contact(id="duty", name="Duty desk", kind=ContactKind.ROTA, members=("nils", "fay")),
    Contact(
        id="finance",
        name="Finance",
        kind=ContactKind.TEAM,
        members=("fay",),
        addresses=("email:finance@example.com",),
    ),
)

_CONTACTS = (("ana", "ben"), ("mia",), ("max",), ("sol",), ("dora",), ("stan",), ("ceo",))
_MANAGERS = ("mia", "max", "sol", "dora", "stan", "ceo", "ed")


def a_window(minimum: timedelta, maximum: timedelta, basis: Basis = Basis.PRIORITY) -> Window:
    return Window(minimum=minimum, maximum=maximum, basis=basis)


_WINDOWS = (
    a_window(15 * MINUTE, 30 * MINUTE),
    a_window(30 * MINUTE, 1 * HOUR),
    a_window(1 * HOUR, 2 * HOUR),
    a_window(2 * HOUR, 5 * HOUR),
    a_window(1 * DAY, 2 * DAY, Basis.BUSINESS_DAYS),
    a_window(1 * DAY, 3 * DAY, Basis.BUSINESS_DAYS),
    None,
)
_RESPONSES = (
    ("hear the customer out", "write down what happened"),
    ("try a solution", "collect contact details", "follow up after internal review"),
    ("review the account", "outline a resolution plan"),
    ("investigate further", "offer a financial incentive"),
    ("apologise", "ask for feedback"),
    ("review earlier attempts", "offer refund or cancellation"),
    ("sign off the plan",),
)
_TRIGGERS = (
    (Trigger(name="cannot_solve"), Trigger(name="asks_for_manager", says="the customer asks for a manager")),
    (Trigger(name="solution_failed"),),
    (Trigger(name="account_closure_threatened"),),
    (Trigger(name="privacy_at_risk", to_level=6), Trigger(name="formal_complaint")),
    (Trigger(name="refund_demanded"),),
    (Trigger(name="approval_needed"),),
    (),
)


def a_level(number: int, **changes: Any) -> Level:
    """Return that level of the reference matrix."""
    index = number - 1
    return from_plain(
        Level,
        {
            "number": number,
            "name": f"level {number}",
            "contacts": _CONTACTS[index],
            "window": _WINDOWS[index],
            "responses": _RESPONSES[index],
            "triggers": _TRIGGERS[index],
            "managers": (_MANAGERS[index],),
        }
        | changes,
    )


def levels_with(number: int, **changes: Any) -> tuple[Level, ...]:
    """All seven, the one of that *number* changed."""
    return tuple(a_level(each, **(changes if each == number else {})) for each in range(1, 8))


def _target(after: timedelta, *thresholds: int, basis: Basis = Basis.PRIORITY) -> Target:
    return Target(after=after, thresholds=thresholds, basis=basis)


def _rules(
    acknowledge: timedelta,
    first_notification: timedelta,
    next_update: timedelta,
    resolution: timedelta,
    internal_rca: timedelta,
    **rules: Any,
) -> PriorityPolicy:
    targets = {
        ClockName.ACKNOWLEDGE: _target(acknowledge),
        ClockName.FIRST_NOTIFICATION: _target(first_notification),
        ClockName.NEXT_UPDATE: _target(next_update, 50),
        ClockName.RESOLUTION: _target(resolution, 50, 75, 90),
        ClockName.VERIFICATION: _target(4 * HOUR, 50),
        ClockName.INTERNAL_RCA: _target(internal_rca, 50, 75, 90),
        ClockName.CUSTOMER_RCA: _target(2 * DAY, 50, basis=Basis.BUSINESS_DAYS),
        ClockName.CLOSING: _target(2 * DAY, 50, basis=Basis.BUSINESS_DAYS),
    }
    return PriorityPolicy(targets=targets, **rules)


PRIORITIES = {
    Priority.P1: _rules(
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        4 * HOUR,
        3 * DAY,
        business_hours=False,
        stakeholders=("ed", "csm", "ae", "ceo"),
        entry_level=2,
        window_percent=50,
        rca_required=True,
    ),
    Priority.P2: _rules(
        15 * MINUTE,
        30 * MINUTE,
        1 * HOUR,
        8 * HOUR,
        5 * BUSINESS_DAY,
        business_hours=True,
        stakeholders=("ed", "csm", "ae"),
        rca_required=True,
    ),
    Priority.P3: _rules(
        30 * MINUTE,
        1 * HOUR,
        4 * HOUR,
        3 * BUSINESS_DAY,
        5 * BUSINESS_DAY,
        business_hours=True,
        stakeholders=("ed",),
    ),
    Priority.P4: _rules(
        4 * HOUR,
        1 * BUSINESS_DAY,
        1 * BUSINESS_DAY,
        10 * BUSINESS_DAY,
        5 * BUSINESS_DAY,
        business_hours=True,
    ),
}


def priorities_with(priority: Priority, **changes: Any) -> dict[Priority, PriorityPolicy]:
    """All four, one of them changed; ``targets`` are added to those that it has."""
    rules = PRIORITIES[priority]
    if "targets" in changes:
        changes["targets"] = rules.targets | changes["targets"]
    return PRIORITIES | {priority: replace(rules, **changes)}


A_SURVEY = SurveyPolicy(within=_target(5 * DAY, basis=Basis.BUSINESS_DAYS))
"""Answers are taken for five business days; 2 is a low score, and reopens nothing."""


def a_plan(*, open_hours: OpenHours | None = None, **changes: Any) -> Plan:
    return from_plain(
        Plan,
        {
            "playbook": PlaybookRef(name="test", version="1", sha256="0" * 64),
            "issue_type": "customer_service_requests",
            "category": "complaint",
            "levels": levels_with(1),
            "executive_level": 5,
            "priorities": PRIORITIES,
            "contacts": PEOPLE,
            "permissions": {
                Move.VERIFY_RESOLUTION: ("architect",),
                Move.REJECT_RESOLUTION: ("architect",),
                Move.APPROVE_RCA: ("approver", "escalation_manager"),
                Move.CLOSE: ("escalation_manager",),
            },
            "calendars": {"office": Calendar(hours=open_hours or weekdays(), definition="{}")},
            "calendar": "office",
            "pause_reasons": {
                "waiting_for_customer": PausePolicy(
                    stops=(ClockName.ACKNOWLEDGE, ClockName.LEVEL_WINDOW, ClockName.RESOLUTION)
                ),
            },
            "escalation_managers": ("ed",),
            "architects": ("ari",),
            "problem_coordinators": ("cora",),
            "rca_approvers": ("pia",),
            "bring_in": ("dora",),
        }
        | changes,
    )
