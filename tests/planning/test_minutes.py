"""
Compiled hours against counting minutes on the wall clock, in many places on many days.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from escalation.kernel.business_time import OpenHours, add, between
from planning.calendars.open_hours import compile_hours
from tests.planning.minutes import DAYS_WALKED, MINUTE, MINUTES_A_DAY, PLACES, Minutes, Office, an_office

OFFICES, CASES_EACH = 25, 200
"""Of each place; with its twenty places, 100,000 cases."""


@pytest.mark.parametrize(("zone", "since"), PLACES)
def test_compiled_hours_agree_with_counting_minutes(zone: str, since: date) -> None:
    """
    CLOCK-5: whatever the week, the days off and the holidays are, and whatever the clock on the wall does.
    """
    for number in range(OFFICES):
        seed = f"{zone} {since} {number}"
        chance = Random(seed)
        office = an_office(chance, zone, since)
        minutes, hours = Minutes(office), compiled(office)
        for start, end, span in cases(chance, minutes.all):
            told = f"seed {seed!r}: minutes {start} to {end}, and {span} more"
            at, until = minutes.at(start), minutes.at(end)
            assert minutes.between(start, end) == between(hours, at, until), f"{told}; {office}"
            due = minutes.add(start, span)
            assert due == add(hours, at, span * MINUTE), f"{told}; {office}"


def compiled(office: Office) -> OpenHours:
    return compile_hours(office.rules(), office.begins_at, office.begins_at + timedelta(days=DAYS_WALKED))


def cases(chance: Random, open_minutes: int) -> Iterator[tuple[int, int, int]]:
    """
    A start and an end in the walk, and a span that often, not always, ends in it.
    """
    for _ in range(CASES_EACH):
        start, end = sorted(chance.choices(range(DAYS_WALKED * MINUTES_A_DAY), k=2))
        yield start, end, chance.randint(1, max(1, open_minutes))
