"""
Hand-over from shift to shift, as a playbook says it and a forecast shows it (MATRIX-1).
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from escalation.policy.classification import Priority
from escalation.policy.people import ContactKind, HandsOver
from planning.forecast.forecast import Forecast, make_forecast
from planning.forecast.sample_request import make_request
from planning.plan.contacts import contact_of
from planning.playbook.loader import Playbook, load_playbook
from tests.planning.builders import REFERENCE, faults_of_text
from tests.planning.rotas import DESK, a_rota, text_of

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def around_the_world() -> Playbook:
    return load_playbook(REFERENCE.with_name("on_call.yaml"))


def handed_over(forecast: Forecast) -> list[tuple[str, str]]:
    return [
        (f"{entry.at.astimezone(LONDON):%a %H:%M}", entry.to[0])
        for entry in forecast.entries
        if entry.kind == "on_call_found" and "instead of" in entry.text
    ]


def test_a_forecast_shows_each_hand_over_and_whom_it_asks(around_the_world: Playbook) -> None:
    """
    At level 2 since Friday 16:20, with 40 of its 60 open minutes over by 17:00: it rises on Monday at 09:20.
    """
    starts_at = datetime(2026, 11, 20, 15, 50, tzinfo=LONDON)
    case = make_request(around_the_world, "complaint", Priority.P3)
    until = datetime(2026, 11, 23, 9, 10, tzinfo=LONDON)

    forecast = make_forecast(around_the_world, case, starts_at, until=until)

    shifts = handed_over(forecast)
    assert ("Fri 17:00", "rosa") in shifts or ("Fri 17:00", "will") in shifts
    assert {"Sat 01:00", "Sat 09:00", "Sun 09:00", "Mon 01:00", "Mon 09:00"} <= {at for at, _ in shifts}
    asked = {(entry.at, entry.to) for entry in forecast.entries if entry.kind == "assigned"}
    assert any("instead of Priya Nair (" in entry.text for entry in forecast.entries)
    moves = {entry.at for entry in forecast.entries if "instead of" in entry.text}
    assert moves <= {at for at, _ in asked}


def test_a_forecast_of_silence_ends_though_shifts_go_on(around_the_world: Playbook) -> None:
    """
    Once everything has been missed, one hand-over is like the next.
    """
    levels = {"levels": {**around_the_world.issue_types["customer_service_requests"].levels}}
    last = max(levels["levels"])
    levels["levels"][last] = levels["levels"][last].model_copy(update={"contacts": ("support_desk",)})
    kind = around_the_world.issue_types["customer_service_requests"].model_copy(update=levels)
    kinds = {**around_the_world.issue_types, "customer_service_requests": kind}
    playbook = around_the_world.model_copy(update={"issue_types": kinds})

    forecast = make_forecast(
        playbook, make_request(playbook, "complaint", Priority.P1), datetime(2026, 11, 20, 9, tzinfo=LONDON)
    )

    assert not forecast.is_cut_off
    assert handed_over(forecast)


def test_a_rota_hands_over_what_is_unacknowledged_unless_it_says_otherwise() -> None:
    """
    MATRIX-1: pinned with the plan.
    """
    assert HandsOver.UNACKNOWLEDGED is contact_of(a_rota(), DESK).hands_over
    everything = contact_of(a_rota(hands_over="open"), DESK)
    assert (ContactKind.ROTA, HandsOver.OPEN) == (everything.kind, everything.hands_over)


def test_what_else_is_written_there_is_answered_with_what_is_allowed() -> None:
    """
    START-6.
    """
    (fault,) = faults_of_text(text_of(hands_over="opne"))

    assert ("'opne'", "unacknowledged, open", "open") == (fault.given, fault.allowed, fault.suggestion)
