"""
A change of priority: due times follow from the original start, and what happened stays happened (CLOCK-4).
"""

import pytest

from escalation.case import events as e
from escalation.case.engine import decide
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.state import Escalation
from escalation.kernel.clock_events import ClockBreached, ThresholdPassed, ThresholdsSkipped
from escalation.kernel.clock_name import ClockName
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import Priority
from escalation.policy.plan import Target
from tests.builders import (
    HOUR,
    a_plan,
    after,
    an_acknowledged,
    at,
    clock,
    monday,
    priorities_with,
    told,
    tuesday,
)
from tests.said import said

R = ClockName.RESOLUTION


def at_last_level(**changes: object) -> Escalation:
    """
    Acknowledged, at a level without a window: only the other clocks run.
    """
    return an_acknowledged(level=7, **changes)


def passed(decision_events: tuple[e.Event, ...], name: ClockName) -> list[tuple[int, int]]:
    return [
        (event.passed, event.skipped)
        for event in decision_events
        if isinstance(event, ThresholdPassed | ThresholdsSkipped) and event.clock is name
    ]


def test_a_change_of_priority_counts_from_the_original_start() -> None:
    """
    CLOCK-4: not from now.
    """
    raised = after(an_acknowledged(), monday("11:00"), ChangePriority(by="ed", priority=Priority.P1))

    assert (4 * HOUR, monday("13:00")) == (clock(raised, R).after, clock(raised, R).due_at)


def test_a_threshold_that_a_change_put_behind_us_is_skipped() -> None:
    """
    CLOCK-2, CLOCK-4: recorded as skipped, and nobody is reminded; the next one is still to come.
    """
    escalation = at_last_level()
    decision = decide(escalation, ChangePriority(by="ed", priority=Priority.P2), monday("14:00"))

    assert [(1, 1)] == passed(decision.events, R)
    assert monday("15:00") == clock(decision.state, R).next_at
    assert not [line for line in told(decision) if line.startswith("reminder")]
    skipped = next(x for x in decision.events if isinstance(x, ThresholdsSkipped) and x.clock is R)
    assert "resolution: reminder skipped, already past" == said(skipped.sentence())


def test_a_later_threshold_that_is_skipped_says_so_too() -> None:
    """
    CLOCK-2: whatever went before it.
    """
    reminded = after(at_last_level(priority="P3"), at(1, "13:00"), Tick())  # 12 of 24 h
    slower = after(reminded, ChangePriority(by="ed", priority=Priority.P4))
    decision = decide(slower, ChangePriority(by="ed", priority=Priority.P3), at(2, "11:30"))
    skipped = next(x for x in decision.events if isinstance(x, ThresholdsSkipped) and x.clock is R)

    assert (2, 1) == (skipped.passed, skipped.skipped)
    assert "resolution: reminder skipped, already past" == said(skipped.sentence())


def test_a_change_that_puts_the_due_time_behind_us_breaches_at_once() -> None:
    """
    CLOCK-4, CLOCK-6: with the due time that was missed.
    """
    decision = decide(at_last_level(), ChangePriority(by="ed", priority=Priority.P1), monday("15:00"))
    missed = [x.due_at for x in decision.events if isinstance(x, ClockBreached) and x.clock is R]

    assert [monday("13:00")] == missed
    assert "breach: ed, ceo" in told(decision)


def test_what_already_breached_stays_breached() -> None:
    """
    CLOCK-4: more time given afterwards does not undo it, and it is still chased.
    """
    breached = after(at_last_level(priority="P1"), monday("13:00"), Tick())
    slower = after(breached, monday("14:00"), ChangePriority(by="ed", priority=Priority.P4))

    assert (monday("13:00"), tuesday("13:00")) == (clock(slower, R).breached_at, clock(slower, R).next_at)
    assert slower.is_breached


@pytest.mark.parametrize(
    ("before", "thresholds", "still_to_come"),
    [
        ((50, 75, 90), (75,), 1),  # the 50 % that fired is not the 75 % of now
        ((50,), (25, 50, 75), 1),  # 25 and 50 are behind
        ((50,), (50,), 0),
        ((50,), (), 0),
    ],
)
def test_a_threshold_fires_once_whatever_the_new_priority_has(
    before: tuple[int, ...], thresholds: tuple[int, ...], still_to_come: int
) -> None:
    """
    CLOCK-2, CLOCK-4: what fired is known by its share of the time, not by its place in a list.
    """
    old = Target(after=8 * HOUR, thresholds=before)
    new = Target(after=80 * HOUR, thresholds=thresholds)
    priorities = priorities_with(Priority.P3, targets={R: old}) | {
        Priority.P4: priorities_with(Priority.P4, targets={R: new})[Priority.P4]
    }
    reminded = after(at_last_level(plan=a_plan(priorities=priorities)), monday("13:00"), Tick())
    changed = after(reminded, monday("13:01"), ChangePriority(by="ed", priority=Priority.P4))

    resolution = clock(changed, R)
    assert still_to_come == len(resolution.thresholds) - resolution.passed


def test_a_threshold_that_one_priority_skipped_fires_by_the_next() -> None:
    """
    CLOCK-2, CLOCK-4: past by P2 and skipped, still to come by P3: what nobody has said is said in its time.
    """
    raised = after(at_last_level(), monday("14:00"), ChangePriority(by="ed", priority=Priority.P2))
    lowered = after(raised, monday("14:05"), ChangePriority(by="ed", priority=Priority.P3))
    reminded = after(lowered, at(1, "13:00"), Tick())  # 12 of 24 h

    assert [(1, 0), (0, 0), (1, 0.5)] == [
        (clock(now, R).passed, clock(now, R).fired_share) for now in (raised, lowered, reminded)
    ]


def test_a_threshold_that_fired_does_not_fire_by_another_priority() -> None:
    """
    CLOCK-2: exactly once, however often the priority goes to and fro.
    """
    escalation = after(at_last_level(), at(1, "13:00"), Tick())
    for priority in (Priority.P4, Priority.P3, Priority.P4, Priority.P3):
        escalation = after(escalation, at(1, "13:01"), ChangePriority(by="ed", priority=priority))

    assert (1, 0.5) == (clock(escalation, R).passed, clock(escalation, R).fired_share)


def test_a_threshold_that_fired_is_remembered_by_targets_that_do_not_have_it() -> None:
    """
    CLOCK-2: half of the time was said by P3; P4 has no threshold there, and P2 does not say it again.
    """
    half, later = (Target(after=8 * HOUR, thresholds=thresholds) for thresholds in ((50,), (75,)))
    priorities = {
        priority: priorities_with(priority, targets={R: target})[priority]
        for priority, target in ((Priority.P3, half), (Priority.P4, later), (Priority.P2, half))
    }
    escalation = after(at_last_level(plan=a_plan(priorities=priorities)), monday("13:00"), Tick())
    assert 0.5 == clock(escalation, R).fired_share
    for priority in (Priority.P4, Priority.P2):
        escalation = after(escalation, monday("13:01"), ChangePriority(by="ed", priority=priority))

    assert (1, 0.5) == (clock(escalation, R).passed, clock(escalation, R).fired_share)
