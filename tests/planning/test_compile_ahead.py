"""
No due time is a guess: open hours are compiled as far as the longest span of the plan takes (CLOCK-5).
"""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from entrypoints.cli.render import escalation
from escalation.case.start import open_escalation
from escalation.case.view import timeline, view
from escalation.kernel.business_time import OpenHours, add
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import is_late
from escalation.kernel.values import from_json, to_json
from escalation.notifications.notification import CustomerNotification, Occasion
from escalation.policy.classification import Priority
from escalation.policy.plan import Basis
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.compile_ahead import CountedSpan, compile_ahead
from planning.calendars.open_hours import compile_further, compile_hours, definition_of, horizon_of
from planning.forecast.forecast import make_forecast
from planning.forecast.sample_request import make_request
from planning.forecast.simulation import make_open_command, simulate_run
from planning.playbook.loader import Playbook
from tests.planning.builders import a_calendar, playbook_of, reference_with, the_reference, utc
from tests.planning.test_business_time import calendars
from tests.said import said
from workflows import search_attributes
from workflows.web_ui import current_details, search_values

NOW = utc("2026-11-20 16:30")
TEN_YEARS = timedelta(days=3653)


def resolved_within(days: int) -> Playbook:
    """The reference playbook, with another resolution target for P3."""
    return playbook_of(reference_with(("resolution: 3 business days", f"resolution: {days} business days")))


@pytest.mark.parametrize("days", [3, 60, 65, 70, 100, 260, 1000])
def test_a_receipt_promises_what_is_true(days: int) -> None:
    """
    COMM-1, CLOCK-5: whatever the target, the letter says the due time that a calendar of ten years has.
    """
    playbook = resolved_within(days)
    case = make_request(playbook, "complaint", Priority.P3)
    decision = open_escalation(make_open_command(playbook, case, NOW), NOW)
    calendar = compile_hours(playbook.calendars["office"], NOW, NOW + TEN_YEARS)

    (receipt,) = (
        each
        for each in decision.effects
        if isinstance(each, CustomerNotification) and each.occasion is Occasion.CASE_RECEIVED
    )
    assert add(calendar, NOW, days * timedelta(hours=8)) == receipt.facts.resolve_by
    assert receipt.facts.resolve_by


@pytest.mark.parametrize("days", [100, 400])
def test_a_long_target_is_breached_when_it_was_promised(days: int) -> None:
    """
    CLOCK-5: open hours are compiled further meanwhile, no clock is ever without its due time, and none moves.
    """
    playbook = resolved_within(days)
    opens = make_open_command(playbook, make_request(playbook, "complaint", Priority.P3), NOW)
    calendar = compile_hours(playbook.calendars["office"], NOW, NOW + TEN_YEARS)
    due_at = add(calendar, NOW, days * timedelta(hours=8))
    seen = []
    for happening in simulate_run(opens, NOW, until=due_at, stops_in_silence=False):
        seen += [(clock.name, clock.not_before) for clock in happening.escalation.clocks if clock.not_before]
        resolution = happening.escalation.clock(ClockName.RESOLUTION)
        assert resolution
        assert due_at == resolution.due_at
        assert bool(resolution.breached_at) == is_late(happening.at, due_at)

    assert not seen


def test_a_plan_of_ordinary_targets_is_not_longer_for_it() -> None:
    """
    CLOCK-5: three months ahead are enough for it.
    """
    playbook = the_reference()
    plan = make_open_command(playbook, make_request(playbook, "complaint", Priority.P3), NOW).plan

    assert horizon_of(NOW)[1] == plan.calendars["office"].hours.compiled_until


def test_what_takes_too_many_years_is_said_to_be_unknown() -> None:
    """
    CLOCK-5: the receipt promises nothing, and our own people read from when on it may be due.
    """
    playbook = resolved_within(3000)
    decision = open_escalation(
        make_open_command(playbook, make_request(playbook, "complaint", Priority.P3), NOW), NOW
    )
    resolution = next(clock for clock in view(decision.state).clocks if clock.name is ClockName.RESOLUTION)

    (resolve_by,) = (
        each.facts.resolve_by
        for each in decision.effects
        if isinstance(each, CustomerNotification) and each.occasion is Occasion.CASE_RECEIVED
    )
    assert resolve_by is None
    assert resolution.due_at is None
    assert resolution.not_before
    assert resolution.not_before > NOW + timedelta(days=4 * 365)
    assert not resolution.is_held


spans = st.timedeltas(timedelta(minutes=1), timedelta(days=60))


@settings(max_examples=50)
@given(calendars, spans, st.timedeltas(timedelta(), timedelta(days=40)))
def test_the_longest_span_is_known_from_any_instant_until_more_is_compiled(
    calendar: CalendarSpec, span: timedelta, later: timedelta
) -> None:
    """
    CLOCK-5: of any calendar, from the start and from any later start before the hours are compiled further.
    """
    now = utc("2026-03-02 11:11")
    counted: tuple[CountedSpan, ...] = ((span, Basis.OPEN_HOURS),)
    hours = compile_ahead(calendar, horizon_of(now)[0], now, counted)
    if hours.reach < span:  # it would take years
        return

    for at in (now, min(now + later, hours.extend_at)):
        assert add(hours, at, span)


def test_months_without_open_hours_do_not_end_a_calendar() -> None:
    """
    CLOCK-5: closed for a hundred days, it opens again, and what is due then is known.
    """
    summer = tuple(date(2026, 6, 1) + timedelta(days=day) for day in range(100))
    school = a_calendar(closed_on=summer)
    definition, june, september = definition_of(school), utc("2026-06-01"), utc("2026-09-01")
    hours = compile_hours(school, utc("2026-04-01"), june)

    closed = hours.continued(compile_further(definition, june, september))
    longer = closed.continued(compile_further(definition, september, utc("2026-12-01")))

    assert september == from_json(OpenHours, to_json(closed)).compiled_until
    assert add(closed, utc("2026-05-29 16:00"), timedelta(hours=2)) is None
    assert utc("2026-09-09 10:00") == add(longer, utc("2026-05-29 16:00"), timedelta(hours=2))


def test_every_surface_says_from_when_on_it_may_be_due() -> None:
    """
    CLOCK-5: the terminal, the Web UI's details and the timeline; what is sorted by due times holds none.
    """
    playbook = resolved_within(3000)
    decision = open_escalation(
        make_open_command(playbook, make_request(playbook, "complaint", Priority.P3), NOW), NOW
    )
    now = decision.state
    clock = now.clock(ClockName.RESOLUTION)
    assert clock
    assert clock.not_before

    screen = StringIO()
    Console(width=160, file=screen).print(escalation.render_escalation(view(now), timeline(decision.events)))
    year = f"{clock.not_before:%Y}"
    assert re.search(rf"resolution +not before \w+ \d+ \w+ {year}", screen.getvalue())
    assert f"resolution: due not before {year}" in current_details(now, decision.events)
    assert any(
        f"resolution clock started, due not before {year}" in said(each.what)
        for each in timeline(decision.events)
    )
    assert year not in str(search_values(now)[search_attributes.NEXT_DUE])
    assert year not in str(now.next_due_at)


def test_a_forecast_goes_on_to_what_is_not_known_yet() -> None:
    """
    CLOCK-5: a due time that is years away is not taken for silence.
    """
    playbook = resolved_within(3000)
    forecast = make_forecast(playbook, make_request(playbook, "complaint", Priority.P3), NOW)
    calendar = compile_hours(playbook.calendars["office"], NOW, NOW + 2 * TEN_YEARS)
    breaches = [
        each.at for each in forecast.entries if each.kind == "clock_breached" and "resolution" in each.text
    ]

    assert [add(calendar, NOW, 3000 * timedelta(hours=8))] == breaches
    assert not forecast.is_cut_off
