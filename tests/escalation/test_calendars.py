"""Open hours that a clock counts: the level's, the customer's, the priority's (MATRIX-7, CLOCK-5)."""

from typing import Any

import pytest

from escalation.case.engine import decide
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.state import Escalation
from escalation.kernel.business_time import OpenHours, add
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import from_json, to_json
from escalation.notifications.system_commands import ExtendOpenHours, Tick
from escalation.policy.classification import Priority
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.plan import Basis, Calendar, Plan, Target
from tests.builders import (
    DAY,
    HOUR,
    a_plan,
    an_escalation,
    at,
    clock,
    levels_with,
    monday,
    priorities_with,
    weekdays,
)


def hours(opens: int, closes: int, weeks: int = 52) -> Calendar:
    return Calendar(hours=weekdays(opens=opens, closes=closes, weeks=weeks), definition="{}")


CALENDARS = {"office": hours(9, 17), "long": hours(6, 22), "late": hours(12, 20)}
TARGET = Target(after=4 * HOUR)


def a_plan_of(*, level: str | None = None, **changes: Any) -> Plan:
    rules = priorities_with(
        Priority.P3,
        targets={ClockName.RESOLUTION: TARGET, ClockName.ACKNOWLEDGE: TARGET},
        calendar=changes.pop("priority", None),
    )
    return a_plan(calendars=CALENDARS, priorities=rules, levels=levels_with(1, calendar=level), **changes)


def due(escalation: Escalation) -> tuple[object, object]:
    return tuple(clock(escalation, name).due_at for name in (ClockName.ACKNOWLEDGE, ClockName.RESOLUTION))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("calendars", "acknowledge", "resolution"),
    [
        ({}, monday("13:00"), monday("13:00")),
        ({"priority": "late"}, monday("16:00"), monday("16:00")),
        # the level's people work late: their own clocks count that, the customer's promise does not
        ({"level": "late"}, monday("16:00"), monday("13:00")),
        # the customer's hours: the promise counts them, the people do not
        ({"customer_calendar": "late"}, monday("13:00"), monday("16:00")),
        # each its own
        ({"level": "late", "priority": "long"}, monday("16:00"), monday("13:00")),
    ],
)
def test_the_nearest_calendar_counts(
    calendars: dict[str, str], acknowledge: object, resolution: object
) -> None:
    """
    CLOCK-5, MATRIX-7: per level, per customer and per priority.
    """
    assert (acknowledge, resolution) == due(an_escalation(plan=a_plan_of(**calendars)))


def test_a_business_day_is_worth_a_day_of_the_calendar_that_counts() -> None:
    """
    MATRIX-7: two business days of a long day are two long days.
    """
    rules = priorities_with(
        Priority.P3,
        targets={ClockName.RESOLUTION: Target(after=2 * DAY, basis=Basis.BUSINESS_DAYS)},
        calendar="long",
    )
    escalation = an_escalation(plan=a_plan(calendars=CALENDARS, priorities=rules))

    assert 32 * HOUR == clock(escalation, ClockName.RESOLUTION).after
    assert at(2, "09:00") == clock(escalation, ClockName.RESOLUTION).due_at


def test_a_change_of_priority_changes_the_calendar() -> None:
    """
    CLOCK-4: from the original start.
    """
    rules = priorities_with(Priority.P2, targets={ClockName.RESOLUTION: TARGET}, calendar="late")
    escalation = an_escalation(plan=a_plan(calendars=CALENDARS, priorities=rules))
    changed = decide(escalation, ChangePriority(by="ed", priority=Priority.P2), monday("09:05")).state

    assert monday("16:00") == clock(changed, ClockName.RESOLUTION).due_at


def test_each_calendar_is_compiled_further_when_its_own_hours_end() -> None:
    """
    CLOCK-5: from where they end; what was reckoned with them stays so.
    """
    calendars = {"office": hours(9, 17), "late": hours(12, 20, weeks=12)}
    escalation = an_escalation(plan=a_plan(calendars=calendars))
    now = escalation.plan.extend_at
    asked = [
        effect for effect in decide(escalation, Tick(), now).effects if isinstance(effect, CompileOpenHours)
    ]

    assert [("late", calendars["late"].hours.compiled_until)] == [(x.calendar, x.since) for x in asked]
    further = ExtendOpenHours(
        calendar="late",
        definition="{}",
        since=asked[0].since,
        open_hours=weekdays(opens=12, closes=20, weeks=30),
    )
    extended = decide(escalation, further, now).state
    assert weekdays(opens=12, closes=20, weeks=30) == extended.plan.hours("late")
    assert calendars["office"] == extended.plan.calendars["office"]


def test_open_hours_travel_small_and_come_back_the_same() -> None:
    """
    CLOCK-5: as steps from edge to edge.
    """
    office = weekdays(weeks=30)
    written = to_json(office)

    assert office == from_json(OpenHours, written)
    assert len(written) < 14 * len(office.spans) + 120
    assert add(office, monday("16:30"), HOUR) == add(from_json(OpenHours, written), monday("16:30"), HOUR)
