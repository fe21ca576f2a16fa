"""
Turns: cut by the clocks of a zone, exact over both changes of the clocks.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.calendars.clock_changes import first_instant_of
from planning.on_call.shifts import HandOver, Rotation, parse_every, parse_hand_over, shifts_between
from tests.planning.builders import naive, utc

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Sydney",  # the southern hemisphere: summer time over New Year
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Santiago",  # clocks change at midnight
    "Asia/Kolkata",  # half-hour offset
    "Asia/Kathmandu",  # a quarter
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
    "Europe/Istanbul",
    "Pacific/Apia",  # skipped a whole day in 2011
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("daily", timedelta(days=1)),
        ("weekly", timedelta(days=7)),
        ("12 h", timedelta(hours=12)),
        ("8 hours", timedelta(hours=8)),
        ("1 hour", timedelta(hours=1)),
        ("3 days", timedelta(days=3)),
        ("2 weeks", timedelta(days=14)),
        ("  2   Weeks ", timedelta(days=14)),  # as people type
        ("366 days", timedelta(days=366)),
    ],
)
def test_lengths_of_turns_are_read(text: str, length: timedelta) -> None:
    """
    MATRIX-1: daily, weekly, custom.
    """
    assert length == parse_every(text)


@pytest.mark.parametrize(
    "text",
    ["", "0 days", "30 min", "fortnightly", "367 days", "53 weeks", "1.5 h", "-1 day", "12", "h", "1 month"],
)
def test_what_is_no_length_of_a_turn_is_refused(text: str) -> None:
    """
    MATRIX-1: with the form that is meant.
    """
    with pytest.raises(ValueError, match="such as 12 h, 3 days or 2 weeks"):
        parse_every(text)


@pytest.mark.parametrize("text", ["", "9", "24:00", "09:60", "monday 09:00", "mon", "09:00 mon", "9am"])
def test_what_is_no_hand_over_is_refused(text: str) -> None:
    """
    MATRIX-1: a time of day, with or without the day.
    """
    with pytest.raises(ValueError, match="such as 09:00, or with the day"):
        parse_hand_over(text)


@pytest.mark.parametrize(
    ("zone", "day", "hand_overs", "lengths"),
    [
        # 09:00 stays 09:00: the turn over the change is of 23 or 25 hours
        ("Europe/London", "2026-03-28", ["09:00", "08:00", "08:00"], [23, 24]),
        ("Europe/London", "2026-10-24", ["08:00", "09:00", "09:00"], [25, 24]),
        ("America/New_York", "2026-03-07", ["14:00", "13:00", "13:00"], [23, 24]),
        ("America/New_York", "2026-10-31", ["13:00", "14:00", "14:00"], [25, 24]),
        # the southern hemisphere, the other way round
        ("Australia/Sydney", "2026-04-04", ["22:00", "23:00", "23:00"], [25, 24]),
        ("Australia/Sydney", "2026-10-03", ["23:00", "22:00", "22:00"], [23, 24]),
        # half an hour of summer time
        ("Australia/Lord_Howe", "2026-04-04", ["22:00", "22:30", "22:30"], [24.5, 24]),
        ("Australia/Lord_Howe", "2026-10-03", ["22:30", "22:00", "22:00"], [23.5, 24]),
        # no change, and half an hour off
        ("Asia/Kolkata", "2026-03-28", ["03:30", "03:30", "03:30"], [24, 24]),
    ],
)
def test_a_hand_over_stays_at_its_time_of_day(
    zone: str, day: str, hand_overs: list[str], lengths: list[float]
) -> None:
    """
    CLOCK-5: daylight saving exact, in both directions.
    """
    start = first_instant_of(datetime.fromisoformat(f"{day} 09:00"), ZoneInfo(zone))
    cadence = Rotation(timedelta(days=1), parse_hand_over("09:00"), date(2026, 1, 1), ZoneInfo(zone))
    found = list(shifts_between(cadence, start, start + timedelta(days=2)))[:3]

    assert hand_overs[:2] == [f"{turn.start:%H:%M}" for turn in found[:2]]
    assert lengths == [(turn.end - turn.start) / timedelta(hours=1) for turn in found[:2]]
    assert hand_overs[2] == f"{found[1].end:%H:%M}"


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-03-29 00:59", "2026-03-29 00:59"),
        ("2026-03-29 01:00", "2026-03-29 01:00"),  # skipped from here: the moment of the change
        ("2026-03-29 01:30", "2026-03-29 01:00"),
        ("2026-03-29 02:00", "2026-03-29 01:00"),  # and this is the same moment
        ("2026-10-25 00:59", "2026-10-24 23:59"),
        ("2026-10-25 01:30", "2026-10-25 00:30"),  # shown twice: the first time
        ("2026-10-25 02:00", "2026-10-25 02:00"),
    ],
)
def test_a_time_that_is_skipped_or_shown_twice_is_one_instant(local: str, instant: str) -> None:
    """
    CLOCK-5: the first instant at which London's clocks show it, or have skipped it.
    """
    assert utc(instant) == first_instant_of(datetime.fromisoformat(local), ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("every", "hand_over", "since", "starts"),
    [
        # the first turn begins on its day, and ends on the day of the hand-over
        ("weekly", "mon 09:00", "2026-11-04", ["2026-11-04 09:00", "2026-11-09 09:00", "2026-11-16 09:00"]),
        # without a day of the week: that of the first turn
        ("weekly", "09:00", "2026-11-04", ["2026-11-04 09:00", "2026-11-11 09:00", "2026-11-18 09:00"]),
        ("2 weeks", "fri 17:00", "2026-11-06", ["2026-11-06 17:00", "2026-11-20 17:00"]),
        ("3 days", "00:00", "2026-11-10", ["2026-11-10 00:00", "2026-11-13 00:00", "2026-11-16 00:00"]),
        ("12 h", "07:00", "2026-11-20", ["2026-11-20 07:00", "2026-11-20 19:00"]),
        # nothing before the first
        ("weekly", "09:00", "2026-11-30", []),
    ],
)
def test_turns_begin_where_they_say(every: str, hand_over: str, since: str, starts: list[str]) -> None:
    """
    MATRIX-1: from their first day on, without a gap.
    """
    cadence = Rotation(
        parse_every(every), parse_hand_over(hand_over), date.fromisoformat(since), ZoneInfo("UTC")
    )
    found = list(shifts_between(cadence, utc("2026-11-04 00:00"), utc("2026-11-21 00:00")))

    assert [utc(start) for start in starts] == [turn.start for turn in found][: len(starts)]
    assert all(one.end == following.start for one, following in pairwise(found))
    assert list(range(len(found))) == [turn.number for turn in found]


CADENCES = st.builds(
    Rotation,
    every=st.one_of(
        st.integers(1, 100).map(lambda hours: timedelta(hours=hours)),
        st.integers(1, 30).map(lambda days: timedelta(days=days)),
    ),
    hand_over=st.builds(
        HandOver, st.just(None), st.times(timezones=st.none()).map(lambda at: at.replace(microsecond=0))
    ),
    first_day=st.dates(date(2008, 1, 1), date(2027, 1, 1)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
INSTANTS = st.datetimes(naive("2009-01-01"), naive("2030-01-01")).map(lambda at: at.replace(microsecond=0))


@given(CADENCES, INSTANTS, st.integers(1, 200))
def test_turns_follow_each_other_without_gap_or_overlap(cadence: Rotation, at: datetime, days: int) -> None:
    """
    MATRIX-1: at each instant it is exactly one turn, in every zone.
    """
    since = at.replace(tzinfo=ZoneInfo("UTC"))
    found = list(shifts_between(cadence, since, since + timedelta(days=days)))

    assert all(turn.start < turn.end for turn in found)
    assert all(one.end == following.start for one, following in pairwise(found))
    if found:
        begins = first_instant_of(datetime.combine(cadence.first_day, cadence.hand_over.at), cadence.zone)
        assert max(since, begins) >= found[0].start
        assert found[-1].end >= since + timedelta(days=days)


@given(CADENCES, INSTANTS)
def test_whose_turn_it_is_does_not_depend_on_who_asks_when(cadence: Rotation, at: datetime) -> None:
    """
    MATRIX-1: a turn looked at from its middle is the same as in a year's list.
    """
    since = at.replace(tzinfo=ZoneInfo("UTC"))
    for turn in list(shifts_between(cadence, since, since + timedelta(days=60)))[:5]:
        middle = turn.start + (turn.end - turn.start) / 2
        assert turn == next(shifts_between(cadence, middle, middle + timedelta(seconds=1)))


@given(st.sampled_from(ZONES).map(ZoneInfo), INSTANTS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_later_local_times_are_never_earlier_instants(zone: ZoneInfo, at: datetime, later: timedelta) -> None:
    """
    CLOCK-5: what is cut by local times stays in order.
    """
    assert first_instant_of(at, zone) <= first_instant_of(at + later, zone)


@given(st.sampled_from(ZONES).map(ZoneInfo), INSTANTS)
def test_a_time_that_is_shown_is_that_time(zone: ZoneInfo, at: datetime) -> None:
    """
    CLOCK-5: the clocks show it then, or something later that came at once.
    """
    shown = first_instant_of(at, zone).astimezone(zone).replace(tzinfo=None)

    assert at <= shown <= at + timedelta(days=1)


@given(CADENCES, INSTANTS)
def test_whose_turn_it_is_follows_from_what_the_clocks_show(cadence: Rotation, at: datetime) -> None:
    """
    CLOCK-5: an independent answer, from the wall clock alone; wherever it does not show a time again.
    """
    since = at.replace(tzinfo=ZoneInfo("UTC"))
    shown = since.astimezone(cadence.zone)
    begins = datetime.combine(cadence.first_day, cadence.hand_over.at)
    number = (shown.replace(tzinfo=None) - begins) // cadence.every

    found = next(shifts_between(cadence, since, since + timedelta(microseconds=1)), None)

    if not shown.fold:
        assert (number if number >= 0 else None) == (found.number if found else None)
