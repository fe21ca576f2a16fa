"""Updates for our own people: a clock of its own, if the playbook promises it (COMM-2, COMM-3, CLOCK-1)."""

from datetime import timedelta
from typing import Any

from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.rebase import Rebase
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.send_update import SendUpdate
from escalation.case.state import Escalation
from escalation.kernel.clock_events import ClockEnded
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import Priority
from escalation.policy.plan import Plan, PlaybookRef, Target
from tests.builders import DECLARE, a_plan, after, an_acknowledged, clock, internal, monday, told
from tests.escalation.plans import priorities_with
from tests.said import said

OURS, THEIRS = ClockName.INTERNAL_UPDATE, ClockName.NEXT_UPDATE
SOON = CustomerText("Soon.")
NEWS = SendUpdate(by="ana", internal_note=InternalText("The depot has no roof."))
TWO_HOURS = Target(after=timedelta(hours=2), thresholds=(50,))


def promising(**changes: Any) -> Plan:
    return a_plan(priorities=priorities_with(Priority.P2, targets={OURS: TWO_HOURS}), **changes)


def held(**changes: Any) -> Escalation:
    return an_acknowledged(priority="P2", plan=promising(), **changes)


def test_an_internal_update_meets_the_promise_and_says_when_the_next_comes() -> None:
    """
    COMM-3: the customers' cadence is left alone.
    """
    escalation = held()
    decision = decide(escalation, NEWS, monday("09:10"))

    (ended,) = [event for event in decision.events if isinstance(event, ClockEnded)]
    assert (OURS, Outcome.MET) == (ended.clock, ended.outcome)
    assert monday("11:10") == internal(decision, "update").facts.next_update_at
    assert clock(escalation, THEIRS) == clock(decision.state, THEIRS)


def test_what_customers_are_told_is_no_update_for_us() -> None:
    """
    COMM-6: two audiences, two promises.
    """
    escalation = held()
    decision = decide(escalation, SendUpdate(by="ana", customer_text=SOON), monday("09:10"))

    assert clock(escalation, OURS) == clock(decision.state, OURS)


def test_a_missed_internal_update_reminds_the_owner_then_tells_the_managers() -> None:
    """
    COMM-3: by the thresholds of its target, and nothing goes to customers.
    """
    escalation = after(held(level=7), monday("09:59"), SendUpdate(by="ana", customer_text=SOON))
    reminded = decide(escalation, Tick(), monday("10:00"))
    escalation = after(reminded.state, monday("10:58"), SendUpdate(by="ana", customer_text=SOON))
    missed = decide(escalation, Tick(), monday("11:00"))

    assert (["reminder: ceo"], "internal update is due") == (
        told(reminded),
        said(internal(reminded, "reminder").facts.why),
    )
    assert (["breach: ed, ceo"], "internal update is overdue") == (
        told(missed),
        said(internal(missed, "breach").facts.why),
    )
    assert None is internal(missed, "breach").facts.next_update_at


def test_a_playbook_that_promises_nothing_has_no_such_clock() -> None:
    """
    CLOCK-1: no target, no clock; escalations that run by an older plan stay as they are.
    """
    decision = decide(an_acknowledged(priority="P2"), NEWS, monday("09:10"))

    assert None is decision.state.clock(OURS)
    assert None is internal(decision, "update").facts.next_update_at


def test_a_change_of_priority_begins_and_ends_the_promise() -> None:
    """
    KIND-3, CLOCK-4: as the new priority has it.
    """
    escalation = held()
    lowered = after(escalation, monday("09:10"), ChangePriority(by="ana", priority=Priority.P3))
    raised = after(lowered, monday("09:20"), ChangePriority(by="ana", priority=Priority.P2))

    assert Outcome.CANCELLED is clock(lowered, OURS).outcome
    assert monday("11:20") == clock(raised, OURS).due_at


def test_it_waits_while_a_resolution_is_verified() -> None:
    """
    RESOLVE-5: and runs on from where it was if it is rejected.
    """
    verifying = after(held(), monday("10:00"), DECLARE)
    again = after(verifying, monday("12:00"), RejectResolution(by="ari", why=InternalText("It rains in.")))

    assert State.VERIFYING is verifying.state
    assert None is clock(verifying, OURS).next_at
    assert monday("13:00") == clock(again, OURS).due_at


def test_a_rebase_to_a_playbook_that_promises_it_starts_it() -> None:
    """
    CLOCK-4: as of the rebase, so that nothing is overdue at once.
    """
    plan = promising(playbook=PlaybookRef(name="test", version="2", sha256="1" * 64))
    rebase = Rebase(by="ed", why=InternalText("new rules"), plan=plan)

    rebased = after(an_acknowledged(priority="P2"), monday("09:30"), rebase)

    assert monday("11:30") == clock(rebased, OURS).due_at
