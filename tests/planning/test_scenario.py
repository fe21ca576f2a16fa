"""
Forecasts with a script of moves: what people do, what is refused, and what is wrong with a script.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from escalation.case.lifecycle import State
from escalation.kernel.refusals import BadRequest
from escalation.policy.classification import Priority
from planning.calendars.instants import parse_instant
from planning.forecast.forecast import Forecast, make_forecast
from planning.forecast.sample_request import make_request
from planning.forecast.scenario import read_scenario
from planning.playbook.loader import Playbook
from tests.planning.builders import the_reference, utc

FRIDAY = utc("2026-11-20 09:30")
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def reference() -> Playbook:
    return the_reference()


def played(playbook: Playbook, *lines: str) -> Forecast:
    moves = read_scenario("\n".join(lines).encode(), "moves.yaml", FRIDAY, JAKARTA)
    return make_forecast(playbook, make_request(playbook, "complaint", Priority.P3), FRIDAY, moves)


def faults(*lines: str) -> list[str]:
    with pytest.raises(BadRequest) as refused:
        read_scenario("\n".join(lines).encode(), "moves.yaml", FRIDAY, JAKARTA)
    return [str(fault) for fault in refused.value.faults]


def test_moves_are_followed_at_their_times(reference: Playbook) -> None:
    """
    MATRIX-3, ROLE-3: a trigger sends it up at once; local times are those of the zone.
    """
    forecast = played(
        reference,
        "- {after: 10 min, move: acknowledge, by: maya}",
        "- {at: 2026-11-20T16:50, move: report_trigger, by: maya, trigger: asks_for_manager}",
    )

    assert [(1, FRIDAY), (2, utc("2026-11-20 09:50")), (3, utc("2026-11-20 10:50"))] == [
        (level.level, level.at) for level in forecast.levels[:3]
    ]
    assert [("acknowledged", "maya"), ("trigger_reported", "maya"), ("level_raised", "maya")] == [
        (entry.kind, entry.by) for entry in forecast.entries if entry.by == "maya" and entry.kind != "opened"
    ]


def test_a_refused_move_is_told_and_the_run_continues(reference: Playbook) -> None:
    """
    ROLE-2, CLOSE-8: the refusal says why; nothing has changed.
    """
    forecast = played(
        reference,
        "- {after: 5 min, move: close, by: elena}",
        "- {after: 5 min, move: acknowledge, by: chloe}",
        "- {after: 6 min, move: acknowledge, by: nobody}",
    )

    refused = [entry for entry in forecast.entries if entry.kind == "move_refused"]
    assert [utc("2026-11-20 09:35"), utc("2026-11-20 09:35"), utc("2026-11-20 09:36")] == [
        x.at for x in refused
    ]
    assert "cannot close while communicating" in refused[0].text
    assert "roles that may: owner, level_contact" in refused[1].text
    assert "unknown person 'nobody'" in refused[2].text
    assert utc("2026-11-30 10:00") == forecast.levels[-1].at  # as if nobody had answered


def test_a_script_can_take_it_to_its_close(reference: Playbook) -> None:
    """
    CLOSE-8: nothing happens after the close.
    """
    forecast = played(
        reference,
        "- {after: 5 min, move: acknowledge, by: maya}",
        "- {after: 20 min, move: declare_resolved, by: maya, resolution: fix, done: new goods}",
        "- {after: 1 h, move: verify_resolution, by: aisha}",
        "- {after: 2 h, move: confirm_access, by: dewi, account: CUSTOMER, answer: 'yes'}",
        "- {after: 3 h, move: close, by: elena}",
    )

    assert State.CLOSED is forecast.last.state
    assert [1] == [level.level for level in forecast.levels]
    assert utc("2026-11-20 12:30") == forecast.ends_at == forecast.levels[0].until


def test_what_is_due_comes_before_a_move_of_the_same_instant(reference: Playbook) -> None:
    """
    CLOCK-2: at the maximum the level has risen; whoever comes then is too late for it.
    """
    forecast = played(reference, "- {after: 30 min, move: acknowledge, by: maya}")

    at_ten = [entry.kind for entry in forecast.entries if entry.at == utc("2026-11-20 10:00")]
    assert "level_raised" in at_ten
    assert "move_refused" == at_ten[-1]


def test_a_pause_holds_the_forecast(reference: Playbook) -> None:
    """
    CLOCK-3: waiting for the customer, the window stands still, and nothing is left to happen.
    """
    forecast = played(
        reference,
        "- {after: 5 min, move: acknowledge, by: maya}",
        "- {after: 10 min, move: pause, by: maya, because: waiting_for_customer}",
        "- {after: 2 days, move: resume, by: maya}",
    )

    # 20 min of the window are left on Sunday, so Mon 09:20
    assert (2, utc("2026-11-23 09:20")) == (forecast.levels[1].level, forecast.levels[1].at)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {move: acknowledge, by: maya}", "1:3: given neither; allowed: either after"),
        ("- {after: 5 min, at: 2026-11-20T17:00, move: acknowledge, by: maya}", "given both"),
        ("- {after: soon, move: acknowledge, by: maya}", "1:11 after: given 'soon'; allowed: a span"),
        ("- {after: 2 business h, move: acknowledge, by: maya}", "by the wall clock"),
        ("- {at: tomorrow, move: acknowledge, by: maya}", "allowed: a date and time such as"),
        ("- {at: 2026-11-20T10:00, move: acknowledge, by: maya}", "not before the start"),
        ("- {after: 5 min, move: acknowlege, by: maya}", "did you mean acknowledge?"),
        ("- {after: 5 min, by: maya}", "move: given nothing"),
        ("- {after: 5 min, move: acknowledge}", "by: given nothing; allowed: this field is required"),
        ("- {after: 5 min, move: acknowledge, by: maya, note_: x}", "1:47 note_"),
        ("- acknowledge", "given 'acknowledge'; allowed: a move, such as"),
        ("move: acknowledge", "allowed: a list of moves"),
        ("- [", "1:"),
    ],
)
def test_what_is_wrong_with_a_script_is_said(line: str, said: str) -> None:
    """
    START-6: with its place, what was given and what is allowed.
    """
    [fault] = faults(line)

    assert said in fault
    assert "moves.yaml" in fault


def test_every_fault_of_a_script_is_said_at_once() -> None:
    """
    START-6.
    """
    found = faults("- {after: never, move: jump, by: maya}", "- {after: 1 h, move: close}")

    assert ["moves.yaml:1:11 after", "moves.yaml:1:24 move", "moves.yaml:2:3 by"] == [
        fault.partition(": given")[0] for fault in found
    ]


@pytest.mark.parametrize(
    ("written", "zone", "instant"),
    [
        ("2026-11-20T16:30", "Asia/Jakarta", utc("2026-11-20 09:30")),
        ("2026-11-20 16:30+01:00", "Asia/Jakarta", utc("2026-11-20 15:30")),
        ("2026-10-25T01:30", "Europe/London", utc("2026-10-25 00:30")),  # shown twice: the first
        ("2026-11-20", "UTC", utc("2026-11-20 00:00")),
    ],
)
def test_local_times_are_those_of_the_zone(written: str, zone: str, instant: datetime) -> None:
    """
    CLOCK-5: daylight saving exact.
    """
    assert instant == parse_instant(written, ZoneInfo(zone))


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00+14:00", "1969-12-31", "2201-01-01", "9999-12-31T23:59"]
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Midway"])
def test_times_that_are_not_of_ours_are_refused(written: str, zone: str) -> None:
    """
    START-6: no calendar can be counted on there.
    """
    with pytest.raises(ValueError, match="a year from 1970 to 2200"):
        parse_instant(written, ZoneInfo(zone))


@pytest.mark.parametrize("written", ["2026-03-29T01:30", "noon"])
def test_times_that_do_not_exist_are_refused(written: str) -> None:
    """
    CLOCK-5: the hour that the clocks skip, and what is no time.
    """
    with pytest.raises(ValueError, match="time"):
        parse_instant(written, ZoneInfo("Europe/London"))
