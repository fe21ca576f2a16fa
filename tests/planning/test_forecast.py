"""
A forecast of the reference playbook, checked by hand against the matrix of the process.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.policy.classification import EscalationReason, Priority
from planning.calendars.instants import format_after_start
from planning.forecast.forecast import Forecast, ForecastEntry, make_forecast
from planning.forecast.forecast_chart import draw_forecast
from planning.forecast.forecast_page import make_forecast_page
from planning.forecast.sample_request import categories_of, make_request
from planning.forecast.simulation import make_open_command, simulate_run
from planning.playbook.loader import Playbook
from tests.planning.builders import the_reference, utc

FRIDAY = utc("2026-11-20 09:30")
CUSTOMER = "CUSTOMER:customer@customer.example"


@pytest.fixture(scope="module")
def reference() -> Playbook:
    return the_reference()


@pytest.fixture(scope="module")
def silent(reference: Playbook) -> Forecast:
    """
    A P3 complaint of Friday 09:30, and nobody answers.
    """
    return make_forecast(reference, make_request(reference, "complaint", Priority.P3), FRIDAY)


def reached(forecast: Forecast) -> list[tuple[int, datetime]]:
    return [(level.level, level.at) for level in forecast.levels]


def of_kind(forecast: Forecast, kind: str, text: str = "") -> Iterator[ForecastEntry]:
    return (entry for entry in forecast.entries if entry.kind == kind and text in entry.text)


def test_the_silent_complaint_rises_by_the_matrix_over_a_weekend(silent: Forecast) -> None:
    """
    MATRIX-8, MATRIX-2, CLOCK-7: open Mon-Fri 09-17, P3 counts open hours, a business day is worth eight of them.
    """
    assert [
        (1, utc("2026-11-20 09:30")),  # Fri
        (2, utc("2026-11-20 10:00")),  # + 30 min
        (3, utc("2026-11-20 11:00")),  # + 1 h
        (4, utc("2026-11-20 13:00")),  # + 2 h
        (5, utc("2026-11-23 10:00")),  # + 5 h: four until Fri 17:00, one from Mon 09:00
        (6, utc("2026-11-25 10:00")),  # + 2 business days = 16 h: Mon 7, Tue 8, Wed 1
        (7, utc("2026-11-30 10:00")),  # + 3 business days = 24 h: Wed 7, Thu 8, Fri 8, Mon 1
    ] == reached(silent)


def test_the_silent_complaint_rises_by_the_matrix_over_holidays(reference: Playbook) -> None:
    """
    MATRIX-8, CLOCK-5: 25 December, its substitute on Monday 28 and 1 January are closed.
    """
    forecast = make_forecast(
        reference, make_request(reference, "complaint", Priority.P3), utc("2026-12-24 10:00")
    )

    assert [
        (1, utc("2026-12-24 10:00")),  # Thu
        (2, utc("2026-12-24 10:30")),
        (3, utc("2026-12-24 11:30")),
        (4, utc("2026-12-24 13:30")),
        (5, utc("2026-12-29 10:30")),  # + 5 h: 3 h 30 until 17:00, then Tue 09:00 + 1 h 30
        (6, utc("2026-12-31 10:30")),  # + 16 h: Tue 6 h 30, Wed 8, Thu 1 h 30
        (7, utc("2027-01-06 10:30")),  # + 24 h: Thu 6 h 30, Mon 8, Tue 8, Wed 1 h 30
    ] == reached(forecast)


def test_each_level_is_reminded_at_its_minimum(silent: Forecast) -> None:
    """
    MATRIX-2: 15 min, 30 min, 1 h, 2 h, 1 business day, 1 business day after the level was reached.
    """
    due_to_rise = of_kind(silent, "reminder", "due to rise")

    assert [
        (1, utc("2026-11-20 09:45"), ("call_centre",)),
        (2, utc("2026-11-20 10:30"), ("priya",)),
        (3, utc("2026-11-20 12:00"), ("jonas",)),
        (4, utc("2026-11-20 15:00"), ("sofia",)),
        (5, utc("2026-11-24 10:00"), ("daniel",)),
        (6, utc("2026-11-26 10:00"), ("stakeholders",)),
    ] == [(entry.level, entry.at, entry.to) for entry in due_to_rise]


def test_everybody_is_told_who_must_be(silent: Forecast) -> None:
    """
    MATRIX-2, COMM-2, COMM-4: the new contact is asked, the managers and the one before are told, customers hear why.
    """
    to_four = [(entry.kind, entry.to) for entry in silent.entries if entry.at == utc("2026-11-20 13:00")]
    at_start = [(entry.kind, entry.to) for entry in silent.entries if entry.at == FRIDAY]

    assert [
        ("clock_breached", ()),
        ("level_raised", ("sofia",)),
        ("assigned", ("sofia",)),
        ("level_raised", ("elena", "jonas")),
        ("hand_over", (CUSTOMER,)),
    ] == to_four
    assert [
        ("opened", ("call_centre",)),
        ("case_received", (CUSTOMER,)),
        ("assigned", ("call_centre",)),
        ("first_notification", ("elena", "chloe")),
    ] == at_start


def test_it_ends_when_nothing_new_would_happen(silent: Forecast) -> None:
    """
    At the last level each clock that starts there breaches once more; nobody is chased for ever, and customers are
    promised nothing new.
    """
    at_the_top = [entry for entry in silent.entries if entry.level == 7]

    assert ["acknowledgement"] == [x.clock for x in at_the_top if x.kind == "clock_breached"]
    assert [] == [entry for entry in at_the_top if entry.kind == "clock_chased"]
    assert utc("2026-11-30 10:30") == silent.ends_at


def test_told_how_far_it_goes_on_to_chase(reference: Playbook) -> None:
    """
    CLOCK-6: with an end of its own, everything until then is told.
    """
    case = make_request(reference, "complaint", Priority.P3)
    forecast = make_forecast(reference, case, FRIDAY, until=utc("2026-12-03 12:00"))

    at_the_top = [entry.at for entry in of_kind(forecast, "clock_chased") if entry.level == 7]
    assert utc("2026-12-01 10:30") in at_the_top
    assert utc("2026-12-02 12:00") < forecast.ends_at <= utc("2026-12-03 12:00")


def test_a_critical_case_enters_higher_and_rises_around_the_clock(reference: Playbook) -> None:
    """
    KIND-3, MATRIX-7: P1 begins at level 2, its windows are half as long and count every hour.
    """
    saturday = utc("2026-11-21 22:00")
    opens = make_open_command(reference, make_request(reference, "complaint", Priority.P1), saturday)

    rises = [
        (event.to_level, event.at)
        for happening in simulate_run(opens, saturday, until=utc("2026-11-22 03:00"))
        for event in happening.events
        if event.kind == "level_raised"
    ]

    assert [
        (3, utc("2026-11-21 22:30")),  # half of 1 h
        (4, utc("2026-11-21 23:30")),  # half of 2 h
        (5, utc("2026-11-22 02:00")),  # half of 5 h
    ] == rises


def test_an_executive_threat_starts_at_the_executive_level(reference: Playbook) -> None:
    """
    KIND-5.
    """
    case = make_request(reference, "complaint", Priority.P3, reason=EscalationReason.EXECUTIVE_THREAT)
    forecast = make_forecast(reference, case, FRIDAY)

    assert [5, 6, 7] == [level.level for level in forecast.levels]
    assert [("elena",)] == [
        entry.to for entry in of_kind(forecast, "sponsorship_proposed") if entry.is_message
    ]


def test_the_same_start_has_the_same_forecast(reference: Playbook, silent: Forecast) -> None:
    """
    The core is pure, and so is what is made of it.
    """
    assert silent == make_forecast(reference, make_request(reference, "complaint", Priority.P3), FRIDAY)


def test_instants_never_go_back(reference: Playbook) -> None:
    """
    Whatever the category.
    """
    for issue_type, category in categories_of(reference):
        forecast = make_forecast(
            reference, make_request(reference, category, Priority.P4, issue_type), FRIDAY
        )
        instants = [entry.at for entry in forecast.entries]

        assert sorted(instants) == instants
        assert forecast.plan.last_level == forecast.levels[-1].level


def test_a_course_without_end_is_cut_off(reference: Playbook) -> None:
    """
    A playbook that reminds every second is not waited for.
    """
    opens = make_open_command(reference, make_request(reference, "complaint", Priority.P3), FRIDAY)

    steps = list(simulate_run(opens, FRIDAY, most_steps=5))

    assert [False] * (len(steps) - 1) + [True] == [step.is_cut_off for step in steps]
    assert 1 == len(list(islice(simulate_run(opens, FRIDAY), 1)))


@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("complain", "did you mean complaint?"),
        ("holiday", "allowed: complaint"),
    ],
)
def test_an_unknown_category_is_refused_with_those_known(
    reference: Playbook, category: str, said: str
) -> None:
    """
    START-6: what was given, what is allowed.
    """
    with pytest.raises(BadRequest, match="category") as refused:
        make_request(reference, category, Priority.P3)
    assert said in refused.value.message


def test_the_drawing_is_plain_svg_with_every_level(silent: Forecast) -> None:
    """
    Self-contained, well formed, and without scripts; names are text.
    """
    svg = draw_forecast(silent, ZoneInfo("Asia/Jakarta"), "Reference <1.0> & others")
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    texts = [text for text in root.itertext() if text.strip()]

    assert "Reference <1.0> & others" in texts
    assert all(any(level.name[:20] in text for text in texts) for level in silent.plan.levels)
    assert "Mon 17:00 · +10 d 0:30" in texts
    assert not any(word in svg for word in ("<script", "href", "url(", "onload"))


def test_the_page_tells_every_entry(silent: Forecast) -> None:
    """
    The drawing and a table, in one file.
    """
    html = make_forecast_page(silent, ZoneInfo("UTC"), "A forecast")

    assert len(silent.entries) == html.count("<tr class=")
    assert "<svg" in html
    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org/", "")


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(), "+0:00"),
        (timedelta(minutes=7, seconds=30), "+0:07:30"),
        (timedelta(days=10, minutes=30), "+10 d 0:30"),
    ],
)
def test_time_since_the_start_is_said_to_the_minute(span: timedelta, said: str) -> None:
    """
    Seconds only where there are any.
    """
    assert said == format_after_start(span)


@pytest.mark.parametrize("priority", Priority)
def test_a_silent_case_spares_its_customers(reference: Playbook, priority: Priority) -> None:
    """
    COMM-3: the reference playbook sends three holding updates in a row at most, at least four hours apart.
    """
    forecast = make_forecast(reference, make_request(reference, "complaint", priority), FRIDAY)
    held = [entry.at for entry in forecast.entries if entry.kind == "holding" and entry.is_message]

    assert 3 == len(held) == forecast.holding_updates
    assert all(later - earlier >= timedelta(hours=4) for earlier, later in pairwise(held))
    assert forecast.customer_messages <= 12
    assert sum(len(entry.to) for entry in forecast.entries if entry.is_message) < 150
    assert not forecast.last.may_hold_the_line
