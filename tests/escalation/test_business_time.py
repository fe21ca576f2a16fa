"""
Arithmetic over open hours (CLOCK-3, CLOCK-5, CLOCK-7).
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.kernel.business_time import OpenHours, add, between
from tests.builders import DAY, HOUR, MINUTE, at, friday, monday, weekdays
from tests.escalation.plans import FIRST_MONDAY

NINE_TO_FIVE = weekdays(9, 17, weeks=104)
EIGHT_TO_SIX = weekdays(8, 18)
EIGHT_TO_FIVE = weekdays(8, 17)
NEVER_OPEN = OpenHours(steps=(), compiled_until=at(30, "00:00"), business_day=8 * HOUR)

instants = st.timedeltas(timedelta(), timedelta(days=300)).map(lambda span: FIRST_MONDAY + span)
spans = st.timedeltas(timedelta(), timedelta(days=10))


@pytest.mark.parametrize(
    ("hours", "start", "span", "due"),
    [
        (NINE_TO_FIVE, friday("16:30"), 1 * HOUR, at(7, "09:30")),
        (EIGHT_TO_SIX, monday("17:00"), 4 * HOUR, at(1, "11:00")),
        (EIGHT_TO_SIX, friday("17:00"), 4 * HOUR, at(7, "11:00")),
        (NINE_TO_FIVE, at(5, "12:00"), 24 * HOUR, at(9, "17:00")),  # not Thursday at nine
        (NINE_TO_FIVE, monday("16:00"), 1 * HOUR, monday("17:00")),  # ends with the day
        (NINE_TO_FIVE, monday("17:00"), 1 * MINUTE, at(1, "09:01")),
        (NINE_TO_FIVE, at(5, "12:00"), timedelta(), at(5, "12:00")),  # nothing added is the start itself
        (None, at(5, "12:00"), 24 * HOUR, at(6, "12:00")),  # 24x7
        (NEVER_OPEN, monday("09:00"), 1 * HOUR, None),  # nothing is known beyond
        (NEVER_OPEN, at(31, "00:00"), 1 * HOUR, None),
    ],
)
def test_a_span_of_open_hours_ends_at(
    hours: OpenHours | None, start: datetime, span: timedelta, due: datetime | None
) -> None:
    """
    CLOCK-7: the arithmetic that must hold.
    """
    assert due == add(hours, start, span)


@pytest.mark.parametrize(
    ("hours", "start", "end", "span"),
    [
        (EIGHT_TO_FIVE, friday("21:00"), at(7, "09:30"), 90 * MINUTE),
        (None, friday("21:00"), at(7, "09:30"), 60 * HOUR + 30 * MINUTE),
        (NINE_TO_FIVE, at(5, "12:00"), at(6, "12:00"), timedelta()),  # a weekend
        (NINE_TO_FIVE, monday("10:00"), monday("09:00"), timedelta()),  # not before it began
    ],
)
def test_open_time_between_two_instants(
    hours: OpenHours | None, start: datetime, end: datetime, span: timedelta
) -> None:
    """
    CLOCK-7: elapsed in business time, and actually.
    """
    assert span == between(hours, start, end)


def due_at(start: datetime, span: timedelta) -> datetime:
    """
    A due time that the hours reach.
    """
    due = add(NINE_TO_FIVE, start, span)
    assert due
    return due


@given(instants, spans)
def test_what_was_added_is_what_lies_between(start: datetime, span: timedelta) -> None:
    """
    CLOCK-7: adding and measuring are inverse.
    """
    assert span == between(NINE_TO_FIVE, start, due_at(start, span))


@given(instants, spans, spans)
def test_more_time_is_never_over_earlier(start: datetime, one: timedelta, more: timedelta) -> None:
    """
    CLOCK-7: monotone.
    """
    assert due_at(start, one) <= due_at(start, one + more)


@given(instants, spans, spans)
def test_a_span_in_two_parts_is_over_when_the_whole_is(
    start: datetime, one: timedelta, two: timedelta
) -> None:
    """
    CLOCK-3: so a pause can split it.
    """
    assert due_at(start, one + two) == due_at(due_at(start, one), two)


@given(instants, st.timedeltas(timedelta(), 60 * DAY), st.timedeltas(timedelta(), 60 * DAY))
def test_time_between_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    """
    CLOCK-7: no instant is counted twice or lost.
    """
    middle, end = start + first, start + first + second
    parts = between(NINE_TO_FIVE, start, middle) + between(NINE_TO_FIVE, middle, end)
    assert parts == between(NINE_TO_FIVE, start, end)
