"""
Times in calendars from elsewhere mean what RFC 5545 says, in every zone, wherever they are looked for.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.calendars.clock_changes import first_instant_of
from planning.on_call.feed_sources import FeedFault
from planning.on_call.ical import read_entries
from tests.planning.builders import naive, utc
from tests.planning.rotas import a_calendar_file

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
THERE = ";TZID=America/Los_Angeles:"


def an_event(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", "UID:shift", *lines, "END:VEVENT", ""))


def found(*events: str, since: str = "2026-10-20 00:00", until: str = "2026-12-20 00:00") -> list[str]:
    """
    Each entry by the clocks of Los Angeles, which are put back on the 1st of November 2026.
    """
    data = a_calendar_file(*events).encode()
    return [
        " to ".join(f"{at.astimezone(LOS_ANGELES):%m-%d %H:%M}" for at in (entry.start, entry.end))
        for entry in read_entries(data, utc(since), utc(until), LOS_ANGELES)
    ]


DAILY = (f"DTSTART{THERE}20261103T190000", f"DTEND{THERE}20261103T230000")
FLOATING = ("DTSTART:20261103T190000", "DTEND:20261103T230000")
WHOLE_DAYS = ("DTSTART;VALUE=DATE:20261103",)
THREE = ["11-03 19:00 to 11-03 23:00", "11-04 19:00 to 11-04 23:00", "11-05 19:00 to 11-05 23:00"]
THREE_DAYS = ["11-03 00:00 to 11-04 00:00", "11-04 00:00 to 11-05 00:00", "11-05 00:00 to 11-06 00:00"]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (DAILY, "20261105"),  # a last day holds to its end
        (DAILY, "20261106T030000Z"),
        (DAILY, "20261105T190000"),  # without a zone: the shift's
        (FLOATING, "20261105"),
        (FLOATING, "20261106T030000Z"),
        (FLOATING, "20261105T190000"),
        (WHOLE_DAYS, "20261105"),
        (WHOLE_DAYS, "20261105T000000Z"),  # midnight stands for its day
        (WHOLE_DAYS, "20261105T080000Z"),  # midnight there
    ],
)
def test_a_rule_holds_to_the_end_of_its_last_day(start: tuple[str, ...], until: str) -> None:
    """
    RFC 5545, 3.3.10: in whatever form the last day is written.
    """
    expected = THREE_DAYS if start is WHOLE_DAYS else THREE

    assert expected == found(an_event(*start, f"RRULE:FREQ=DAILY;UNTIL={until}"))


@pytest.mark.parametrize(
    ("start", "exception"),
    [
        (DAILY, ";VALUE=DATE:20261104"),
        (DAILY, ":20261105T030000Z"),
        (DAILY, ":20261104T190000"),
        (DAILY, ";TZID=Europe/Berlin:20261105T040000"),
        (FLOATING, ";VALUE=DATE:20261104"),
        (FLOATING, ":20261104T190000"),
        (FLOATING, ":20261105T030000Z"),
        (WHOLE_DAYS, ";VALUE=DATE:20261104"),
        (WHOLE_DAYS, ":20261104T000000"),
        (WHOLE_DAYS, ":20261104T000000Z"),
    ],
)
def test_an_exception_takes_its_shift_out(start: tuple[str, ...], exception: str) -> None:
    """
    RFC 5545, 3.8.5.1: in whatever form it is written.
    """
    expected = THREE_DAYS if start is WHOLE_DAYS else THREE

    shifts = found(an_event(*start, "RRULE:FREQ=DAILY;COUNT=3", f"EXDATE{exception}"))

    assert [expected[0], expected[2]] == shifts


@pytest.mark.parametrize("start", [DAILY, FLOATING])
@pytest.mark.parametrize(
    "which", [";VALUE=DATE:20261104", ":20261104T190000", ":20261105T030000Z", f"{THERE}20261104T190000"]
)
def test_a_shift_that_was_moved_is_at_its_new_time_alone(start: tuple[str, ...], which: str) -> None:
    """
    RFC 5545, 3.8.4.4: in whatever form the old time is written.
    """
    moved = an_event(f"RECURRENCE-ID{which}", "DTSTART:20261110T090000", "DTEND:20261110T100000")

    shifts = found(an_event(*start, "RRULE:FREQ=DAILY;COUNT=3"), moved)

    assert [THREE[0], THREE[2], "11-10 09:00 to 11-10 10:00"] == shifts


def test_a_shift_that_was_cancelled_is_nobodys_and_later_ones_stay() -> None:
    """
    RFC 5545, 3.8.1.11.
    """
    cancelled = an_event(
        "RECURRENCE-ID:20261104T190000",
        "STATUS:CANCELLED",
        *(line.replace("03T", "04T") for line in FLOATING),
    )

    assert [THREE[0], THREE[2]] == found(an_event(*FLOATING, "RRULE:FREQ=DAILY;COUNT=3"), cancelled)


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ("PT12H", "11-01 07:00"),  # exact: the hour from 01:00 to 02:00 is there twice
        ("+PT12H", "11-01 07:00"),
        ("PT720M", "11-01 07:00"),
        ("PT24H", "11-01 19:00"),
        ("P1D", "11-01 20:00"),  # a day of the calendar
        ("P1W", "11-07 20:00"),
        ("P1DT12H", "11-02 08:00"),
    ],
)
def test_days_of_a_duration_are_those_of_the_calendar_and_hours_are_exact(duration: str, end: str) -> None:
    """
    RFC 5545, 3.3.6: over the night in which the clocks are put back.
    """
    event = an_event(f"DTSTART{THERE}20261031T200000", f"DURATION:{duration}")

    assert [f"10-31 20:00 to {end}"] == found(event)


def test_hours_of_a_duration_are_exact_in_each_repetition() -> None:
    """
    RFC 5545, 3.8.5.3: only the one over the change ends at another time of day; an end is a time of day.
    """
    repeated = (f"DTSTART{THERE}20261030T200000", "RRULE:FREQ=DAILY;COUNT=2")

    exact = found(an_event(*repeated, "DURATION:PT12H"))
    with_end = found(an_event(*repeated, f"DTEND{THERE}20261031T080000"))

    assert ["10-30 20:00 to 10-31 08:00", "10-31 20:00 to 11-01 07:00"] == exact
    assert ["10-30 20:00 to 10-31 08:00", "10-31 20:00 to 11-01 08:00"] == with_end


def test_added_dates_and_periods_are_shifts_with_their_own_length() -> None:
    """
    RFC 5545, 3.8.5.2.
    """
    added = "RDATE;VALUE=PERIOD:20261104T100000Z/20261104T130000Z,20261106T100000Z/PT5H"

    assert [
        "11-03 19:00 to 11-03 23:00",
        "11-04 02:00 to 11-04 05:00",
        "11-06 02:00 to 11-06 07:00",
    ] == found(an_event(*DAILY, added))


@pytest.mark.parametrize("start", [DAILY, FLOATING])
@pytest.mark.parametrize(
    "added", [";VALUE=DATE:20261105", ":20261105T190000", ":20261106T030000Z", f"{THERE}20261105T190000"]
)
def test_an_added_date_is_a_shift_in_whatever_form_it_is_written(start: tuple[str, ...], added: str) -> None:
    """
    RFC 5545, 3.8.5.2.
    """
    assert [THREE[0], THREE[2]] == found(an_event(*start, f"RDATE{added}"))


@pytest.mark.parametrize(
    "period",
    ["20261031T200000/PT12H", "20261031T200000/20261101T070000", "20261101T030000Z/20261101T150000Z"],
)
def test_an_added_period_of_a_shift_without_a_zone_is_exact_too(period: str) -> None:
    """
    RFC 5545, 3.3.9: over the night in which the clocks are put back.
    """
    shifts = found(an_event(*FLOATING, f"RDATE;VALUE=PERIOD:{period}"))

    assert ["10-31 20:00 to 11-01 07:00", THREE[0]] == shifts


def test_the_zone_of_a_whole_calendar_is_not_that_of_times_without_one() -> None:
    """
    MATRIX-1: they are the rota's, as whole days are.
    """
    assert THREE[:1] == found("X-WR-TIMEZONE:Europe/Berlin\r\n", an_event(*FLOATING))
    assert THREE_DAYS[:1] == found("X-WR-TIMEZONE:Europe/Berlin\r\n", an_event(*WHOLE_DAYS))


@pytest.mark.parametrize(
    ("event", "shifts"),
    [
        # a day as the end of a shift with a time: its midnight
        (("DTSTART:20261103T190000", "DTEND;VALUE=DATE:20261105"), ["11-03 19:00 to 11-05 00:00"]),
        (("DTSTART;VALUE=DATE:20261103", "DTEND:20261105T090000"), ["11-03 00:00 to 11-05 09:00"]),
        # several whole days; one, if no end is written
        (("DTSTART;VALUE=DATE:20261103", "DTEND;VALUE=DATE:20261106"), ["11-03 00:00 to 11-06 00:00"]),
        (("DTSTART;VALUE=DATE:20261103", "DURATION:P3D"), ["11-03 00:00 to 11-06 00:00"]),
        (WHOLE_DAYS, ["11-03 00:00 to 11-04 00:00"]),
        # of no length, or backwards
        (("DTSTART:20261103T190000",), []),
        (("DTSTART:20261103T190000", "DTEND:20261103T190000"), []),
        (("DTSTART:20261103T190000", "DTEND:20261103T090000"), []),
        (("DTSTART:20261103T190000", "DURATION:-PT12H"), []),
        # busy or free is no question of being on call
        ((*WHOLE_DAYS, "TRANSP:TRANSPARENT"), ["11-03 00:00 to 11-04 00:00"]),
    ],
)
def test_an_entry_lasts_as_it_is_written(event: tuple[str, ...], shifts: list[str]) -> None:
    """
    RFC 5545, 3.6.1.
    """
    assert shifts == found(an_event(*event))


def test_a_time_in_a_zone_that_nobody_knows_is_refused() -> None:
    """
    START-6: it would be read as that of another one.
    """
    event = an_event("DTSTART;TZID=Ours:20261103T190000", "DTEND;TZID=Ours:20261103T230000")
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:-0800\r\nTZOFFSETTO:-0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )

    with pytest.raises(FeedFault, match="a time zone that is neither known nor defined"):
        found(event)
    assert THREE[:1] == found(zone, event)


def test_a_week_of_whole_days_and_a_shift_without_a_zone_are_found_to_their_last_minute() -> None:
    """
    MATRIX-1: in Los Angeles a day ends eight hours after that of UTC.
    """
    week = an_event("DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:20261109")
    hours = an_event("DTSTART:20261103T090000", "DTEND:20261103T170000")

    assert found(week, since="2026-11-09 07:59", until="2026-11-09 08:00")
    assert not found(week, since="2026-11-09 08:00", until="2026-11-09 09:00")
    assert found(hours, since="2026-11-04 00:59", until="2026-11-04 01:00")
    assert not found(hours, since="2026-11-04 01:00", until="2026-11-04 02:00")


ZONES = st.sampled_from(
    [
        *("UTC", "Asia/Jakarta", "Asia/Kolkata", "Asia/Kathmandu", "America/Los_Angeles", "America/St_Johns"),
        *("Europe/London", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Cairo"),
    ]
).map(ZoneInfo)
MINUTES = st.integers(1, 3_000).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=300)
@given(
    ZONES,
    st.datetimes(naive("2026-03-01"), naive("2026-12-01")).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    MINUTES,
    st.timedeltas(timedelta(days=-3), timedelta(days=3)),
    MINUTES,
)
def test_what_has_no_zone_is_found_exactly_where_its_zone_has_it(
    zone: ZoneInfo, start: datetime, length: timedelta, later: timedelta, asked: timedelta
) -> None:
    """
    MATRIX-1: selected by the zone of the rota, as it is shown.
    """
    text = an_event(f"DTSTART:{start:%Y%m%dT%H%M%S}", f"DTEND:{start + length:%Y%m%dT%H%M%S}")
    begins, ends = first_instant_of(start, zone), first_instant_of(start + length, zone)
    since = begins + later
    is_there = begins < ends and begins < since + asked and since < ends

    shifts = read_entries(a_calendar_file(text).encode(), since, since + asked, zone)

    assert [(begins, ends)] * is_there == [(entry.start, entry.end) for entry in shifts]


@settings(max_examples=300)
@given(
    ZONES,
    st.dates(date(2026, 3, 1), date(2026, 12, 1)),
    st.integers(1, 9),
    st.timedeltas(timedelta(days=-3), timedelta(days=12)),
)
def test_whole_days_are_found_from_midnight_to_midnight_there(
    zone: ZoneInfo, day: date, days: int, later: timedelta
) -> None:
    """
    MATRIX-1: of any zone, over changes of its clocks.
    """
    last = day + timedelta(days=days)
    text = an_event(f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}")
    begins, ends = (first_instant_of(datetime(each.year, each.month, each.day), zone) for each in (day, last))  # noqa: DTZ001 - a day there
    at = begins + later

    shifts = read_entries(a_calendar_file(text).encode(), at, at + timedelta(minutes=1), zone)

    assert (begins < at + timedelta(minutes=1) and at < ends) is bool(shifts)
