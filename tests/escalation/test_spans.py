"""
Spans of time as people write them.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.policy.plan import Basis
from escalation.policy.spans import SpanFault, parse_span, parse_window

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
EIGHT_HOURS = 8 * HOUR


@pytest.mark.parametrize(
    ("text", "basis", "worth"),
    [
        ("15 min", Basis.PRIORITY, 15 * MINUTE),
        ("15min", Basis.PRIORITY, 15 * MINUTE),
        ("15 Minutes", Basis.PRIORITY, 15 * MINUTE),
        ("1.5 h", Basis.PRIORITY, 90 * MINUTE),
        ("1 h 30 min", Basis.PRIORITY, 90 * MINUTE),
        ("45m", Basis.PRIORITY, 45 * MINUTE),
        ("15 m", Basis.PRIORITY, 15 * MINUTE),
        ("2h", Basis.PRIORITY, 2 * HOUR),
        ("1h30m", Basis.PRIORITY, 90 * MINUTE),
        ("1H 30M", Basis.PRIORITY, 90 * MINUTE),
        ("45m 24x7", Basis.AROUND_THE_CLOCK, 45 * MINUTE),
        ("1d", Basis.CALENDAR_DAYS, 24 * HOUR),
        ("45 business m", Basis.OPEN_HOURS, 45 * MINUTE),
        ("45 s", Basis.PRIORITY, 45 * SECOND),
        ("4 business h", Basis.OPEN_HOURS, 4 * HOUR),
        ("4 business hours", Basis.OPEN_HOURS, 4 * HOUR),
        # a business day is worth what the calendar says
        ("1 business day", Basis.BUSINESS_DAYS, EIGHT_HOURS),
        ("2.5 business days", Basis.BUSINESS_DAYS, 20 * HOUR),
        ("3 days", Basis.CALENDAR_DAYS, 72 * HOUR),
        ("3 d", Basis.CALENDAR_DAYS, 72 * HOUR),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, basis: Basis, worth: timedelta) -> None:
    """
    MATRIX-7: minutes and hours follow the priority, business days always the calendar.
    """
    span = parse_span(text)

    assert basis is span.basis
    assert worth == span.worth(EIGHT_HOURS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15",  # of what?
        "min",
        "-5 min",
        "0 min",
        "1 h - 2 h",
        "1 business day 2 h",  # worth of two kinds
        "1e9 h",
        "999999 days",
        "15 min later",
        "soon",
        "1 month",
        "٣ min x",
    ],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    """
    MATRIX-2: a span has an amount and a unit that mean one thing.
    """
    with pytest.raises(SpanFault):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "minimum", "maximum", "always_in_open_hours"),
    [
        ("15-30 min", 15 * MINUTE, 30 * MINUTE, False),
        ("15 – 30 min", 15 * MINUTE, 30 * MINUTE, False),
        ("30 min - 1 h", 30 * MINUTE, HOUR, False),
        ("15-30m", 15 * MINUTE, 30 * MINUTE, False),
        ("45m - 1h30m", 45 * MINUTE, 90 * MINUTE, False),
        ("30 min–1 h", 30 * MINUTE, HOUR, False),
        ("2 - 4 s", 2 * SECOND, 4 * SECOND, False),
        ("1-2 business days", EIGHT_HOURS, 2 * EIGHT_HOURS, True),
        ("1 business day - 3 business days", EIGHT_HOURS, 3 * EIGHT_HOURS, True),
        ("1 - 2 business h", HOUR, 2 * HOUR, True),
        ("0 - 30 min", 0 * MINUTE, 30 * MINUTE, False),  # no reminder
        ("30 - 30 min", 30 * MINUTE, 30 * MINUTE, False),
    ],
)
def test_windows_are_ranges(
    text: str, minimum: timedelta, maximum: timedelta, always_in_open_hours: bool
) -> None:
    """
    MATRIX-2: from minimum to maximum, in minutes, hours or business days.
    """
    window = parse_window(text)

    assert minimum == window.minimum.worth(EIGHT_HOURS)
    assert maximum == window.maximum.worth(EIGHT_HOURS)
    assert always_in_open_hours is window.maximum.always_in_open_hours


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("30-15 min", "the minimum first"),
        ("2 h - 30 min", "the minimum first"),
        ("4 h - 1 business day", "one kind of unit"),
        ("30 min", "both ends: 30 - 30 min"),
        ("15-30", "from minimum to maximum"),
        ("", "from minimum to maximum"),
        (" - ", "from minimum to maximum"),
        ("1-2-3 h", "from minimum to maximum"),
        ("0 - 0 min", "not empty"),
        ("1 - 2 days", "business days rather than days"),
    ],
)
def test_what_is_no_window_is_refused(text: str, allowed: str) -> None:
    """
    MATRIX-2: empty, reversed and mixed windows are refused, each with what is allowed.
    """
    with pytest.raises(SpanFault, match=allowed):
        parse_window(text)


@given(st.text(max_size=40) | st.from_regex(r"[0-9. -]{0,9}(min|h|business|days|s| ){0,4}", fullmatch=True))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """
    Nothing that is written can do worse than be refused.
    """
    for read in (parse_span, parse_window):
        with suppress(SpanFault):
            read(text)
