"""
Time: one timer, re-armed only for what is due earlier; breaches judged by comparing instants.
"""

from datetime import datetime, timedelta

from escalation.case.resolution import ResolutionKind
from escalation.contract import ContinuedState, EscalationInput
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clock_view import ClockView
from tests.escalations import Desk
from tests.said import said
from tests.workflows import stages

SOON = timedelta(seconds=5)
"""The delay that a busy machine may cause; due times themselves are exact."""


async def clock(desk: Desk, name: ClockName) -> ClockView:
    return next(clock for clock in (await desk.view()).clocks if clock.name is name)


async def test_it_rises_by_itself_when_its_window_ends_and_not_before(desk: Desk) -> None:
    """
    MATRIX-2: to the second; whoever is asked next, and whoever lost it, is told once.
    """
    await desk.start()
    due_at = (await clock(desk, ClockName.LEVEL_WINDOW)).due_at
    assert due_at is not None
    await desk.client.acknowledge(desk.key, by="priya")

    left = due_at - await desk.now() - timedelta(seconds=2)
    await desk.fast_forward(seconds=left.total_seconds())
    assert 2 == (await desk.view()).level
    await desk.fast_forward(seconds=2)

    assert (3, "jonas") == ((await desk.view()).level, (await desk.view()).owner)
    (rise,) = await desk.timeline("level_raised")
    assert timedelta() <= rise.at - due_at < SOON
    assert "engine" == rise.by
    told = desk.told()
    assert 1 == told.count("assigned jonas.weber@example.com")
    assert 1 == told.count("level_raised priya.nair@example.com")


async def test_there_is_one_timer_and_it_is_not_armed_again_for_what_is_due_later(desk: Desk) -> None:
    """
    Each timer costs: a move that puts a due time off leaves the timer alone, one that brings it nearer does not.
    """
    await desk.start()
    await desk.at_rest()
    first = await desk.timer_ends_at()

    # The earliest due time was the acknowledgement's reminder; now it is later.
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.client.send_update(desk.key, by="priya", customer_text="Soon")
    await desk.client.tick_response(desk.key, by="priya", response="1")
    await desk.at_rest()
    events = await desk.events_in_history()
    assert (1, 0) == (events.count("TIMER_STARTED"), events.count("TIMER_CANCELED"))
    assert first == await desk.timer_ends_at()

    await desk.fast_forward(minutes=3)  # it ends, there is nothing to do, and the next is armed
    second = await desk.timer_ends_at()
    assert first is not None
    assert second is not None
    assert second > first

    await desk.client.transfer(
        desk.key, by="priya", to="finance"
    )  # and they have five minutes to acknowledge
    await desk.at_rest()
    third = await desk.timer_ends_at()
    assert third is not None
    assert third < second
    events = await desk.events_in_history()
    assert (3, 1) == (events.count("TIMER_STARTED"), events.count("TIMER_CANCELED"))


async def test_what_was_due_meanwhile_is_breached_as_of_its_due_time(desk: Desk) -> None:
    """
    CLOCK-6: no timer fired, since nothing ran; comparing instants finds it all, each once, in the order of due times.
    """
    an_hour_ago = await _real_now(desk) - timedelta(hours=1)
    opening = stages.opened_at(desk.key, an_hour_ago)
    carried = ContinuedState(escalation=opening.state, events=opening.events)

    await desk.start_by_hand(EscalationInput(carried=carried))
    await desk.at_rest()

    breaches = [said(entry.what) for entry in await desk.timeline("clock_breached")]
    dues = [an_hour_ago + timedelta(minutes=minutes) for minutes in (5, 15, 30, 30, 60)]
    assert len(dues) == len(breaches)
    for due_at, text in zip(dues, breaches, strict=True):
        assert f"was due {due_at:%Y-%m-%d %H:%M} UTC" in text
    (rise,) = await desk.timeline("level_raised")
    assert timedelta(hours=1) <= rise.at - an_hour_ago < timedelta(hours=1) + SOON
    assert (await desk.view()).is_breached
    assert "reminder priya.nair@example.com" not in desk.told(), (
        "late reminders are skipped, not sent in a burst"
    )


async def test_a_move_that_comes_too_late_does_not_hide_the_breach(desk: Desk) -> None:
    """
    CLOCK-6: message and timer in one task, as after a crash: what was due happens before the move.
    """
    ten_minutes_ago = await _real_now(desk) - timedelta(minutes=10)
    opening = stages.opened_at(desk.key, ten_minutes_ago)
    carried = ContinuedState(escalation=opening.state, events=opening.events)

    await desk.temporal.start_workflow(
        "Escalation",
        EscalationInput(carried=carried),
        id=desk.key,
        task_queue="escalations",
        start_signal="acknowledge",
        start_signal_args=[{"by": "priya"}],
    )
    await desk.at_rest()

    kinds = await desk.happened()
    assert kinds.index("clock_breached") < kinds.index("acknowledged")
    found = await clock(desk, ClockName.ACKNOWLEDGE)
    assert ("breached", ten_minutes_ago + timedelta(minutes=5)) == (found.outcome, found.due_at)


async def test_a_pause_holds_the_clocks_that_the_playbook_names(desk: Desk) -> None:
    """
    CLOCK-3: the window stands still meanwhile, and has as much left afterwards as before.
    """
    await desk.start()
    await desk.client.acknowledge(desk.key, by="priya")
    due_at = (await clock(desk, ClockName.LEVEL_WINDOW)).due_at
    paused_at = await desk.now()
    await desk.client.pause(desk.key, by="priya", because="waiting_for_customer")
    assert (await clock(desk, ClockName.LEVEL_WINDOW)).is_held

    await desk.fast_forward(hours=8)
    assert 2 == (await desk.view()).level
    await desk.client.resume(desk.key, by="priya")

    window = await clock(desk, ClockName.LEVEL_WINDOW)
    assert window.due_at is not None
    assert due_at is not None
    held = await desk.now() - paused_at
    assert SOON > abs(window.due_at - due_at - held)


async def test_no_clock_runs_and_no_timer_is_left_once_it_is_closed(desk: Desk) -> None:
    """
    The run ends by itself when the last message is out.
    """
    await desk.start()
    await stages.whole_life(desk.client, desk.key)
    await desk.run().result()

    view = await desk.view()
    assert all(clock.outcome for clock in view.clocks if clock.name is not ClockName.SURVEY)


async def test_open_hours_are_compiled_further_long_before_they_end(desk: Desk) -> None:
    """
    CLOCK-5: a long wait crosses the horizon of the plan; business days beyond it count as well.
    """
    await desk.start(priority="P3")
    await desk.client.acknowledge(desk.key, by="elena")
    fix = ResolutionKind.FIX
    await desk.client.declare_resolved(desk.key, by="elena", resolution=fix, done="Sent new goods")

    await desk.fast_forward(days=60)

    (extended,) = await desk.timeline("open_hours_extended")
    assert (await desk.now()) - extended.at < timedelta(days=30)
    assert "EXTEND" not in str(await desk.happened())
    await desk.client.reject_resolution(desk.key, by="aisha", why="They have not arrived")
    window = await clock(desk, ClockName.RESOLUTION)
    assert window.due_at is not None
    assert await desk.now() < window.due_at < await desk.now() + timedelta(days=8)


async def _real_now(desk: Desk) -> datetime:
    """By the clock that a new run begins with, in whole seconds."""
    await desk.start(f"{desk.key}-1")
    return (await desk.view(f"{desk.key}-1")).opened_at.replace(microsecond=0)
