"""
Contacts who are known only when needed: whoever is on call (MATRIX-1, MATRIX-5).
"""

from datetime import datetime
from typing import Any

from escalation import commands as c
from escalation import events as e
from escalation.effects import FindOnCall, OnCall
from escalation.engine import Decision, decide, open_escalation
from escalation.model import Escalation
from escalation.plan import ClockName, Contact, Plan, Unreached
from tests.builders import (
    PEOPLE,
    a_plan,
    a_request,
    clock,
    levels_with,
    monday,
    the,
    told,
)

NILS = next(person for person in PEOPLE if person.id == "nils")
ZOE = Contact(id="zoe", name="Zoe", addresses=("email:zoe@example.com",))


def a_plan_with_duty(**level: Any) -> Plan:
    return a_plan(levels=levels_with(1, **({"contacts": ("duty", "ben")} | level)))


def opening_with(plan: Plan) -> Decision:
    request = a_request()
    command = c.Open(id="ACME/4711@1", request=request, plan=plan, priority=request.priority)  # type: ignore[arg-type]
    return open_escalation(command, monday("09:00"))


def asked_for(decision: Decision) -> list[FindOnCall]:
    return [effect for effect in decision.effects if isinstance(effect, FindOnCall)]


def answered(decision: Decision, *people: Contact, until: datetime | None = None) -> Decision:
    """The first question of *decision*, answered at once."""
    wanted = asked_for(decision)[0]
    found = OnCall(schedule=wanted.schedule, people=people, until=until, why="the rota of this week")
    return decide(decision.escalation, c.RecordOnCall(found=found, notice=wanted.notice), monday("09:00"))


def holder(escalation: Escalation) -> tuple[str, tuple[str, ...]]:
    return escalation.owner, escalation.asked


def test_who_is_on_call_is_found_out_before_anybody_is_told() -> None:
    """
    MATRIX-1: the schedule itself has no address.
    """
    decision = opening_with(a_plan_with_duty())

    (wanted,) = asked_for(decision)
    assert ("duty", monday("09:00"), "assigned") == (wanted.schedule, wanted.at, wanted.notice.occasion)
    assert not any("duty" in line for line in told(decision))


def test_who_is_on_call_stands_where_the_schedule_stood() -> None:
    """
    MATRIX-1: told, owner, and on record with the reason.
    """
    decision = answered(opening_with(a_plan_with_duty()), NILS)

    assert ["assigned: nils"] == told(decision)
    assert ("nils", ("nils",)) == holder(decision.escalation)
    assert "nils" in decision.escalation.untold
    assert "duty" not in decision.escalation.untold
    assert "the rota of this week" == the(e.OnCallFound, decision).why


def test_somebody_new_on_call_is_known_from_then_on() -> None:
    """
    MATRIX-1, ROLE-1: a schedule can name somebody who joined after the start.
    """
    found = answered(opening_with(a_plan_with_duty()), ZOE).escalation
    acknowledged = decide(found, c.Acknowledge(by="zoe"), monday("09:05")).escalation

    assert "zoe" == acknowledged.acknowledged_by


def test_nobody_on_call_means_the_next_contact_and_the_managers_hear_of_it() -> None:
    """
    MATRIX-5: never silence.
    """
    decision = answered(opening_with(a_plan_with_duty()))

    assert ["nobody_on_call: mia", "assigned: ben"] == told(decision)
    assert ("ben", ("ben",)) == holder(decision.escalation)


def test_nobody_on_call_skips_the_level_where_the_playbook_says_so() -> None:
    """
    MATRIX-5: ``skip``.
    """
    plan = a_plan_with_duty(contacts=("duty",), unreached=Unreached.SKIP)

    assert 2 == answered(opening_with(plan)).escalation.level


def test_nobody_on_call_is_held_until_somebody_is() -> None:
    """
    MATRIX-5: ``hold``; asked again to the second when the next shift begins.
    """
    plan = a_plan_with_duty(contacts=("duty",), unreached=Unreached.HOLD)
    held = answered(opening_with(plan), until=monday("09:20"))
    again = decide(held.escalation, c.Tick(), monday("09:20"))
    found = answered(again, NILS)

    assert monday("09:20") == clock(held.escalation, ClockName.ON_DUTY).due_at
    assert "assigned" in [wanted.notice.occasion for wanted in asked_for(again)]
    assert ("nils", ("nils",)) == holder(found.escalation)


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    """
    COMM-12: meanwhile somebody else has it; who was meant is not bothered.
    """
    opened = opening_with(a_plan_with_duty())
    taken = decide(opened.escalation, c.Transfer(by="ben", to="fay"), monday("09:01")).escalation
    (wanted,) = asked_for(opened)
    found = OnCall(schedule="duty", people=(NILS,), why="the rota of this week")
    late = decide(taken, c.RecordOnCall(found=found, notice=wanted.notice), monday("09:02"))

    assert ("fay", []) == (late.escalation.owner, told(late))


def test_a_schedule_among_others_gets_the_same_message_once() -> None:
    """
    COMM-12: who is told beside it is not told again for being on call.
    """
    plan = a_plan(levels=levels_with(1, managers=("duty", "nils")))
    breached = decide(opening_with(plan).escalation, c.Tick(), monday("09:30"))
    to_manager = next(wanted for wanted in asked_for(breached) if wanted.notice.occasion == "breach")
    found = OnCall(schedule="duty", people=(NILS, ZOE), why="both are on call")
    answer = c.RecordOnCall(found=found, notice=to_manager.notice)

    assert ["breach: zoe"] == told(decide(breached.escalation, answer, monday("09:30")))


def test_managers_whom_nobody_stands_for_are_no_endless_question() -> None:
    """
    MATRIX-5: that nobody is on call is told once, even where it would be told to the same schedule.
    """
    plan = a_plan_with_duty(contacts=("duty",), managers=("duty",))
    first = answered(opening_with(plan))
    second = answered(first)

    assert ["nobody_on_call"] == [wanted.notice.occasion for wanted in asked_for(first)]
    assert [] == asked_for(second)
