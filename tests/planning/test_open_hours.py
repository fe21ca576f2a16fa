"""
Calendars compiled: windows, nights, days off and clocks that are changed.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from escalation.kernel.business_time import between
from escalation.kernel.refusals import BadRequest
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import (
    business_day_of,
    compile_further,
    compile_hours,
    definition_of,
    horizon_of,
    week_of,
)
from planning.calendars.opening_hours import DayHours, parse_days, parse_hours
from tests.planning.builders import a_calendar, hours_of, utc
from tests.planning.test_business_time import calendars, instants

HOUR = timedelta(hours=1)


def spans_of(calendar: CalendarSpec, since: str, until: str) -> list[str]:
    """
    The open hours, readable.
    """
    hours = compile_hours(calendar, utc(since), utc(until))
    return [
        f"{datetime.fromtimestamp(start, UTC):%a %H:%M}-{datetime.fromtimestamp(end, UTC):%a %H:%M}"
        for start, end in hours.spans
    ]


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        # several windows a day
        ({"mon": ["09:00-12:00", "13:00-17:00"]}, ["Mon 09:00-Mon 12:00", "Mon 13:00-Mon 17:00"]),
        # windows that touch or overlap are one
        ({"mon": ["09:00-13:00", "12:00-15:00", "15:00-17:00"]}, ["Mon 09:00-Mon 17:00"]),
        # overnight
        ({"mon": ["22:00-06:00"]}, ["Mon 22:00-Tue 06:00"]),
        # over the end of the week
        ({"sun": ["22:00-06:00"]}, ["Mon 00:00-Mon 06:00", "Sun 22:00-Mon 00:00"]),
        # nights that meet days are one stretch
        ({"mon": ["00:00-24:00"], "tue": ["00:00-06:00"]}, ["Mon 00:00-Tue 06:00"]),
        # a range over the weekend, a list
        ({"sat-sun": ["10:00-12:00"]}, ["Sat 10:00-Sat 12:00", "Sun 10:00-Sun 12:00"]),
        ({"tue, thu": ["10:00-12:00"]}, ["Tue 10:00-Tue 12:00", "Thu 10:00-Thu 12:00"]),
    ],
)
def test_a_week_is_compiled(weekly: dict[str, list[str]], expected: list[str]) -> None:
    """
    CLOCK-5: several windows a day, overnight windows.
    """
    assert expected == spans_of(a_calendar(weekly), "2026-11-16", "2026-11-23")


def test_own_dates_are_closed() -> None:
    """
    CLOCK-5: hours belong to the day on which they begin.
    """
    night = a_calendar({"mon-fri": ["22:00-06:00"]}, closed_on=(date(2026, 12, 25),))

    spans = spans_of(night, "2026-12-23", "2026-12-30")

    assert "Thu 22:00-Fri 06:00" in spans
    assert "Fri 22:00-Sat 06:00" not in spans


def test_public_holidays_are_closed() -> None:
    """
    CLOCK-5: England has Boxing Day on Monday 28 December 2026, and Good Friday; Scotland has 2 January.
    """
    england = a_calendar(holidays={"country": "GB", "subdivision": "ENG"})
    scotland = a_calendar(holidays=[{"country": "GB", "subdivision": "SCT"}])

    def days(calendar: CalendarSpec) -> list[str]:
        return [span[:3] for span in spans_of(calendar, "2026-12-21", "2027-01-10")]

    week = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert [*week[:4], *week[1:4], *week] == days(england)
    assert [*week[:4], *week[1:4], *week[1:]] == days(scotland)


def test_holidays_of_several_countries_close_together() -> None:
    """
    CLOCK-5: a team in two countries is closed when one of them has a holiday: 17 August there, 29 October here.
    """
    both = a_calendar(holidays=[{"country": "ID"}, {"country": "TR"}], weekly={"mon-sun": ["09:00-10:00"]})

    assert ["Tue 09:00-Tue 10:00"] == spans_of(both, "2026-08-17", "2026-08-19")
    assert ["Fri 09:00-Fri 10:00"] == spans_of(both, "2026-10-29", "2026-10-31")


def test_a_half_day_has_its_own_hours() -> None:
    """
    CLOCK-5: whatever the week and the holidays say, also on a day that would be closed.
    """
    calendar = a_calendar(
        half_days={
            date(2026, 12, 24): ["09:00-12:00"],
            date(2026, 12, 25): ["10:00-11:00"],
            date(2026, 12, 26): ["10:00-11:00", "12:00-13:00"],
        },
        holidays={"country": "GB", "subdivision": "ENG"},
    )

    assert [
        "Wed 09:00-Wed 17:00",
        "Thu 09:00-Thu 12:00",
        "Fri 10:00-Fri 11:00",
        "Sat 10:00-Sat 11:00",
        "Sat 12:00-Sat 13:00",
        "Tue 09:00-Tue 17:00",
    ] == spans_of(calendar, "2026-12-23", "2026-12-30")
    assert 8 * HOUR == business_day_of(calendar)


def test_a_plan_keeps_holidays_for_later() -> None:
    """
    CLOCK-5: hours that are extended know the holidays of the year to come.
    """
    calendar = a_calendar(holidays={"country": "GB", "subdivision": "ENG"})
    since, until = horizon_of(utc("2026-11-20 16:30"))

    longer = compile_further(definition_of(calendar), since, until + timedelta(days=120))

    good_friday, thursday = utc("2027-03-26 12:00"), utc("2027-03-25 12:00")
    summer = utc("2027-05-31 12:00")
    assert [1, 0, 0] == [between(longer, at, at + HOUR) // HOUR for at in (thursday, good_friday, summer)]


@pytest.mark.parametrize(
    ("at", "zone", "opens", "expected"),
    [
        # the skipped hour is never worked: from 02:30, which London does not show on 28 March 2027 (01:00 → 02:00 is
        # skipped there, so take New York, 14 March, 02:00 → 03:00)
        ("2027-03-14", "America/New_York", "02:30-04:00", 1 * HOUR),
        # the repeated hour is worked twice: 1 November 2026, 01:00-02:00 comes twice
        ("2026-11-01", "America/New_York", "01:00-02:00", 2 * HOUR),
        # half an hour in Lord Howe: forward on 4 October 2026, 02:00 → 02:30
        ("2026-10-03", "Australia/Lord_Howe", "01:00-04:00", 2.5 * HOUR),
    ],
)
def test_the_wall_clock_decides_when_it_is_changed(
    at: str, zone: str, opens: str, expected: timedelta
) -> None:
    """
    CLOCK-5: daylight saving is exact in both directions.
    """
    calendar = a_calendar({"sun": [opens]}, zone)

    hours = compile_hours(calendar, utc(f"{at} 00:00"), utc(f"{at} 00:00") + timedelta(days=2))

    assert expected == between(hours, utc(f"{at} 00:00"), hours.compiled_until)


def hours_on(calendar: CalendarSpec, day: date, week: tuple[tuple[DayHours, ...], ...]) -> Iterable[DayHours]:
    """
    The hours that begin on a day, without the compiler: own hours, else none when closed, else the week's.
    """
    if day in calendar.half_days:
        return [parse_hours(text) for text in calendar.half_days[day]]
    return () if day in calendar.closed_on else week[day.weekday()]


@given(calendars, instants)
@example(a_calendar({"sun": ["01:00-02:30"]}, "Europe/London"), utc("2026-10-25"))
@example(a_calendar({"sun": ["01:00-02:30"]}, "Europe/London"), utc("2026-03-29"))
def test_compiled_hours_agree_with_looking_at_the_wall(calendar: CalendarSpec, at: datetime) -> None:
    """
    CLOCK-5: minute by minute, open is when the wall clock shows an open time of a day that is not closed.
    """
    since = at.replace(hour=0, minute=0, second=0, microsecond=0)
    week, zone = week_of(calendar), ZoneInfo(calendar.time_zone)
    padding = timedelta(days=30)
    hours = compile_hours(calendar, since - padding, since + padding)

    for minute in range(0, 1440, 7):
        moment = since + timedelta(minutes=minute)
        shown = moment.astimezone(zone)
        into_day = shown.hour * 3600 + shown.minute * 60
        is_open = any(
            opens <= into_day + back * 86_400 < closes
            for back in (0, 1)
            for opens, closes in hours_on(calendar, shown.date() - timedelta(days=back), week)
        )
        assert is_open == bool(between(hours, moment, moment + timedelta(seconds=1))), shown


@pytest.mark.parametrize(
    ("weekly", "expected"),
    [
        ({"mon-fri": ["09:00-17:00"]}, 8 * HOUR),
        # most days count, not the short one
        ({"mon-thu": ["09:00-17:00"], "fri": ["09:00-13:00"]}, 8 * HOUR),
        ({"mon-fri": ["09:00-12:00", "13:00-17:30"]}, 7.5 * HOUR),
        ({"mon-sun": ["00:00-24:00"]}, 24 * HOUR),
        ({"mon-sun": ["22:00-06:00"]}, 8 * HOUR),
        # a night that lasts into the hours of the next day: each hour counts once
        ({"mon-sun": ["22:00-06:00", "05:00-10:00"]}, 12 * HOUR),
        ({"mon-sun": ["22:00-06:00", "06:00-10:00"]}, 12 * HOUR),
        ({"mon-sun": ["18:00-17:00", "08:00-20:00"]}, 24 * HOUR),
        ({"mon-fri": ["20:00-10:00", "08:00-12:00"]}, 16 * HOUR),
        # what is covered whole by the night before is worth nothing of its own
        ({"sun": ["22:00-08:00"], "mon": ["06:00-07:00"]}, 10 * HOUR),
    ],
)
def test_a_business_day_is_an_ordinary_day(weekly: dict[str, list[str]], expected: timedelta) -> None:
    """
    MATRIX-7: what "one business day" is worth.
    """
    assert expected == business_day_of(a_calendar(weekly))


windows = st.tuples(st.integers(0, 1439), st.integers(1, 1439)).map(
    lambda window: (
        f"{window[0] // 60:02}:{window[0] % 60:02}-{sum(window) % 1440 // 60:02}:{sum(window) % 1440 % 60:02}"
    )
)


@given(st.lists(windows, min_size=1, max_size=4))
def test_a_business_day_is_worth_what_a_day_is_open(hours: list[str]) -> None:
    """
    MATRIX-7, CLOCK-5: of a calendar with the same hours every day, however they overlap, touch or last into the next.
    """
    calendar = a_calendar({"mon-sun": hours})
    week = compile_hours(calendar, utc("2026-11-16"), utc("2026-11-30"))

    assert between(week, utc("2026-11-18"), utc("2026-11-19")) == business_day_of(calendar)


def test_a_calendar_that_is_never_open_is_refused() -> None:
    """
    CLOCK-5: refused, not looped over.
    """
    christmas = a_calendar({"fri": ["09:00-17:00"]}, closed_on=(date(2026, 12, 25),))

    with pytest.raises(BadRequest, match="never open from 2026-12-22 to 2026-12-28"):
        compile_hours(christmas, utc("2026-12-22"), utc("2026-12-28"))


def test_hours_are_extended_from_what_the_plan_kept() -> None:
    """
    CLOCK-5: extended hours are those that would have been compiled at once.
    """
    now = utc("2026-11-20 16:30")
    calendar = a_calendar(time_zone="Europe/London")
    since, until = horizon_of(now)
    hours = compile_hours(calendar, since, until)

    longer = hours.continued(compile_further(definition_of(calendar), until, until + timedelta(days=120)))

    assert compile_hours(calendar, since, until + timedelta(days=120)) == longer


def test_the_first_horizon_reaches_from_last_week_to_three_months_ahead() -> None:
    """
    CLOCK-5: enough for what began before, and for most escalations whole.
    """
    now = utc("2026-11-20 16:30")

    since, until = horizon_of(now)

    assert since <= now - timedelta(days=7)
    assert until >= now + timedelta(days=90)


@pytest.mark.parametrize("text", ["", "mond", "mon-", "-mon", "mon-xyz", "mon,,tue", "1"])
def test_days_that_are_none_are_refused(text: str) -> None:
    """
    CLOCK-5: days are named.
    """
    with pytest.raises(ValueError, match="mon, tue"):
        parse_days(text)


@pytest.mark.parametrize(
    "text", ["", "9-17", "09:00", "09:00-25:00", "24:00-25:00", "09:60-10:00", "09:00-09:00"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    """
    CLOCK-5: hours are from a time of day to another.
    """
    with pytest.raises(ValueError, match=r"hours|times of day"):
        parse_hours(text)


@pytest.mark.parametrize("zone", ["Europe/Londn", "", "../etc/passwd", "Europe", "/etc/localtime"])
def test_unknown_time_zones_are_refused(zone: str) -> None:
    """
    CLOCK-5: a time zone is one of the database's names.
    """
    with pytest.raises(ValidationError, match="a time zone such as"):
        a_calendar(time_zone=zone)


def test_compiling_five_months_is_quick() -> None:
    """
    The hours around an instant are all there, DST or not.
    """
    hours = hours_of(a_calendar(time_zone="Europe/London"), utc("2026-11-20 12:00"), days=200)

    assert 280 < len(hours.spans) < 290
