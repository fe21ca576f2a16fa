"""
Arithmetic over open hours: the process's own table, its laws, and both ends of summer.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalation.kernel.business_time import OpenHours, add, between
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Pause, derive_clock
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_hours
from tests.planning.builders import a_calendar, hours_of, utc
from tests.used_time import used_time_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

NINE_TO_FIVE = a_calendar({"mon-fri": ["09:00-17:00"]})
EIGHT_TO_SIX = a_calendar({"mon-fri": ["08:00-18:00"]})
EIGHT_TO_FIVE = a_calendar({"mon-fri": ["08:00-17:00"]})

# November 2026: Friday is the 20th, Monday the 23rd.


@pytest.mark.parametrize(
    ("calendar", "start", "span", "due"),
    [
        # Friday, half an hour before the end: the rest on Monday
        (NINE_TO_FIVE, "2026-11-20 16:30", 1 * HOUR, "2026-11-23 09:30"),
        # Monday, an hour before the end
        (EIGHT_TO_SIX, "2026-11-23 17:00", 4 * HOUR, "2026-11-24 11:00"),
        # Friday, an hour before the end: over the weekend
        (EIGHT_TO_SIX, "2026-11-20 17:00", 4 * HOUR, "2026-11-23 11:00"),
        # Saturday: nothing counts until Monday; three days of eight hours
        (NINE_TO_FIVE, "2026-11-21 12:00", 24 * HOUR, "2026-11-25 17:00"),
        # exactly to the end of a day: due that day, not the next morning
        (NINE_TO_FIVE, "2026-11-20 16:00", 1 * HOUR, "2026-11-20 17:00"),
        # a start at the very end of a day has nothing of that day left
        (NINE_TO_FIVE, "2026-11-20 17:00", 1 * HOUR, "2026-11-23 10:00"),
        # nothing added is the start itself, even while closed
        (NINE_TO_FIVE, "2026-11-21 12:00", 0 * HOUR, "2026-11-21 12:00"),
    ],
)
def test_open_time_is_added_over_nights_and_weekends(
    calendar: CalendarSpec, start: str, span: timedelta, due: str
) -> None:
    """
    CLOCK-7: the table.
    """
    hours = hours_of(calendar, utc(start))

    assert utc(due) == add(hours, utc(start), span)


def test_elapsed_business_time_leaves_the_weekend_out() -> None:
    """
    CLOCK-7: 08-17, opened Friday 21:00; at Monday 09:30 it is 1 h 30 of business, 60 h 30 in fact.
    """
    opened, now = utc("2026-11-20 21:00"), utc("2026-11-23 09:30")

    assert 1 * HOUR + 30 * MINUTE == between(hours_of(EIGHT_TO_FIVE, opened), opened, now)
    assert 60 * HOUR + 30 * MINUTE == between(None, opened, now)


def test_paused_time_does_not_count() -> None:
    """
    CLOCK-7: 24x7, 60 min new, 30 min in work, 30 min paused, then closed: 90 min counted, 30 min paused.
    """
    opened = utc("2026-11-21 03:00")
    paused = Pause(
        reason="waiting_for_customer",
        stops=(ClockName.RESOLUTION,),
        started_at=opened + 90 * MINUTE,
        ended_at=opened + 120 * MINUTE,
    )
    clock = Clock(
        name=ClockName.RESOLUTION, started_at=opened, after=4 * HOUR, ended_at=opened + 120 * MINUTE
    )

    assert 90 * MINUTE == used_time_of(clock, None, (paused,), opened + 240 * MINUTE)


def test_a_pause_in_closed_hours_changes_nothing() -> None:
    """
    CLOCK-3: a pause over the weekend takes nothing from a business deadline.
    """
    friday = utc("2026-11-20 16:30")
    weekend = Pause(
        reason="waiting_for_customer",
        stops=(ClockName.RESOLUTION,),
        started_at=utc("2026-11-20 18:00"),
        ended_at=utc("2026-11-23 08:00"),
    )
    clock = Clock(name=ClockName.RESOLUTION, started_at=friday, after=1 * HOUR, calendar="office")
    hours = hours_of(NINE_TO_FIVE, friday)

    assert utc("2026-11-23 09:30") == derive_clock(clock, hours, (weekend,), MINUTE).due_at


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        # the night on which the clock is put forward, 28 March 2027: 22-06 is seven hours long
        ("2027-03-27 22:00", 7 * HOUR, "2027-03-28 05:00"),
        # the night on which it is put back, 25 October 2026: nine hours; it begins at 22:00 summer time, 21:00 UTC
        ("2026-10-24 21:00", 9 * HOUR, "2026-10-25 06:00"),
        # an ordinary winter night: eight
        ("2026-11-20 22:00", 8 * HOUR, "2026-11-21 06:00"),
    ],
)
def test_a_night_is_as_long_as_it_is(start: str, span: timedelta, due: str) -> None:
    """
    CLOCK-5: daylight saving is exact in both directions (London, open 22:00 to 06:00).
    """
    hours = hours_of(a_calendar({"mon-sun": ["22:00-06:00"]}, "Europe/London"), utc(start))

    assert utc(due) == add(hours, utc(start), span)
    assert span == between(hours, utc(start), utc(due))


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        # Friday to Monday over the change in spring: 16:30 London is 16:30 UTC, 09:30 on Monday is 08:30 UTC
        ("2027-03-26 16:30", 1 * HOUR, "2027-03-29 08:30"),
        # and in autumn: 16:30 London is 15:30 UTC, 09:30 on Monday is 09:30 UTC
        ("2026-10-23 15:30", 1 * HOUR, "2026-10-26 09:30"),
    ],
)
def test_offices_open_by_the_wall_clock(start: str, span: timedelta, due: str) -> None:
    """
    CLOCK-5: nine o'clock stays nine o'clock when the clock is changed.
    """
    hours = hours_of(a_calendar(time_zone="Europe/London"), utc(start))

    assert utc(due) == add(hours, utc(start), span)


def test_a_due_time_beyond_the_horizon_is_not_known() -> None:
    """
    CLOCK-5: what the compiled hours do not reach has no due time; their end would be a guess.
    """
    start = utc("2026-11-20 12:00")
    hours = hours_of(NINE_TO_FIVE, start, days=10)

    assert add(hours, start, 1000 * HOUR) is None


ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Europe/Istanbul",
    "America/Santiago",  # summer in January
)


@st.composite
def days_of_hours(draw: st.DrawFn) -> list[str]:
    start = draw(st.integers(0, 1439))
    length = draw(st.integers(1, 1439))
    end = (start + length) % 1440
    return [f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"]


dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
calendars = st.builds(
    a_calendar,
    st.dictionaries(
        st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), days_of_hours(), min_size=1
    ),
    st.sampled_from(ZONES),
    st.lists(dates, max_size=5, unique=True).map(tuple),
    st.dictionaries(dates, days_of_hours(), max_size=3),
)
instants = st.timedeltas(timedelta(), timedelta(days=364)).map(lambda after: utc("2026-01-01") + after)
spans = st.timedeltas(timedelta(microseconds=1), timedelta(hours=20))
open_hours = calendars.map(lambda calendar: compile_hours(calendar, utc("2025-12-01"), utc("2027-12-01")))


@given(open_hours, instants, spans)
def test_adding_and_measuring_are_inverse(hours: OpenHours, start: datetime, span: timedelta) -> None:
    """
    CLOCK-7: between a start and its due time lies exactly the span.
    """
    due = add(hours, start, span)

    assume(due is not None)
    assert due
    assert span == between(hours, start, due)


@given(open_hours, instants, spans)
def test_due_is_the_first_instant_that_will_do(hours: OpenHours, start: datetime, span: timedelta) -> None:
    """
    CLOCK-7: a moment before it is due, the span has not passed.
    """
    due = add(hours, start, span)

    assume(due is not None)
    assert due
    assert between(hours, start, due - timedelta(microseconds=1)) < span


@given(open_hours, instants, spans, spans)
def test_more_time_is_due_later(hours: OpenHours, start: datetime, span: timedelta, more: timedelta) -> None:
    """
    CLOCK-7: monotone in the span.
    """
    due, later = add(hours, start, span), add(hours, start, span + more)

    assume(later is not None)
    assert due
    assert later
    assert due < later


@given(open_hours, instants, spans, spans)
def test_a_later_start_is_due_no_earlier(
    hours: OpenHours, start: datetime, later: timedelta, span: timedelta
) -> None:
    """
    CLOCK-7: monotone in the start.
    """
    due, due_later = add(hours, start, span), add(hours, start + later, span)

    assert due_later is None or (due is not None and due <= due_later)


@given(open_hours, instants, spans, spans)
def test_time_can_be_added_in_parts(
    hours: OpenHours, start: datetime, first: timedelta, then: timedelta
) -> None:
    """
    CLOCK-3: a clock that was stopped at any moment and runs on is due when it was due.
    """
    stopped_at = add(hours, start, first)

    assume(stopped_at is not None)
    assert stopped_at
    assert add(hours, start, first + then) == add(hours, stopped_at, then)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@given(open_hours, instants, spans, st.data())
def test_pausing_while_closed_changes_nothing(
    hours: OpenHours, start: datetime, span: timedelta, data: st.DataObject
) -> None:
    """
    CLOCK-3: in whichever closed hours, and for how much of them: the clock is due when it was due.
    """
    closed = [(at(ended), at(begins)) for (_, ended), (begins, _) in pairwise(hours.spans)]
    assume(closed)
    ends, begins = data.draw(st.sampled_from(closed))
    moments = st.timedeltas(timedelta(), begins - ends).map(lambda after: ends + after)
    paused, resumed = sorted((data.draw(moments), data.draw(moments)))
    pause = Pause(reason="weekend", stops=(ClockName.RESOLUTION,), started_at=paused, ended_at=resumed)
    clock = Clock(name=ClockName.RESOLUTION, started_at=start, after=span, calendar="office")

    assert add(hours, start, span) == derive_clock(clock, hours, (pause,), MINUTE).due_at


@given(st.sampled_from(ZONES), instants, spans)
def test_always_open_is_the_wall_clock(zone: str, start: datetime, span: timedelta) -> None:
    """
    CLOCK-7: 24x7, written as a calendar or as none, equals elapsed time, whatever the time zone does.
    """
    hours = hours_of(a_calendar({"mon-sun": ["00:00-24:00"]}, zone), start)

    assert start + span == add(hours, start, span) == add(None, start, span)
    assert span == between(hours, start, start + span) == between(None, start, start + span)


@given(open_hours, instants, spans)
def test_time_never_runs_backwards(hours: OpenHours, start: datetime, back: timedelta) -> None:
    """
    Measured to an earlier instant, nothing has passed.
    """
    assert timedelta() == between(hours, start, start - back)
