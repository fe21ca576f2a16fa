"""
Calendars from elsewhere: what the usual programs export is understood, and nothing else does harm.
"""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.on_call.calendar_names import EntryMatcher
from planning.on_call.feed_sources import LARGEST, FeedFault
from planning.on_call.ical import Entry, read_entries
from tests.planning.builders import naive, the_reference, utc
from tests.planning.rotas import a_calendar_file, an_event

CALENDARS = Path(__file__).parent / "calendars"
SAMPLES = tuple(sorted(path.name for path in CALENDARS.glob("*.ics")))
SINCE, UNTIL = utc("2026-11-01 00:00"), utc("2027-01-10 00:00")
LONDON = ZoneInfo("Europe/London")


def read(data: str | bytes, zone: ZoneInfo = LONDON) -> tuple[Entry, ...]:
    return read_entries(data if isinstance(data, bytes) else data.encode(), SINCE, UNTIL, zone)


def exported(name: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The start, the end and the people of each entry of a sample."""
    named = EntryMatcher(the_reference().people)
    return [
        (f"{entry.start:%m-%d %H:%M}", f"{entry.end:%m-%d %H:%M}", named.of(entry))
        for entry in read((CALENDARS / name).read_bytes())
    ]


@pytest.mark.parametrize(
    ("name", "shifts"),
    [
        # every shift an event of its own; addresses without mailto:
        (
            "pagerduty.ics",
            [("11-16 09:00", "11-23 09:00", ("elena",)), ("11-23 09:00", "11-30 09:00", ("omar",))],
        ),
        # every other week, one swapped, one left out; whole days; one that means nobody
        (
            "google.ics",
            [
                ("11-02 09:00", "11-09 09:00", ("elena",)),
                ("11-17 09:00", "11-23 09:00", ("omar",)),
                ("12-14 09:00", "12-14 17:00", ()),
                ("12-14 09:00", "12-21 09:00", ("elena",)),
                ("12-25 00:00", "12-27 00:00", ("ingrid",)),
                ("12-28 09:00", "01-04 09:00", ("elena",)),
            ],
        ),
        # the address is the summary
        ("opsgenie.ics", [("11-20 08:00", "11-21 08:00", ("elena",))]),
        # a zone by Microsoft's name; the first working day of each month
        (
            "outlook.ics",
            [
                ("11-02 08:00", "11-02 16:00", ("elena",)),
                ("12-01 08:00", "12-01 16:00", ("elena",)),
                ("01-01 08:00", "01-01 16:00", ("elena",)),
            ],
        ),
    ],
)
def test_exports_are_understood(name: str, shifts: list[tuple[str, str, tuple[str, ...]]]) -> None:
    """
    MATRIX-1: as PagerDuty, Google Calendar, Opsgenie and Outlook write them.
    """
    assert shifts == exported(name)


@pytest.mark.parametrize(
    ("event", "zone", "start", "end"),
    [
        # whole days and times without a zone are those of the rota's zone
        (
            an_event(";VALUE=DATE:20261120", ";VALUE=DATE:20261121"),
            "Asia/Jakarta",
            "11-19 17:00",
            "11-20 17:00",
        ),
        (an_event(":20261120T090000", ":20261120T170000"), "Asia/Kolkata", "11-20 03:30", "11-20 11:30"),
        # times with a zone are not
        (
            an_event(";TZID=America/New_York:20261120T090000", ";TZID=America/New_York:20261120T170000"),
            "Asia/Kolkata",
            "11-20 14:00",
            "11-20 22:00",
        ),
    ],
)
def test_times_mean_their_zone(event: str, zone: str, start: str, end: str) -> None:
    """
    CLOCK-5: local times are those of somebody's clocks.
    """
    (entry,) = read(a_calendar_file(event), ZoneInfo(zone))

    assert (start, end) == (f"{entry.start:%m-%d %H:%M}", f"{entry.end:%m-%d %H:%M}")


def test_a_recurring_shift_stays_at_its_time_of_day() -> None:
    """
    CLOCK-5: 09:00 in London, before and after the clocks change on the 25th of October.
    """
    event = an_event(
        ";TZID=Europe/London:20261023T090000",
        ";TZID=Europe/London:20261024T090000",
        "RRULE:FREQ=DAILY;COUNT=5",
    )

    found = read_entries(a_calendar_file(event).encode(), utc("2026-10-20 00:00"), UNTIL, LONDON)

    assert ["08:00", "08:00", "09:00", "09:00", "09:00"] == [f"{entry.start:%H:%M}" for entry in found]


def repeating(rule: str, start: str = "20261101T090000Z") -> str:
    return a_calendar_file(an_event(f":{start}", f":{start[:8]}T100000Z", f"RRULE:{rule}"))


REFUSED: list[tuple[str | bytes, str]] = [
    # no calendar, or half of one
    ("", "malformed iCalendar"),
    ("<html><body>Sign in</body></html>", "malformed iCalendar"),
    (b"BEGIN:VCALENDAR\xff", "not in UTF-8"),
    (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "breaks off in the middle"),
    (b"x" * (LARGEST + 1), "more than 1,048,576 bytes"),
    ("BEGIN:VEVENT\r\n" * 50, "nested deeper than 8"),
    (a_calendar_file("BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3_001), "more than 3,000 entries"),
    # rules that would keep anybody busy: too often, never, or without an end in sight
    (repeating("FREQ=SECONDLY"), "another way than by days"),
    (repeating("FREQ=HOURLY"), "another way than by days"),
    (repeating("FREQ=DAILY;BYHOUR=1,2,3"), "another way than by days"),
    (repeating("FREQ=DAILY;INTERVAL=0"), "another way than by days"),
    (repeating("FREQ=DAILY;FREQ=SECONDLY"), "another way than by days"),
    (repeating("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "never comes true"),
    (repeating("FREQ=DAILY;BYMONTH=13"), "never comes true"),
    (repeating("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=5"), "never comes true"),
    (repeating("FREQ=WEEKLY;BYDAY=XX"), "never comes true"),
    ("".join([repeating("FREQ=DAILY", "00010101T090000Z")]), "repeat too often since they began"),
    (a_calendar_file(an_event(":20261101T090000Z", ":20261101T100000Z", "EXRULE:FREQ=DAILY")), "EXRULE"),
    (a_calendar_file("BEGIN:VEVENT\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"), "has no start"),
    (repeating("FREQ=DAILY", "20261301T090000Z"), "a date that does not exist"),
    # entries upon entries
    (
        a_calendar_file(an_event(":20200101T090000Z", ":21200101T090000Z", "RRULE:FREQ=WEEKLY")),
        "more than 50 entries at one time",
    ),
    # the same in a time zone, which is followed while it is read
    (
        a_calendar_file(
            "BEGIN:VTIMEZONE\r\nTZID:Nowhere\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
            "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        ),
        "another way than by days",
    ),
    # values that are none
    (a_calendar_file(an_event(":soon", ":later")), "malformed iCalendar"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[f"{n}-{why}" for n, (_, why) in enumerate(REFUSED)])
def test_what_cannot_be_followed_is_refused(text: str | bytes, why: str) -> None:
    """
    START-6: with one sentence, at once; never a traceback, never a hang, and nothing of its contents.
    """
    with pytest.raises(FeedFault) as refused:
        read(text)

    assert why in str(refused.value)


def test_a_leap_day_comes_true() -> None:
    """
    MATRIX-1: rare is not never.
    """
    assert () == read(repeating("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "20240229T090000Z"))


WHOLE = tuple((CALENDARS / name).read_bytes() for name in SAMPLES)
LINES = tuple({line for data in WHOLE for line in data.split(b"\r\n")})
RULES = st.tuples(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "", "x"]),
    st.lists(
        st.sampled_from(
            [
                *("INTERVAL=1", "INTERVAL=999", "COUNT=0", "COUNT=99999999", "UNTIL=20270101", "UNTIL=x"),
                *("BYDAY=MO", "BYDAY=-5SU,6TU", "BYMONTHDAY=31,-31", "BYMONTH=2", "BYSETPOS=366", "WKST=SU"),
            ]
        ),
        max_size=4,
    ),
).map(lambda parts: ";".join((f"FREQ={parts[0]}", *parts[1])))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """
    A sample with bytes replaced, lines taken out, doubled or exchanged.
    """
    lines = draw(st.sampled_from(WHOLE)).split(b"\r\n")
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(lines) - 1))
        other = draw(st.one_of(st.sampled_from(LINES), st.binary(max_size=40)))
        lines[place : place + draw(st.integers(0, 2))] = [other] * draw(st.integers(0, 3))
        lines = lines or [b""]
    return b"\r\n".join(lines)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(damaged(), st.binary(max_size=300), RULES.map(lambda rule: repeating(rule).encode())))
def test_whatever_the_bytes_it_is_entries_or_one_fault(data: bytes) -> None:
    """
    START-6: fuzzed calendars give entries in order and within the time, or one sentence.
    """
    try:
        found = read(data)
    except FeedFault as fault:
        assert 0 < len(str(fault)) < 200  # noqa: PT017 - either is right
    else:
        assert sorted(found) == list(found)
        assert all(entry.start < entry.end and entry.end > SINCE and entry.start < UNTIL for entry in found)


@settings(max_examples=60)
@given(st.datetimes(naive("2026-01-01"), naive("2027-12-31")), st.integers(1, 60))
def test_an_entry_is_found_from_wherever_it_is_looked_for(at: datetime, days: int) -> None:
    """
    MATRIX-1: the entries of a part of a time are those of the whole that touch it.
    """
    since = at.replace(tzinfo=ZoneInfo("UTC"))
    until = since + timedelta(days=days)
    data = (CALENDARS / "google.ics").read_bytes()
    whole = read_entries(data, utc("2025-12-01 00:00"), utc("2028-03-01 00:00"), LONDON)

    assert [each for each in whole if each.start < until and each.end > since] == list(
        read_entries(data, since, until, LONDON)
    )
