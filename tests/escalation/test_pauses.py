"""
Pauses: derived from the record, and never by adding minutes to a deadline (CLOCK-3).
"""

from datetime import datetime

import pytest

from escalation.case.engine import decide
from escalation.case.moves.pause import ClocksPaused, PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.kernel.clock_name import ClockName
from escalation.notifications.system_commands import Tick
from escalation.policy.plan import PausePolicy, Target
from tests.builders import (
    DECLARE,
    HOUR,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    friday,
    happened,
    levels_with,
    monday,
    told,
    tuesday,
)
from tests.said import said as said_of

PAUSE = PauseClocks(by="ana", because="waiting_for_customer")
RESUME = ResumeClocks(by="ana")
R = ClockName.RESOLUTION


def test_a_pause_stops_the_clocks_that_the_playbook_names() -> None:
    """
    CLOCK-3: and no other.
    """
    decision = decide(an_acknowledged(), PAUSE, monday("09:10"))
    running = {each.name: each.next_at for each in decision.state.running_clocks}

    assert (["clocks_paused"], []) == (happened(decision), told(decision))
    assert {
        ClockName.LEVEL_WINDOW: None,
        ClockName.RESOLUTION: None,
        ClockName.NEXT_UPDATE: monday("11:00"),  # customers are kept informed
    } == running


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        (monday("10:00"), monday("12:00"), at(3, "11:00")),  # two open hours
        (monday("16:00"), tuesday("10:00"), at(3, "11:00")),  # two as well, and a night
        (monday("18:00"), tuesday("08:00"), at(2, "17:00")),  # closed hours only: nothing changes
        (monday("17:00"), tuesday("09:00"), at(2, "17:00")),
    ],
)
def test_a_pause_moves_a_business_deadline_by_the_open_time_in_it(
    paused: datetime, resumed: datetime, due: datetime
) -> None:
    """
    CLOCK-3: three business days from Monday 09:00 end on Wednesday at 17:00.
    """
    now = after(an_acknowledged(level=7), paused, PAUSE, resumed, RESUME)

    assert due == clock(now, R).due_at


def test_several_pauses_add_up() -> None:
    """
    CLOCK-3: a deadline is worked out again from all of them.
    """
    now = after(
        an_acknowledged(priority="P1", level=7),
        monday("09:30"),
        PAUSE,
        monday("09:40"),
        RESUME,
        monday("10:00"),
        PAUSE,
        monday("10:20"),
        RESUME,
    )

    assert monday("13:30") == clock(now, R).due_at


def test_a_paused_window_does_not_rise() -> None:
    """
    CLOCK-3, MATRIX-2: it has as much left afterwards as before.
    """
    paused = after(an_acknowledged(), monday("09:20"), PAUSE)
    now = after(paused, monday("12:00"), Tick(), monday("12:05"), RESUME)

    assert 1 == now.level
    assert monday("12:15") == clock(now, ClockName.LEVEL_WINDOW).due_at


def test_a_clock_that_starts_during_a_pause_counts_from_its_end() -> None:
    """
    CLOCK-3: a raise while waiting for the customer.
    """
    paused = after(an_acknowledged(), monday("09:10"), PAUSE)
    raised = after(paused, monday("09:20"), RaiseLevel.model_validate({"by": "ed", "reason": "other"}))
    resumed = after(raised, monday("10:00"), RESUME)

    assert None is clock(raised, ClockName.LEVEL_WINDOW).due_at
    assert monday("11:00") == clock(resumed, ClockName.LEVEL_WINDOW).due_at


def test_a_threshold_already_passed_stays_passed() -> None:
    """
    CLOCK-2, CLOCK-3: a pause does not remind twice.
    """
    reminded = after(an_acknowledged(), monday("09:15"), Tick(), monday("09:16"), PAUSE)
    resumed = decide(reminded, RESUME, monday("09:26"))

    assert [] == told(resumed)
    assert monday("09:40") == clock(resumed.state, ClockName.LEVEL_WINDOW).next_at


def test_declaring_resolved_ends_the_pause() -> None:
    """
    CLOCK-3, RESOLVE-5: the hold while verifying takes its place.
    """
    paused = after(an_acknowledged(priority="P1", level=7), monday("10:00"), PAUSE)
    decision = decide(paused, DECLARE, monday("10:30"))

    assert ["clocks_resumed", "resolution_declared"] == happened(decision)
    assert None is decision.state.pause


def test_what_breached_before_a_pause_is_not_chased_during_it() -> None:
    """
    CLOCK-3, CLOCK-6: we wait for the customer; afterwards once, not for each day.
    """
    breached = after(an_acknowledged(priority="P1", level=7), monday("13:00"), Tick())
    paused = after(breached, monday("14:00"), PAUSE)
    resumed = decide(after(paused, friday("14:00"), Tick()), RESUME, friday("15:00"))

    assert None is clock(paused, R).next_at
    assert ["reminder: ed, ceo"] == told(resumed)
    assert at(5, "13:00") == clock(resumed.state, R).next_at


def test_the_playbook_names_the_reasons_and_what_each_stops() -> None:
    """
    CLOCK-3.
    """
    plan = a_plan(pause_reasons={"spare_part_ordered": PausePolicy(stops=(R,))})
    now = after(an_escalation(plan=plan), PauseClocks(by="ana", because="spare_part_ordered"))

    assert {R} == {each.name for each in now.running_clocks if each.next_at is None}


@pytest.mark.parametrize(
    ("stops", "level", "said"),
    [
        # whoever acknowledged at level 1 must be heard of; the last level has no window
        ((ClockName.LEVEL_WINDOW, R), 1, "stopped: level window, resolution, acknowledgement expiry"),
        ((ClockName.LEVEL_WINDOW, R), 7, "stopped: resolution"),
        ((ClockName.LEVEL_WINDOW,), 7, "none of the clocks that it stops is running"),
    ],
)
def test_a_pause_says_which_clocks_it_stopped(stops: tuple[ClockName, ...], level: int, said: str) -> None:
    """
    CLOCK-3: those that were running; a clock that does not run is not said to be stopped.
    """
    reasons = {"waiting_for_customer": PausePolicy(stops=stops)}
    levels = levels_with(1, ack_expires=Target(after=4 * HOUR))
    escalation = an_acknowledged(level=level, plan=a_plan(pause_reasons=reasons, levels=levels))
    decision = decide(escalation, PAUSE, monday("09:10"))

    (paused,) = (event for event in decision.events if isinstance(event, ClocksPaused))
    assert f"paused, waiting for customer; {said}" == said_of(paused.sentence())
