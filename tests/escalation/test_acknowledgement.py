"""Acknowledgements of a level: by whom, how soon, and for how long (MATRIX-5, MATRIX-6)."""

from typing import Any

import pytest

from escalation.case.engine import decide
from escalation.case.levels import AcknowledgementExpired
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.tick_response import TickResponse
from escalation.case.moves.transfer import Transfer
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import Priority
from escalation.policy.plan import Basis, PausePolicy, Plan, Target
from tests.builders import (
    DECLARE,
    HOUR,
    MINUTE,
    a_plan,
    a_window,
    after,
    all_delivered,
    an_escalation,
    clock,
    happened,
    levels_with,
    monday,
    the,
    told,
)

ALL = {"asks_all": True, "needs_all": True}
EXPIRES = {"ack_expires": Target(after=2 * HOUR, thresholds=(75,))}


def a_first_level(**changes: Any) -> Plan:
    return a_plan(levels=levels_with(1, window=a_window(6 * HOUR, 8 * HOUR), **changes))


def opened(**changes: Any) -> Escalation:
    escalation = an_escalation(plan=a_first_level(**changes))
    return after(escalation, all_delivered(escalation, escalation.opened_at))


def test_contacts_asked_at_once_are_all_told_and_the_first_who_answers_has_it() -> None:
    """
    MATRIX-5: nobody is tried after the other; the first acknowledgement is enough.
    """
    escalation = opened(asks_all=True)

    assert ("ana", ("ana", "ben")) == (escalation.owner, escalation.asked)
    acknowledged = decide(escalation, Acknowledge(by="ben"), monday("09:10")).state
    assert ("ben", "ben") == (acknowledged.owner, acknowledged.acknowledged_by)
    assert clock(acknowledged, ClockName.ACKNOWLEDGE).outcome is Outcome.MET


def test_a_level_that_needs_all_is_acknowledged_by_the_last_of_them() -> None:
    """
    MATRIX-5: the first owns it, the clock runs until each has answered, and only who is missing is alerted.
    """
    first = decide(opened(**ALL), Acknowledge(by="ben"), monday("09:10")).state
    late = decide(first, Tick(), monday("09:30"))
    last = decide(late.state, Acknowledge(by="ana"), monday("09:40")).state

    assert ("ben", None, ("ana",)) == (first.owner, first.acknowledged_by, first.unacknowledged)
    assert ["breach: mia, ana"] == told(late)
    assert ("ben", "ben", ()) == (last.owner, last.acknowledged_by, last.unacknowledged)


def test_nobody_acknowledges_twice() -> None:
    """
    MATRIX-5: whoever has is told who is still missing.
    """
    first = decide(opened(**ALL), Acknowledge(by="ben"), monday("09:10")).state

    with pytest.raises(MoveNotAllowed, match="ben has acknowledged; still to do so: Ana"):
        decide(first, Acknowledge(by="ben"), monday("09:11"))


def test_a_member_acknowledges_for_the_team() -> None:
    """
    MATRIX-5, ROLE-1: a team is one contact.
    """
    escalation = opened(contacts=("finance", "ben"), **ALL)
    acknowledged = after(escalation, Acknowledge(by="fay"), Acknowledge(by="ben"))

    assert "fay" == acknowledged.acknowledged_by


def test_after_a_transfer_only_the_receiver_is_asked() -> None:
    """
    KIND-2: whoever it is given to has it alone.
    """
    transferred = after(opened(**ALL), Transfer(by="ana", to="fay"), Acknowledge(by="fay"))

    assert "fay" == transferred.acknowledged_by


def test_a_level_can_ask_for_an_answer_sooner() -> None:
    """
    MATRIX-5: ``ack_within`` of the level goes before the target of the priority.
    """
    escalation = opened(ack_within=Target(after=10 * MINUTE))

    assert monday("09:10") == clock(escalation, ClockName.ACKNOWLEDGE).due_at


def test_an_acknowledgement_expires_without_activity() -> None:
    """
    MATRIX-6: reminded first, then treated as not acknowledged, and its clock starts again.
    """
    acknowledged = decide(opened(**EXPIRES), Acknowledge(by="ana"), monday("09:10")).state
    reminded = decide(acknowledged, Tick(), monday("10:40"))
    expired = decide(reminded.state, Tick(), monday("11:10"))

    assert "reminder: ana" in told(reminded)
    assert "acknowledgement_expired: ana, mia" in told(expired)
    assert "ana" == the(AcknowledgementExpired, expired).person
    assert (None, "ana") == (expired.state.acknowledged_by, expired.state.owner)
    assert monday("11:40") == clock(expired.state, ClockName.ACKNOWLEDGE).due_at
    assert not expired.state.is_breached


def test_whatever_somebody_does_keeps_it_alive() -> None:
    """
    MATRIX-6: activity, of anybody, starts the time again.
    """
    acknowledged = decide(opened(**EXPIRES), Acknowledge(by="ana"), monday("09:10")).state
    active = decide(acknowledged, TickResponse(by="ben", response="1"), monday("11:00")).state

    assert monday("13:00") == clock(active, ClockName.ACKNOWLEDGEMENT_EXPIRY).due_at
    assert "ana" == after(active, monday("12:59"), Tick()).acknowledged_by
    assert None is after(active, monday("13:00"), Tick()).acknowledged_by


def test_it_does_not_expire_while_nothing_is_to_be_done() -> None:
    """
    MATRIX-6, CLOCK-3: not in a pause, nor once it is declared resolved.
    """
    acknowledged = decide(opened(**EXPIRES), Acknowledge(by="ana"), monday("09:10")).state
    paused = after(acknowledged, PauseClocks(by="ana", because="waiting_for_customer"))
    declared = after(acknowledged, monday("09:20"), DECLARE)

    assert "ana" == after(paused, monday("12:00"), Tick()).acknowledged_by
    assert not clock(declared, ClockName.ACKNOWLEDGEMENT_EXPIRY).is_running
    assert State.VERIFYING is declared.state


def test_a_pause_ends_by_itself_after_the_longest_that_it_may_last() -> None:
    """
    CLOCK-3: reminded before, told after; the clocks run on from where they were.
    """
    rule = PausePolicy(
        stops=(ClockName.LEVEL_WINDOW,),
        at_most=Target(after=3 * HOUR, basis=Basis.OPEN_HOURS, thresholds=(75,)),
    )
    escalation = an_escalation(plan=a_plan(pause_reasons={"waiting_for_vendor": rule}))
    acknowledged = after(escalation, all_delivered(escalation, monday("09:00")), Acknowledge(by="ana"))
    paused = decide(acknowledged, PauseClocks(by="ana", because="waiting_for_vendor"), monday("09:05"))
    reminded = decide(paused.state, Tick(), monday("11:20"))
    ended = decide(reminded.state, Tick(), monday("12:05"))

    assert "reminder: ana" in told(reminded)
    assert ["clocks_resumed"] == happened(ended)
    assert ["pause_ended: ana, mia"] == told(ended)
    assert None is ended.state.pause
    assert monday("12:30") == clock(ended.state, ClockName.LEVEL_WINDOW).due_at


def test_whoever_ends_the_pause_ends_its_clock() -> None:
    """
    CLOCK-3: nothing ends twice.
    """
    rule = PausePolicy(stops=(ClockName.LEVEL_WINDOW,), at_most=Target(after=3 * HOUR))
    escalation = an_escalation(plan=a_plan(pause_reasons={"waiting_for_vendor": rule}))
    paused = after(escalation, PauseClocks(by="ana", because="waiting_for_vendor"))
    resumed = after(paused, ResumeClocks(by="ana"))

    assert clock(resumed, ClockName.PAUSE).outcome is Outcome.MET


def test_a_pause_that_ended_while_nothing_worked_ended_when_it_should_have() -> None:
    """
    CLOCK-3: known late, it counts as if it had been known in time.
    """
    rule = PausePolicy(stops=(ClockName.RESOLUTION,), at_most=Target(after=1 * HOUR))
    escalation = an_escalation(plan=a_plan(pause_reasons={"waiting_for_vendor": rule}))
    paused = after(escalation, PauseClocks(by="ana", because="waiting_for_vendor"))
    in_time = after(paused, monday("10:00"), Tick())
    late = after(paused, monday("15:00"), Tick())

    assert clock(in_time, ClockName.RESOLUTION).due_at == clock(late, ClockName.RESOLUTION).due_at


def test_nothing_rises_while_a_resolution_is_verified() -> None:
    """
    MATRIX-2, RESOLVE-5: a window that a higher priority makes too short ends it only once the work goes on.
    """
    opened_ = an_escalation()
    declared = after(opened_, all_delivered(opened_, monday("09:00")), monday("09:20"), DECLARE)
    urgent = decide(declared, ChangePriority(by="ed", priority=Priority.P1), monday("09:25")).state
    back = decide(urgent, RejectResolution(by="ari", why=InternalText("no")), monday("09:40")).state

    assert (1, State.VERIFYING) == (urgent.level, urgent.state)
    assert ("ana",) == urgent.asked
    assert 2 == back.level
    assert clock(back, ClockName.ACKNOWLEDGE).is_running
