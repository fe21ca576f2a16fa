"""
Contacts who are known only when needed: whoever is on call (MATRIX-1, MATRIX-5).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.case.effects import FindOnCall, OnCallResult
from escalation.case.engine import Decision, decide
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.transfer import Transfer
from escalation.case.on_call import OnCallFound, ReportOnCall
from escalation.case.start import Open, open_escalation
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import CancelCause
from escalation.policy.people import Contact
from escalation.policy.plan import Plan, Unreached
from tests.builders import PEOPLE, a_plan, a_request, clock, levels_with, monday, the, told

NILS = next(person for person in PEOPLE if person.id == "nils")
ZOE = Contact(id="zoe", name="Zoe", addresses=("email:zoe@example.com",))


def a_plan_with_duty(**level: Any) -> Plan:
    return a_plan(levels=levels_with(1, **({"contacts": ("duty", "ben")} | level)))


def opening_with(plan: Plan) -> Decision:
    request = a_request()
    command = Open(id="ACME/4711@1", request=request, plan=plan, priority=request.priority)  # type: ignore[arg-type]
    return open_escalation(command, monday("09:00"))


def asked_for(decision: Decision) -> list[FindOnCall]:
    return [effect for effect in decision.effects if isinstance(effect, FindOnCall)]


def occasion(wanted: FindOnCall) -> str:
    assert wanted.notice
    return wanted.notice.occasion


def answered(decision: Decision, *people: Contact, until: datetime | None = None) -> Decision:
    """The first question of *decision*, answered at once."""
    wanted = asked_for(decision)[0]
    found = OnCallResult(rota=wanted.rota, people=people, until=until, why="the rota of this week")
    return decide(decision.state, ReportOnCall(found=found, notice=wanted.notice), monday("09:00"))


def holder(escalation: Escalation) -> tuple[str, tuple[str, ...]]:
    return escalation.owner, escalation.asked


def test_who_is_on_call_is_found_out_before_anybody_is_told() -> None:
    """
    MATRIX-1: the schedule itself has no address.
    """
    decision = opening_with(a_plan_with_duty())

    (wanted,) = asked_for(decision)
    assert ("duty", monday("09:00"), "assigned") == (wanted.rota, wanted.at, occasion(wanted))
    assert not any("duty" in line for line in told(decision))


def test_who_is_on_call_stands_where_the_schedule_stood() -> None:
    """
    MATRIX-1: told, owner, and on record with the reason.
    """
    decision = answered(opening_with(a_plan_with_duty()), NILS)

    assert ["assigned: nils"] == told(decision)
    assert ("nils", ("nils",)) == holder(decision.state)
    assert "nils" in decision.state.unnotified
    assert "duty" not in decision.state.unnotified
    assert "the rota of this week" == the(OnCallFound, decision).why


def test_somebody_new_on_call_is_known_from_then_on() -> None:
    """
    MATRIX-1, ROLE-1: a schedule can name somebody who joined after the start.
    """
    found = answered(opening_with(a_plan_with_duty()), ZOE).state
    acknowledged = decide(found, Acknowledge(by="zoe"), monday("09:05")).state

    assert "zoe" == acknowledged.acknowledged_by


def test_nobody_on_call_means_the_next_contact_and_the_managers_hear_of_it() -> None:
    """
    MATRIX-5: never silence.
    """
    decision = answered(opening_with(a_plan_with_duty()))

    assert ["nobody_on_call: mia", "assigned: ben"] == told(decision)
    assert ("ben", ("ben",)) == holder(decision.state)


def test_nobody_on_call_skips_the_level_where_the_playbook_says_so() -> None:
    """
    MATRIX-5: ``skip``.
    """
    plan = a_plan_with_duty(contacts=("duty",), unreached=Unreached.SKIP)

    assert 2 == answered(opening_with(plan)).state.level


def test_nobody_on_call_is_held_until_somebody_is() -> None:
    """
    MATRIX-5: ``hold``; asked again to the second when the next shift begins.
    """
    plan = a_plan_with_duty(contacts=("duty",), unreached=Unreached.STAY)
    held = answered(opening_with(plan), until=monday("09:20"))
    again = decide(held.state, Tick(), monday("09:20"))
    found = answered(again, NILS)

    assert monday("09:20") == clock(held.state, ClockName.ON_DUTY).due_at
    assert "assigned" in [occasion(wanted) for wanted in asked_for(again)]
    assert ("nils", ("nils",)) == holder(found.state)


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    """
    COMM-12: meanwhile somebody else has it; who was meant is not bothered.
    """
    opened = opening_with(a_plan_with_duty())
    taken = decide(opened.state, Transfer(by="ben", to="fay"), monday("09:01")).state
    (wanted,) = asked_for(opened)
    found = OnCallResult(rota="duty", people=(NILS,), why="the rota of this week")
    late = decide(taken, ReportOnCall(found=found, notice=wanted.notice), monday("09:02"))

    assert ("fay", []) == (late.state.owner, told(late))


def test_a_schedule_among_others_gets_the_same_message_once() -> None:
    """
    COMM-12: who is told beside it is not told again for being on call.
    """
    plan = a_plan(levels=levels_with(1, managers=("duty", "nils")))
    breached = decide(opening_with(plan).state, Tick(), monday("09:30"))
    to_manager = next(wanted for wanted in asked_for(breached) if occasion(wanted) == "breach")
    found = OnCallResult(rota="duty", people=(NILS, ZOE), why="both are on call")
    answer = ReportOnCall(found=found, notice=to_manager.notice)

    assert ["breach: zoe"] == told(decide(breached.state, answer, monday("09:30")))


def test_managers_whom_nobody_stands_for_are_no_endless_question() -> None:
    """
    MATRIX-5: that nobody is on call is told once, even where it would be told to the same schedule.
    """
    plan = a_plan_with_duty(contacts=("duty",), managers=("duty",))
    first = answered(opening_with(plan))
    second = answered(first)

    assert ["nobody_on_call"] == [occasion(wanted) for wanted in asked_for(first)]
    assert [] == [wanted for wanted in asked_for(second) if wanted.rota == "duty"]


AT_ONCE = {"contacts": ("ana", "duty"), "asks_all": True, "needs_all": True}


def test_a_schedule_among_contacts_asked_at_once_is_told_too() -> None:
    """
    MATRIX-5: whoever's acknowledgement is needed has been asked for it, whatever the order.
    """
    decision = answered(opening_with(a_plan_with_duty(**AT_ONCE)), NILS)

    assert ["assigned: nils"] == told(decision)
    assert ("ana", ("ana", "nils")) == holder(decision.state)
    half = decide(decision.state, Acknowledge(by="ana"), monday("09:05")).state
    assert ("nils",) == half.unacknowledged


def test_a_schedule_asked_at_once_that_has_nobody_leaves_it_to_the_others() -> None:
    """
    MATRIX-5: who has just been asked keeps the time to answer; nothing is skipped over them.
    """
    plan = a_plan_with_duty(contacts=("duty", "ana"), asks_all=True, unreached=Unreached.SKIP)
    decision = answered(opening_with(plan))

    assert (1, "ana", ("ana",)) == (decision.state.level, *holder(decision.state))
    assert ["nobody_on_call: mia"] == told(decision)


def test_a_fallback_that_is_a_schedule_is_asked_once() -> None:
    """
    MATRIX-5: then it is held, and brought up again once a day, not every few minutes.
    """
    plan = a_plan_with_duty(contacts=("ana",), unreached=Unreached.FALLBACK, fallback="duty")
    plan = replace(plan, levels=tuple(replace(level, window=None) for level in plan.levels))
    escalation, asked = opening_with(plan).state, 0
    for minute in ("09:30", "10:00", "10:30", "11:00", "11:30"):
        decision = decide(escalation, Tick(), monday(minute))
        for wanted in asked_for(decision):
            asked += occasion(wanted) == "assigned"
            found = OnCallResult(rota="duty", people=(NILS,), why="the rota of this week")
            answer = ReportOnCall(found=found, notice=wanted.notice)
            decision = decide(decision.state, answer, monday(minute))
        escalation = decision.state

    assert (1, "nils") == (asked, escalation.owner)


def test_a_cancellation_reaches_whoever_is_on_call() -> None:
    """
    CLOSE-10: the answer comes when it has ended already, and the message still goes out.
    """
    plan = a_plan_with_duty(contacts=("ana",))
    escalation = opening_with(
        replace(
            plan,
            priorities={
                name: replace(rules, stakeholders=("duty",)) for name, rules in plan.priorities.items()
            },
        )
    ).state
    why = InternalText("the customer withdrew it")
    command = Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=why)
    decision = decide(escalation, command, monday("09:05"))

    assert ["cancelled: nils"] == told(answered(decision, NILS))


def test_managers_who_are_a_schedule_with_nobody_are_followed_by_the_escalation_managers() -> None:
    """
    MATRIX-5, CLOCK-6: never silence; people in person, and once.
    """
    plan = a_plan_with_duty(contacts=("duty",), managers=("duty",))
    silent = answered(answered(opening_with(plan)))

    assert ["nobody_on_call: ed"] == told(silent)
    assert [] == asked_for(silent)


def test_the_first_notice_is_not_owed_twice_to_one_who_is_also_on_call() -> None:
    """
    COMM-2: told as a stakeholder, and found on call afterwards: the clock does not wait for a second message.
    """
    plan = a_plan(
        priorities={
            name: replace(rules, stakeholders=("nils", "duty")) for name, rules in a_plan().priorities.items()
        }
    )
    opened = opening_with(plan)
    found = answered(opened, NILS).state

    assert 1 == found.unnotified.count("nils")
    assert "duty" not in found.unnotified


def test_a_stakeholder_schedule_with_nobody_stays_untold() -> None:
    """
    COMM-2: the first notification is not met by silence.
    """
    plan = a_plan(
        priorities={
            name: replace(rules, stakeholders=("duty",)) for name, rules in a_plan().priorities.items()
        }
    )

    assert "duty" in answered(opening_with(plan)).state.unnotified
