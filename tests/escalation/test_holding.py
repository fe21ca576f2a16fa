"""
Holding updates: honest, few, and far apart; then a person has to write (COMM-3).
"""

from datetime import datetime, timedelta
from typing import Any

from escalation.case.engine import Decision, decide
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.next_update import UpdateSent
from escalation.case.resolution import ResolutionKind
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.notification import Occasion, is_pressing
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import Priority
from escalation.policy.plan import HoldingPolicy, Target
from tests.builders import (
    DAY,
    HOUR,
    JO,
    MINUTE,
    a_plan,
    after,
    an_acknowledged,
    clock,
    internal,
    monday,
    notices,
    to_customers,
    told,
)
from tests.said import said as said_of

N = ClockName.NEXT_UPDATE
TEXT = CustomerText("We are still at work, and have nothing new yet.")
RULES = HoldingPolicy(at_most=3, every=Target(after=4 * HOUR))
NEWS = SendUpdate(by="ceo", customer_text=CustomerText("The part is on its way."))


def a_silent(**changes: Any) -> Escalation:
    """
    A P1 whose owner says nothing: customers are promised to hear every half hour, from 09:00 on.
    """
    plan = a_plan(holding_update=TEXT, holding=RULES)
    return an_acknowledged(**({"priority": "P1", "level": 7, "plan": plan} | changes))


def watched(escalation: Escalation, until: datetime) -> tuple[Escalation, list[Decision]]:
    """
    As time goes by: every decision until then, and how it stands.
    """
    decisions = []
    while escalation.wake_at and escalation.wake_at <= until:
        decision = decide(escalation, Tick(), escalation.wake_at)
        decisions.append(decision)
        escalation = decision.state
    return escalation, decisions


def held_at(decisions: list[Decision]) -> list[datetime]:
    return [
        event.at
        for decision in decisions
        for event in decision.events
        if isinstance(event, UpdateSent) and event.is_holding
    ]


def test_a_silent_customer_gets_few_holding_updates_far_apart() -> None:
    """
    COMM-3: three in all, whatever the night and the day after bring; each promises the time of the next.
    """
    _, decisions = watched(a_silent(), monday("09:00") + 3 * DAY)

    assert [monday("09:30"), monday("13:30"), monday("17:30")] == held_at(decisions)
    promised = [
        to_customers(decision, "holding").facts.next_update_at
        for decision in decisions
        if any(notice.occasion is Occasion.HOLDING for notice in notices(decision.effects))
    ]
    assert [monday("13:30"), monday("17:30"), monday("21:30")] == promised


def test_the_last_one_says_so_and_then_the_managers_must_act() -> None:
    """
    COMM-3, CLOCK-6: whoever is alerted reads that customers hear nothing more; it is chased, and no customer hears it.
    """
    silent, decisions = watched(a_silent(), monday("21:29"))
    decision = decide(silent, Tick(), monday("21:30"))
    last = [event for each in decisions for event in each.events if isinstance(event, UpdateSent)][-1]

    assert "the last until somebody writes to them" in said_of(last.sentence())
    assert ["breach: ed, ceo"] == told(decision)
    said = internal(decision, "breach").facts.why
    assert reason("and_also", reason("overdue", N), reason("no_more_holding", 3)) == said
    assert monday("21:30") + DAY == clock(decision.state, N).next_at


def test_an_update_by_a_person_begins_the_count_again() -> None:
    """
    COMM-3: at the cadence of the priority; an internal note says nothing to customers, and changes nothing.
    """
    silent, _ = watched(a_silent(), monday("17:30"))
    noted = after(
        silent, monday("17:40"), SendUpdate(by="ceo", internal_note=InternalText("a part is missing"))
    )
    written = after(noted, monday("17:45"), NEWS)

    assert (3, 3, 0) == tuple(each.holding_updates for each in (silent, noted, written))
    assert monday("21:30") == clock(noted, N).due_at
    assert monday("18:15") == clock(written, N).due_at
    _, decisions = watched(written, monday("18:20"))
    assert [monday("18:15")] == held_at(decisions)


def test_what_was_promised_holds_when_the_priority_changes() -> None:
    """
    COMM-3, CLOCK-4: no customer is written to sooner than the last letter said.
    """
    silent, _ = watched(a_silent(), monday("09:40"))
    other = after(silent, monday("11:00"), ChangePriority(by="ed", priority=Priority.P2))
    _, decisions = watched(other, monday("13:29"))

    assert [] == held_at(decisions)


def test_a_slow_cadence_is_not_made_quicker() -> None:
    """
    COMM-3: where customers hear once a day, holding updates come once a day.
    """
    silent = a_silent(priority="P4")
    cadence = clock(silent, N).after
    _, decisions = watched(silent, monday("09:00") + timedelta(days=9))

    assert cadence > RULES.every.after
    assert 3 == len(held_at(decisions))
    assert {cadence} == {clock(each.state, N).after for each in decisions if each.state.clock(N)}


def test_a_verified_resolution_begins_the_count_again() -> None:
    """
    COMM-3, CLOSE-9: customers were written to; what comes after a reopening is another silence.
    """
    silent, _ = watched(a_silent(), monday("13:31"))
    declared = DeclareResolved(by="ceo", resolution=ResolutionKind.FIX, done=InternalText("sent"))
    verified = after(silent, monday("13:40"), declared, VerifyResolution(by="ari"))

    assert (2, 0) == (silent.holding_updates, verified.holding_updates)


def test_a_holding_update_wakes_nobody() -> None:
    """
    COMM-11: it waits for quiet hours, of a P1 too.
    """
    _, decisions = watched(a_silent(), monday("09:00") + 30 * MINUTE)
    letter = to_customers(decisions[-1], "holding")

    assert [JO] == [to.id for to in letter.to]
    assert not is_pressing(letter)
    assert is_pressing(to_customers(decide(a_silent(), NEWS, monday("09:01")), "update"))
