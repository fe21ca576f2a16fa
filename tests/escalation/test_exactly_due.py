"""
Exactly at the due instant: the same rule for every clock, wherever it runs. It is late (CLOCK-6).
"""

from datetime import datetime, timedelta

import pytest

from escalation.case.engine import decide
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.resolution import ResolutionKind
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome, is_late
from escalation.task_force.engine import decide as decide_force
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.report_status import ReportStatus
from tests.builders import HOUR, MINUTE, after, all_delivered, an_acknowledged, an_escalation, clock, monday
from tests.escalation.test_task_forces import NINE, SAID, a_force

A_MOMENT = timedelta(microseconds=1)
EARLY, AT, LATE = -A_MOMENT, timedelta(), A_MOMENT
BY_A_MOMENT = [(EARLY, False), (AT, True), (LATE, True)]


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_the_rule(off: timedelta, late: bool) -> None:
    """
    CLOCK-6: at the due instant everybody is alerted, so what is done then is late.
    """
    assert late == is_late(monday("10:00") + off, monday("10:00"))
    assert not is_late(monday("10:00"), None)


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_a_move_of_a_person(off: timedelta, late: bool) -> None:
    """
    CLOCK-6: an acknowledgement at the due instant comes after the breach.
    """
    due_at = due(an_escalation(level=7).clock(ClockName.ACKNOWLEDGE))
    decision = decide(an_escalation(level=7), Acknowledge(by="ceo"), due_at + off)

    assert late == bool(clock(decision.state, ClockName.ACKNOWLEDGE).breached_at)


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_a_message_that_was_delivered(off: timedelta, late: bool) -> None:
    """
    COMM-2: whenever we hear of it, the instant of its delivery counts.
    """
    escalation = an_escalation()
    due_at = due(escalation.clock(ClockName.FIRST_NOTIFICATION))
    told = after(escalation, due_at + HOUR, all_delivered(escalation, due_at + off))

    outcome = clock(told, ClockName.FIRST_NOTIFICATION).outcome
    assert (Outcome.BREACHED if late else Outcome.MET) is outcome


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_a_resolution(off: timedelta, late: bool) -> None:
    """
    RESOLVE-4: it counts as of its declaration, whenever it is verified.
    """
    escalation = an_acknowledged(level=7)
    due_at = due(escalation.clock(ClockName.RESOLUTION))
    declared = DeclareResolved(by="ceo", resolution=ResolutionKind.FIX, done=SAID)
    verified = after(escalation, due_at + off, declared, due_at + HOUR, VerifyResolution(by="ari"))

    outcome = clock(verified, ClockName.RESOLUTION).outcome
    assert (Outcome.BREACHED if late else Outcome.MET) is outcome


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_a_status_of_a_task_force(off: timedelta, late: bool) -> None:
    """
    RESOLVE-2.
    """
    made = decide_force(a_force(), ReportStatus(by="ed", text=SAID), NINE + 2 * HOUR + off)

    assert late == ("clock_breached" in [event.kind for event in made.events])


@pytest.mark.parametrize(("off", "late"), BY_A_MOMENT)
def test_a_seat(off: timedelta, late: bool) -> None:
    """
    RESOLVE-2: who answers at the due instant finds it offered to the next.
    """
    force = a_force(("ana", "ben"))
    decision = decide_force(
        force, KeepInformed(id="other", about=force.charter.about), NINE + 30 * MINUTE + off
    )

    assert ("ben" if late else "ana") == decision.state.seats[0].offered_to


def due(found: Clock | None) -> datetime:
    assert found
    assert found.due_at
    return found.due_at
