"""
Clocks: thresholds, breaches, chasing, and what downtime does to them (CLOCK).
"""

from dataclasses import replace

import pytest

from escalation.case import events as e
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.pause import PauseClocks
from escalation.case.state import Escalation
from escalation.kernel.clock_events import (
    ClockBreached,
    ClockChased,
    ClockEnded,
    ThresholdPassed,
    ThresholdsSkipped,
)
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.notifications.system_commands import ExtendOpenHours, Tick
from escalation.policy.classification import Priority
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.plan import Target
from tests.builders import (
    DAY,
    DECLARE,
    HOUR,
    JO,
    MINUTE,
    VERIFY,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    monday,
    one_in,
    priorities_with,
    the,
    told,
    tuesday,
    weekdays,
)
from tests.said import said
from tests.used_time import used_time_of

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


def test_each_clock_ends_with_one_outcome() -> None:
    """
    CLOCK-1: met, breached with its lateness, or cancelled.
    """
    late = after(an_acknowledged(priority="P2"), tuesday("09:00"), Tick())
    closing = after(late, tuesday("09:01"), DECLARE, tuesday("11:00"), VERIFY)
    outcomes = {each.name: each.outcome for each in closing.clocks if not each.is_running}

    assert {
        ClockName.ACKNOWLEDGE: Outcome.CANCELLED,  # of the level that it rose to: resolved before it was due
        ClockName.FIRST_NOTIFICATION: Outcome.MET,
        ClockName.LEVEL_WINDOW: Outcome.MET,
        ClockName.NEXT_UPDATE: Outcome.BREACHED,
        ClockName.RESOLUTION: Outcome.BREACHED,
        ClockName.VERIFICATION: Outcome.MET,
    } == outcomes


def test_a_breached_clock_ends_with_how_late_it_was() -> None:
    """
    CLOCK-1: lateness counts to when it was satisfied: a resolution, when it was declared.
    """
    breached = after(at_last_level(priority="P1"), monday("13:00"), Tick(), monday("14:30"), DECLARE)
    ended = [
        event
        for event in decide(breached, VERIFY, monday("16:00")).events
        if isinstance(event, ClockEnded) and event.clock is R
    ]

    assert [(Outcome.BREACHED, 90 * MINUTE, monday("14:30"))] == [
        (event.outcome, event.late_by, event.ended_at) for event in ended
    ]


@pytest.mark.parametrize(
    ("at_time", "told_of"),
    [
        ("13:00", ["reminder: ceo"]),  # 50 %
        ("15:00", ["reminder: ceo"]),  # 75 %
        ("16:12", ["reminder: ceo"]),  # 90 %
        ("17:00", ["breach: ed, ceo", "brought_in: dora"]),  # 100 %
    ],
)
def test_thresholds_fire_at_their_share_of_the_time(at_time: str, told_of: list[str]) -> None:
    """
    CLOCK-2, CLOCK-6: reminders go to whoever has to act; the breach to the managers too.
    """
    no_updates = priorities_with(Priority.P2, targets={ClockName.NEXT_UPDATE: Target(after=99 * DAY)})
    now = at_last_level(priority="P2", plan=a_plan(priorities=no_updates))
    while now.wake_at and now.wake_at < monday(at_time):
        now = after(now, now.wake_at, Tick())

    assert told_of == told(decide(now, Tick(), monday(at_time)))
    assert [] == told(decide(after(now, monday(at_time), Tick()), Tick(), monday(at_time)))


def test_thresholds_missed_in_downtime_are_skipped_and_only_the_last_speaks() -> None:
    """
    CLOCK-2: recorded, not sent late in a burst.
    """
    decision = decide(at_last_level(priority="P2"), Tick(), monday("16:30"))

    assert [(3, 2)] == passed(decision.events, R)
    assert 1 == told(decision).count("reminder: ceo")


def test_downtime_of_days_alerts_each_person_once_for_each_clock() -> None:
    """
    CLOCK-2, CLOCK-6: the clocks that ran out are told of, in the order in which they did; it rises one level.
    """
    decision = decide(an_escalation(), Tick(), at(3, "12:00"))

    assert [
        "breach: mia, ana",  # acknowledge; Ben is not asked, because it rises at the same moment
        "assigned: mia",  # the window
        "level_raised: ana",
        f"hand_over: {JO}",
        "breach: max, ed",  # first notification
        "breach: max, mia",  # next update
        "breach: max, mia",  # resolution
        "brought_in: dora",
    ] == told(decision)
    assert 2 == decision.state.level


def test_what_is_breached_is_brought_up_again_until_somebody_ends_it() -> None:
    """
    CLOCK-6: once a day, by the clock that was missed, not by when it was noticed.
    """
    breached = after(at_last_level(priority="P1"), monday("13:20"), Tick())
    decision = decide(breached, Tick(), tuesday("13:00"))

    assert (monday("13:00"), tuesday("13:00")) == (clock(breached, R).breached_at, clock(breached, R).next_at)
    assert "reminder: ed, ceo" in told(decision)
    assert at(2, "13:00") == clock(decision.state, R).next_at


def test_chases_missed_in_downtime_speak_as_one() -> None:
    """
    CLOCK-2: a week down is one reminder, and the next is due on its day.
    """
    plan = a_plan(
        priorities=priorities_with(Priority.P1, targets={ClockName.NEXT_UPDATE: Target(after=99 * DAY)})
    )
    breached = after(at_last_level(priority="P1", plan=plan), monday("13:00"), Tick())
    decision = decide(breached, Tick(), at(7, "14:00"))

    assert ["reminder: ed, ceo"] == told(decision)
    assert 7 == the(ClockChased, decision).times
    assert at(8, "13:00") == clock(decision.state, R).next_at


@pytest.mark.parametrize(
    ("name", "at_time", "managers_and_who_acts"),
    [
        (ClockName.ACKNOWLEDGE, "09:15", "breach: max, mia"),
        (ClockName.FIRST_NOTIFICATION, "09:30", "breach: max, ed"),
        (ClockName.NEXT_UPDATE, "10:00", "breach: max, mia"),
    ],
)
def test_a_breach_alerts_the_managers_of_the_level_at_once(
    name: ClockName, at_time: str, managers_and_who_acts: str
) -> None:
    """
    CLOCK-6: whoever is working on it.
    """
    decision = decide(an_escalation(priority="P2", level=2), Tick(), monday(at_time))
    facts = [
        notice
        for notice in decision.effects
        if getattr(notice.facts, "clock", None) is name  # type: ignore[union-attr]
    ]

    assert managers_and_who_acts in told(decision)
    assert 1 == len(facts)


def test_a_level_without_managers_alerts_the_escalation_managers() -> None:
    """
    CLOCK-6: never nobody.
    """
    levels = tuple(replace(level, managers=()) for level in a_plan().levels)
    escalation = an_escalation(priority="P2", plan=a_plan(levels=levels))
    decision = decide(escalation, Tick(), monday("09:15"))

    assert "breach: ed, ana" in told(decision)
    assert "is overdue" in said(internal(decision, "breach").facts.why)


def test_open_hours_are_asked_for_before_they_end() -> None:
    """
    CLOCK-5: a due time must never rest on hours that nobody knows.
    """
    escalation = one_in(State.RESOLVING, level=7)
    early = decide(escalation, Tick(), escalation.plan.extend_at)

    assert escalation.wake_at
    assert escalation.wake_at <= escalation.plan.extend_at
    (wanted,) = [effect for effect in early.effects if isinstance(effect, CompileOpenHours)]
    assert wanted.until > escalation.plan.calendars["office"].hours.compiled_until


def test_beyond_the_open_hours_known_nothing_is_judged_until_more_are_known() -> None:
    """
    CLOCK-5: after a long stop the hours come first, then what ran out in them; one round of hours is enough.
    """
    few = weekdays(weeks=9)  # until Monday next
    plan = a_plan(
        open_hours=few, priorities=priorities_with(Priority.P3, targets={R: Target(after=400 * HOUR)})
    )
    down = decide(one_in(State.RESOLVING, level=7, plan=plan), Tick(), at(100, "12:00"))
    (wanted,) = [effect for effect in down.effects if isinstance(effect, CompileOpenHours)]
    known = decide(
        down.state,
        ExtendOpenHours(
            calendar="office", definition="{}", since=wanted.since, open_hours=weekdays(weeks=40)
        ),
        at(100, "12:00"),
    )

    assert "resolution" not in {x.clock for x in down.events if isinstance(x, ClockBreached)}
    assert wanted.until > at(100, "12:00")
    assert clock(known.state, R).breached_at == at(67, "17:00")
    assert ["open_hours_extended", "clock_breached"] == happened(known)[:2]


def test_time_in_work_is_counted_and_pauses_are_not() -> None:
    """
    CLOCK-7: 60 min new, 30 min in work, 30 min paused, then ended: 90 min counted.
    """
    now = after(
        at_last_level(priority="P1"),
        monday("10:30"),
        PauseClocks(by="ceo", because="waiting_for_customer"),
        monday("11:00"),
        DECLARE,
    )

    assert 90 * MINUTE == used_time_of(clock(now, R), None, now.pauses, monday("11:00"))
    assert 90 * MINUTE == used_time_of(
        clock(now, R), None, now.pauses, monday("15:00")
    )  # held while verifying
