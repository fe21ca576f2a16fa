"""
Coverage: the times in which a level has nobody to tell.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from escalation.policy.classification import Priority
from escalation.policy.plan import Plan
from planning.calendars.opening_hours import Interval, gaps_between, join_intervals
from planning.forecast.coverage import Gap, RotaLookup, contacts_tried_at, find_gaps
from planning.forecast.sample_request import make_request
from planning.forecast.simulation import make_open_command
from planning.on_call.roster import OnCallPeriod
from planning.playbook.loader import Playbook, parse_playbook
from tests.planning.builders import reference_with, the_reference, utc

SINCE, UNTIL = utc("2026-11-20 00:00"), utc("2027-11-20 00:00")
NINE, FIVE, DAY = timedelta(hours=9), timedelta(hours=17), timedelta(days=1)
PRIYAS_LEVEL = "contacts: [priya]\n        window: 30 min - 1 h"


@pytest.fixture(scope="module")
def reference() -> Playbook:
    return the_reference()


def plan_of(playbook: Playbook) -> Plan:
    return make_open_command(playbook, make_request(playbook, "complaint", Priority.P3), SINCE).plan


def on_duty(who: str, *stretches: Interval) -> RotaLookup:
    """
    *who* is on duty in these times.
    """

    def shifts(since: datetime, until: datetime) -> Iterable[OnCallPeriod]:
        return (OnCallPeriod(start, end, (who,)) for start, end in stretches if start < until and end > since)

    return shifts


def by_day(who: str) -> RotaLookup:
    """
    Nine to five, every day of the year.
    """
    days = ((SINCE + day * DAY + NINE, SINCE + day * DAY + FIVE) for day in range(365))
    return on_duty(who, *days)


def gaps(playbook: Playbook, **rotas: RotaLookup) -> list[Gap]:
    return [gap for _, _, found in find_gaps(playbook, SINCE, UNTIL, rotas) for gap in found]


def of_the_complaint(found: list[Gap], level: int = 2) -> list[Interval]:
    return [(gap.start, gap.end) for gap in found if (gap.category, gap.level) == ("complaint", level)]


def test_the_reference_has_somebody_at_every_level(reference: Playbook) -> None:
    """
    MATRIX-5: nobody is on a rota there, so everybody can always be told.
    """
    assert [] == gaps(reference)


def test_the_hours_that_nobody_has_are_gaps(reference: Playbook) -> None:
    """
    MATRIX-5: the nights, as ranges, over a whole year; at the levels of that contact alone.
    """
    found = gaps(reference, priya=by_day("priya"))

    complaint = of_the_complaint(found)
    assert (SINCE, SINCE + NINE) == complaint[0]
    assert (SINCE + FIVE, SINCE + DAY + NINE) == complaint[1]
    assert (UNTIL - DAY + FIVE, UNTIL) == complaint[-1]
    assert 366 == len(complaint)
    assert {("priya",)} == {gap.contacts for gap in found}


def test_a_second_contact_fills_the_gap(reference: Playbook) -> None:
    """
    MATRIX-1: a level with several contacts is silent when none of them is there.
    """
    two = parse_playbook(reference_with((PRIYAS_LEVEL, PRIYAS_LEVEL.replace("[priya]", "[priya, tom]"))))
    noon = SINCE + timedelta(hours=12)
    early, late = on_duty("priya", (SINCE, noon)), on_duty("tom", (noon - NINE, UNTIL - DAY))

    assert [(UNTIL - DAY, UNTIL)] == of_the_complaint(gaps(two, priya=early, tom=late))


def test_a_fallback_is_somebody_to_tell() -> None:
    """
    MATRIX-5: `fallback` asks one more; `hold` does not.
    """
    line = f"{PRIYAS_LEVEL}\n        unreached: fallback\n        fallback: tom"
    playbook = parse_playbook(reference_with((PRIYAS_LEVEL, line)))

    assert [] == of_the_complaint(gaps(playbook, priya=by_day("priya")))
    assert ("priya", "tom") == contacts_tried_at(plan_of(playbook), plan_of(playbook).level(2))


def test_a_level_that_is_skipped_relies_on_the_next() -> None:
    """
    MATRIX-5: `skip` is as good as the level above.
    """
    playbook = parse_playbook(reference_with((PRIYAS_LEVEL, f"{PRIYAS_LEVEL}\n        unreached: skip")))
    nobody = on_duty("jonas")

    assert [] == of_the_complaint(gaps(playbook, priya=by_day("priya")))
    both = gaps(playbook, priya=nobody, jonas=nobody)
    assert [(SINCE, UNTIL)] == of_the_complaint(both, 2) == of_the_complaint(both, 3)


def hour(*hours: int) -> list[Interval]:
    starts = zip(hours[::2], hours[1::2], strict=True)
    return [(SINCE + timedelta(hours=start), SINCE + timedelta(hours=end)) for start, end in starts]


@pytest.mark.parametrize(
    ("covered", "left"),
    [
        ([], [0, 24]),
        ([0, 24], []),
        ([3, 5], [0, 3, 5, 24]),
        ([3, 5, 5, 7], [0, 3, 7, 24]),  # they touch
        ([3, 9, 5, 7], [0, 3, 9, 24]),  # one within the other
        ([9, 12, 3, 5], [0, 3, 5, 9, 12, 24]),  # not in order
        ([-5, 3, 20, 30], [3, 20]),  # beyond both ends
        ([-5, -3, 26, 30], [0, 24]),  # outside
    ],
)
def test_what_intervals_leave_open(covered: list[int], left: list[int]) -> None:
    """
    Intervals are joined, and what lies between them is the gap.
    """
    assert hour(*left) == list(gaps_between(join_intervals(hour(*covered)), SINCE, SINCE + DAY))
