"""
The matrix: windows, triggers, responses, and contacts who cannot be reached (MATRIX).
"""

from datetime import datetime

import pytest

from escalation.case.engine import decide
from escalation.case.levels import LevelRaised
from escalation.case.moves.report_trigger import ReportTrigger, TriggerReported
from escalation.case.moves.tick_response import TickResponse
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from tests.builders import (
    DECLARE,
    HOUR,
    JO,
    MINUTE,
    a_plan,
    a_window,
    after,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    levels_with,
    monday,
    the,
    told,
)
from tests.said import said


def test_at_the_windows_minimum_the_contact_is_reminded() -> None:
    """
    MATRIX-2: that it is due to rise; only the owner hears of it.
    """
    escalation = an_acknowledged()
    decision = decide(escalation, Tick(), monday("09:15"))

    assert monday("09:15") == escalation.wake_at
    assert (1, ["threshold_passed"], ["reminder: ana"]) == (
        decision.state.level,
        happened(decision),
        told(decision),
    )
    facts = internal(decision, "reminder").facts
    assert ("this level is due to rise", "level_window", monday("09:30")) == (
        said(facts.why),
        facts.clock,
        facts.due_at,
    )


def test_unacknowledged_escalation_rises_when_its_window_ends() -> None:
    """
    MATRIX-2: at the window's maximum it rises by itself.
    """
    escalation = an_escalation(level=1, opened_at=monday("09:00"))

    decision = decide(escalation, Tick(), now=monday("09:30"))

    assert 2 == decision.state.level


def test_acknowledging_does_not_stop_the_window() -> None:
    """
    MATRIX-2: it measures time without resolution.
    """
    at_minimum = after(an_acknowledged(), monday("09:15"), Tick())
    decision = decide(at_minimum, Tick(), monday("09:30"))

    assert (2, "mia") == (decision.state.level, decision.state.owner)
    assert ["clock_breached", "level_raised"] == happened(decision)
    assert ["assigned: mia", "level_raised: ana", f"hand_over: {JO}"] == told(decision)


def test_declaring_resolved_stops_the_window() -> None:
    """
    MATRIX-2.
    """
    declared = after(an_acknowledged(), monday("09:29"), DECLARE)

    assert 1 == after(declared, monday("12:00"), Tick()).level
    assert None is clock(declared, ClockName.LEVEL_WINDOW).next_at


def test_left_alone_it_climbs_the_whole_matrix_and_stays_at_the_last() -> None:
    """
    MATRIX-2, MATRIX-7: each level for its window, business days in open hours; the last holds until resolution.
    """
    escalation = an_escalation()
    risen: dict[int, datetime | None] = {1: escalation.opened_at}
    while escalation.level < 7:
        wake_at = escalation.wake_at
        assert wake_at
        escalation = decide(escalation, Tick(), wake_at).state
        risen.setdefault(escalation.level, wake_at)

    assert {
        1: monday("09:00"),
        2: monday("09:30"),
        3: monday("10:30"),
        4: monday("12:30"),
        5: at(1, "09:30"),  # half an hour of the five is left on Tuesday
        6: at(3, "09:30"),
        7: at(8, "09:30"),  # the weekend does not count
    } == risen
    assert "ceo" == escalation.owner
    assert ClockName.LEVEL_WINDOW not in {clock.name for clock in escalation.running_clocks}
    assert 7 == after(escalation, at(60, "09:00"), Tick()).level


def test_a_window_on_the_last_level_does_nothing() -> None:
    """
    MATRIX-2: there is no level to rise to; a plan that says so anyway must not stall the escalation.
    """
    plan = a_plan(levels=levels_with(7, window=a_window(MINUTE, HOUR)))
    escalation = after(an_escalation(plan=plan, level=7), monday("16:00"), Tick())

    assert 7 == escalation.level


@pytest.mark.parametrize(
    ("level", "trigger", "reached"),
    [
        (1, "asks_for_manager", 2),  # to the next level
        (4, "privacy_at_risk", 6),  # to the level that it names
    ],
)
def test_a_trigger_raises_at_once(level: int, trigger: str, reached: int) -> None:
    """
    MATRIX-3.
    """
    command = ReportTrigger(by="ed", trigger=trigger, note=InternalText("by phone"))
    decision = decide(an_escalation(level=level), command, monday("09:01"))

    assert reached == decision.state.level
    assert ["communication_begun", "trigger_reported", "level_raised"] == happened(decision)
    assert (trigger, "by phone") == (
        the(TriggerReported, decision).trigger,
        the(TriggerReported, decision).note,
    )


def test_a_trigger_says_in_words_why_it_rose() -> None:
    """
    MATRIX-3, COMM-4: whoever gets it, and whoever had it, reads the reason.
    """
    decision = decide(an_acknowledged(), ReportTrigger(by="ana", trigger="asks_for_manager"), monday("09:01"))

    assert ["assigned: mia", f"hand_over: {JO}"] == told(decision)
    assert "the customer asks for a manager" == said(internal(decision, "assigned").facts.why)


def test_an_unknown_trigger_is_refused_with_those_known() -> None:
    """
    MATRIX-3.
    """
    with pytest.raises(UnknownName) as refused:
        decide(an_escalation(), ReportTrigger(by="ana", trigger="privacy_at_risk"), monday("09:01"))

    assert (
        "ACME/4711: level 1 has no trigger 'privacy_at_risk'; known: cannot_solve, asks_for_manager"
        == refused.value.message
    )


@pytest.mark.parametrize("response", ["hear the customer out", "1"])  # by its words, or by its number
def test_responses_are_ticked_off(response: str) -> None:
    """
    MATRIX-4.
    """
    decision = decide(an_acknowledged(), TickResponse(by="ana", response=response), monday("09:01"))

    assert (("hear the customer out",), ("write down what happened",)) == (
        decision.state.responses_done,
        decision.state.responses_left,
    )
    assert (["response_ticked"], []) == (happened(decision), told(decision))


def test_a_response_is_ticked_once_and_only_if_it_exists() -> None:
    """
    MATRIX-4: the refusal lists what there is.
    """
    ticked = after(an_escalation(), TickResponse(by="ana", response="1"))

    with pytest.raises(MoveNotAllowed, match="ACME/4711: 'hear the customer out' is already ticked off"):
        decide(ticked, TickResponse(by="ana", response="1"), monday("09:01"))
    with pytest.raises(UnknownName) as refused:
        decide(ticked, TickResponse(by="ana", response="3"), monday("09:01"))
    assert "known: 1.1 hear the customer out; 1.2 write down what happened" in refused.value.message


def test_a_response_of_a_level_that_was_left_is_not_ticked_off() -> None:
    """
    MATRIX-4: what is the second on one level is something else on the next; whoever says the level is safe.
    """
    risen = decide(an_escalation(), Tick(), monday("09:30")).state

    with pytest.raises(MoveNotAllowed, match="ACME/4711: it is at level 2 now, not at level 1"):
        decide(risen, TickResponse(by="ana", response="1", level=1), monday("09:31"))
    ticked = decide(risen, TickResponse(by="ana", response="1", level=2), monday("09:31"))
    assert risen.current_level.responses[:1] == ticked.state.responses_done


@pytest.mark.parametrize(
    ("done", "is_early"),
    [((), True), (("1",), True), (("1", "2"), False)],
)
def test_a_raise_before_all_responses_are_done_is_recorded_as_early(
    done: tuple[str, ...], is_early: bool
) -> None:
    """
    MATRIX-4: allowed nevertheless. The next level begins with its own responses.
    """
    ticked = after(an_acknowledged(), *(TickResponse(by="ana", response=number) for number in done))
    decision = decide(ticked, ReportTrigger(by="ana", trigger="cannot_solve"), monday("09:01"))

    assert is_early is the(LevelRaised, decision).is_early
    assert () == decision.state.responses_done


def test_a_rise_by_itself_is_never_early() -> None:
    """
    MATRIX-4: nobody chose it.
    """
    assert not the(LevelRaised, decide(an_acknowledged(), Tick(), monday("09:30"))).is_early
