"""
Hand-over: what a schedule was given goes to the next shift, and messages go to who is on call when they leave.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.effects import FindOnCall, OnCallResult
from escalation.case.engine import Decision, decide
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.rebase import Rebase
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.transfer import Transfer
from escalation.case.on_call import OnCallFound, ReportOnCall
from escalation.case.outdated_notifications import find_outdated
from escalation.case.resolution import ResolutionKind
from escalation.case.start import fold
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import UnknownName
from escalation.measures.fold import measure_events
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import Tick
from escalation.policy.people import Contact, HandsOver
from escalation.policy.plan import Plan, Unreached
from tests.builders import PEOPLE, a_plan, clock, levels_with, monday, notices, opening
from tests.escalation.plans import HOUR
from tests.said import said

BY_ID = {person.id: person for person in PEOPLE}
ZOE = Contact(id="zoe", name="Zoe", addresses=("email:zoe@example.com",))
NINE, TEN, SIX = monday("09:00"), monday("10:00"), monday("18:00")


def a_plan_with_duty(hands_over: HandsOver = HandsOver.UNACKNOWLEDGED, **level: Any) -> Plan:
    """
    Level 1 is for the duty desk, and holds; nobody else is asked.
    """
    rules = {"contacts": ("duty",), "unreached": Unreached.STAY, "window": None}
    plan = a_plan(levels=levels_with(1, **(rules | level)))
    contacts = tuple(replace(each, hands_over=hands_over) for each in plan.contacts)
    return replace(plan, contacts=contacts)


class Life:
    """
    An escalation whose questions about who is on call are answered from a rota of ``(since, who)``.
    """

    def __init__(self, plan: Plan, *rota: tuple[datetime, tuple[Contact, ...]]) -> None:
        self.rota = list(rota)
        self.at = NINE
        self.told: list[str] = []
        self.letters = 0
        first = opening(NINE, plan)
        self.events: list[e.Event] = list(first.events)
        self.now = first.state
        self._take(first)
        self.told.clear()

    def on_call(self, at: datetime) -> tuple[tuple[Contact, ...], datetime | None]:
        people = next((who for since, who in reversed(self.rota) if since <= at), ())
        return people, next((since for since, _ in self.rota if since > at), None)

    def does(self, command: c.Command) -> "Life":
        decision = decide(self.now, command, self.at)
        self.events += decision.events
        self._take(decision)
        assert self.now == fold(self.events)
        return self

    def until(self, at: datetime) -> "Life":
        while (wake_at := self.now.wake_at) and wake_at <= at:
            self.at = max(self.at, wake_at)
            self.does(Tick())
        self.at = at
        return self.does(Tick())

    def _take(self, decision: Decision) -> None:
        self.now = decision.state
        for notice in notices(decision.effects):
            self.letters += notice.audience == "customer"
            if notice.audience == "internal":
                self.told += [f"{notice.occasion}: {to.id}" for to in notice.to]
        for wanted in decision.effects:
            if isinstance(wanted, FindOnCall):
                people, until = self.on_call(wanted.at)
                found = OnCallResult(rota=wanted.rota, people=people, until=until, why="the rota")
                self.does(ReportOnCall(found=found, notice=wanted.notice))


def contacts(*ids: str) -> tuple[Contact, ...]:
    return tuple(ZOE if id_ == "zoe" else BY_ID[id_] for id_ in ids)


def holder(now: Escalation) -> tuple[str, tuple[str, ...]]:
    return now.owner, now.asked


def a_life(*rota: tuple[datetime, tuple[str, ...]], **plan: Any) -> Life:
    return Life(a_plan_with_duty(**plan), *((since, contacts(*who)) for since, who in rota))


def test_what_nobody_acknowledged_goes_to_the_next_shift_to_the_second() -> None:
    """
    MATRIX-1: asked and owner are who is on call now; nobody else is written to.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)))
    assert SIX == clock(life.now, ClockName.ON_DUTY).due_at
    life.until(SIX - timedelta(seconds=1))
    assert ("nils", ("nils",)) == holder(life.now)
    life.told.clear()

    life.until(SIX)

    assert ("fay", ("fay",)) == holder(life.now)
    assert ["assigned: fay"] == life.told
    found = [event for event in life.events if isinstance(event, OnCallFound)][-1]
    assert ("nils", SIX) == (found.instead_of, found.at)
    assert "on call for duty: Fay, instead of nils (the rota)" == said(found.sentence())


def test_whoever_acknowledged_keeps_it_over_the_end_of_their_shift() -> None:
    """
    MATRIX-1: so the default says.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",))).does(Acknowledge(by="nils"))

    life.until(SIX + HOUR)

    assert ("nils", "nils") == (life.now.owner, life.now.acknowledged_by)
    assert "assigned: fay" not in life.told
    assert not clock(life.now, ClockName.ON_DUTY).is_running


def test_an_open_escalation_goes_to_the_next_shift_where_the_schedule_says_so() -> None:
    """
    MATRIX-1, COMM-4: acknowledged again, and the customers hear who answers.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)), hands_over=HandsOver.OPEN)
    life.does(Acknowledge(by="nils")).until(SIX - HOUR)
    letters = life.letters
    life.told.clear()

    life.until(SIX)

    assert ("fay", ("fay",)) == holder(life.now)
    assert life.now.acknowledged_by is None
    assert "assigned: fay" in life.told
    assert letters + 1 == life.letters
    assert SIX == clock(life.now, ClockName.ACKNOWLEDGE).started_at
    assert "fay" == life.does(Acknowledge(by="fay")).now.acknowledged_by


def test_an_acknowledged_escalation_is_kept_while_the_next_shift_is_nobodys() -> None:
    """
    MATRIX-5: better somebody who went home than nobody.
    """
    life = a_life((NINE, ("nils",)), (SIX, ()), (SIX + 3 * HOUR, ("fay",)), hands_over=HandsOver.OPEN).does(
        Acknowledge(by="nils")
    )

    assert "nils" == life.until(SIX + HOUR).now.acknowledged_by
    assert "fay" == life.until(SIX + 3 * HOUR).now.owner


def test_an_unacknowledged_escalation_whose_next_shift_is_nobodys_is_never_silent() -> None:
    """
    MATRIX-5: the managers hear of it, and the first one on call again is asked.
    """
    life = a_life((NINE, ("nils",)), (SIX, ()), (SIX + 3 * HOUR, ("fay",)))
    life.until(SIX - HOUR).told.clear()

    life.until(SIX)
    assert ["nobody_on_call: mia"] == life.told
    assert ("duty", ("duty",)) == holder(life.now)
    life.until(SIX + 3 * HOUR)

    assert ("fay", ("fay",)) == holder(life.now)
    assert "assigned: fay" in life.told


def test_the_next_contact_is_asked_when_the_next_shift_is_nobodys() -> None:
    """
    MATRIX-5: the shift was asked in vain, and nobody follows.
    """
    ack = a_plan().levels[0].ack_within
    life = a_life((NINE, ("nils",)), (monday("09:05"), ()), contacts=("duty", "ben"), ack_within=ack)

    assert ("ben", ("ben",)) == holder(life.until(monday("09:05")).now)


def test_reminders_and_breaches_go_to_who_is_on_call_when_they_leave() -> None:
    """
    MATRIX-1, CLOCK-6: an override that was written after the last look counts with the next message.
    """
    life = a_life((NINE, ("nils",)))
    life.rota.append((monday("09:01"), contacts("fay")))

    life.until(monday("09:30"))

    assert not [line for line in life.told if line.endswith("nils")]
    assert "assigned: fay" in life.told
    assert "breach: fay" in life.told
    assert ("fay", ("fay",)) == holder(life.now)


def test_what_is_overdue_is_brought_up_with_who_is_on_call_beside_who_acknowledged() -> None:
    """
    CLOCK-6: on a weekend whoever acknowledged may be away.
    """
    friday, saturday = NINE + timedelta(days=4), NINE + timedelta(days=5)
    life = a_life((NINE, ("nils",)), (friday, ("zoe",))).does(Acknowledge(by="nils"))
    life.until(saturday).told.clear()

    life.until(saturday + timedelta(days=1))

    told = {line.partition(": ")[2] for line in life.told if line.startswith("reminder")}
    assert {"nils", "zoe"} <= told
    assert "nils" == life.now.owner
    assert {"owner", "level_contact"} <= life.now.roles_of(ZOE)


def test_an_expired_acknowledgement_asks_who_is_on_call_by_then() -> None:
    """
    MATRIX-6: not whoever was at the assignment.
    """
    plan = a_plan()
    expires = plan.priorities[opening(NINE, plan).state.priority].targets[ClockName.NEXT_UPDATE]
    life = a_life((NINE, ("nils",)), (TEN, ("fay",)), ack_expires=replace(expires, after=4 * HOUR))
    life.does(Acknowledge(by="nils")).until(TEN + HOUR)
    assert "nils" == life.now.owner
    life.told.clear()

    life.until(SIX + timedelta(days=1))

    assert ("fay", ("fay",)) == holder(life.now)
    assert "acknowledgement_expired: nils" not in life.told


def test_who_is_on_call_now_can_act_and_who_was_is_no_owner_any_more() -> None:
    """
    ROLE-1: known from the hand-over on, somebody new to the rota too, and beside the first one on call.
    """
    life = a_life((NINE, ("nils",)), (TEN, ("zoe", "fay")))
    with pytest.raises(UnknownName):
        life.does(Acknowledge(by="zoe"))

    now = life.until(TEN).now

    assert {"owner", "level_contact"} <= now.roles_of(now.plan.contact("zoe"))
    assert "owner" in now.roles_of(now.plan.contact("fay"))
    assert "owner" not in now.roles_of(now.plan.contact("nils"))
    assert "zoe" == life.does(Acknowledge(by="zoe")).now.acknowledged_by


def test_a_colleague_who_acknowledges_has_the_shifts_part_of_it() -> None:
    """
    MATRIX-5: and hands it over where open ones are.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("zoe",)), hands_over=HandsOver.OPEN)
    life.does(Acknowledge(by="fay"))
    assert ("fay", ("fay",)) == holder(life.now)

    assert ("zoe", ("zoe",)) == holder(life.until(SIX).now)


def test_somebody_else_who_acknowledges_takes_it_off_the_rota() -> None:
    """
    MATRIX-5: a manager who has it does not lose it to the next shift.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("zoe",)), hands_over=HandsOver.OPEN)
    life.does(Acknowledge(by="mia"))

    assert ("mia", "mia") == (life.until(SIX + HOUR).now.owner, life.now.acknowledged_by)


def test_a_transfer_takes_it_off_the_rota() -> None:
    """
    KIND-2: whoever it was given to keeps it.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",))).does(Transfer(by="nils", to="ben"))

    assert "ben" == life.until(SIX + HOUR).now.owner
    assert () == life.now.on_call_answers


def test_nothing_is_handed_over_while_a_resolution_is_verified_and_everything_after_it_was_rejected() -> None:
    """
    RESOLVE-5: the architects have it meanwhile; then it is with who is on call by then.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)), hands_over=HandsOver.OPEN)
    for command in (
        Acknowledge(by="nils"),
        BeginResolution(by="nils"),
        DeclareResolved(by="nils", resolution=ResolutionKind.FIX, done="it works"),  # type: ignore[arg-type]
    ):
        life.does(command)
    assert "nils" == life.until(SIX + HOUR).now.owner

    life.does(RejectResolution(by="ari", why="it does not"))  # type: ignore[arg-type]

    assert "fay" == life.until(SIX + 2 * HOUR).now.owner


def test_after_downtime_it_goes_straight_to_who_is_on_call_by_then() -> None:
    """
    CLOCK-2: shifts that passed meanwhile are not asked.
    """
    life = a_life((NINE, ("nils",)), (TEN, ("zoe",)), (TEN + HOUR, ("fay",)))
    life.at = TEN + 2 * HOUR

    life.does(Tick()).until(life.at)

    assert "fay" == life.now.owner
    assert not [line for line in life.told if "zoe" in line]


def test_an_answer_that_was_under_way_for_longer_than_it_held_is_asked_again() -> None:
    """
    MATRIX-1: nothing is handed back to a shift that is over.
    """
    life = a_life((NINE, ("nils",)), (TEN, ("fay",))).until(TEN)
    decision = decide(opening(NINE, a_plan_with_duty()).state, Tick(), NINE)
    wanted = next(
        effect for effect in opening(NINE, a_plan_with_duty()).effects if isinstance(effect, FindOnCall)
    )
    late = OnCallResult(rota="duty", people=contacts("nils"), until=TEN, why="the rota")
    decision = decide(life.now, ReportOnCall(found=late, notice=wanted.notice), TEN)

    (again,) = (effect for effect in decision.effects if isinstance(effect, FindOnCall))
    assert (TEN, "duty") == (again.at, again.rota)
    assert life.now == decision.state


def test_a_shift_that_cannot_be_looked_up_stays_and_is_looked_up_again() -> None:
    """
    MATRIX-5: a rota that does not answer is not an empty one.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",))).until(SIX - HOUR)
    life.at = SIX
    decision = decide(life.now, Tick(), SIX)
    (wanted,) = (effect for effect in decision.effects if isinstance(effect, FindOnCall))
    again_at = SIX + timedelta(minutes=15)
    unknown = OnCallResult(rota="duty", people=(), until=again_at, why="it timed out", is_known=False)
    kept = decide(decision.state, ReportOnCall(found=unknown, notice=wanted.notice), SIX)

    assert ("nils", ("nils",)) == holder(kept.state)
    assert again_at == clock(kept.state, ClockName.ON_DUTY).due_at
    assert [] == notices(kept.effects)


def test_each_schedule_that_is_asked_at_once_has_its_own_shifts() -> None:
    """
    MATRIX-5: whoever was asked in person stays.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)), contacts=("ana", "duty"), asks_all=True, needs_all=True)
    life.does(Acknowledge(by="ana"))

    assert ("ana", ("ana", "fay")) == holder(life.until(SIX).now)
    assert "fay" in life.does(Acknowledge(by="fay")).now.acknowledgements
    assert "ana" == life.now.acknowledged_by


def test_who_held_it_in_each_shift_is_on_record() -> None:
    """
    RESOLVE-7: a hand-over by the rota is one.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",))).until(SIX + HOUR)

    holds = [(hold.person, hold.since_at) for hold in measure_events(life.events).holds if hold.person]

    assert [("nils", NINE), ("fay", SIX)] == holds


def test_a_message_that_waited_for_a_shift_that_is_over_does_not_leave() -> None:
    """
    COMM-12: nobody is woken for what is somebody else's by then.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)))
    opened = opening(NINE, a_plan_with_duty())
    (wanted,) = (effect for effect in opened.effects if isinstance(effect, FindOnCall))
    assert wanted.notice
    notice = replace(wanted.notice, to=(BY_ID["nils"].recipient,))
    life.until(SIX - HOUR)
    assert {} == find_outdated(life.now, life.events, NotificationBatch(notices=(notice,)))

    life.until(SIX)

    (why,) = find_outdated(life.now, life.events, NotificationBatch(notices=(notice,))).values()
    assert "given to somebody else meanwhile" == said(why)


def test_a_rebase_to_other_contacts_asks_them_though_the_rota_was_asked() -> None:
    """
    CLOCK-4, MATRIX-5: whoever was on call stood for the schedule, which is the contact no more.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)))
    plan = a_plan_with_duty(contacts=("ben",))
    plan = replace(plan, playbook=replace(plan.playbook, version="2", sha256="2" * 64))

    life.does(Rebase(by="ed", why="the desk is closed", plan=plan))  # type: ignore[arg-type]

    assert ("ben", ("ben",)) == holder(life.now)
    assert "ben" == life.until(SIX + HOUR).now.owner


def test_a_rebase_keeps_who_is_on_call_and_the_end_of_their_shift() -> None:
    """
    CLOCK-4: the schedule is still the contact.
    """
    life = a_life((NINE, ("nils",)), (SIX, ("fay",)))
    plan = a_plan_with_duty()
    plan = replace(plan, playbook=replace(plan.playbook, version="2", sha256="2" * 64))

    life.does(Rebase(by="ed", why="a new version", plan=plan))  # type: ignore[arg-type]

    assert ("nils", ("nils",)) == holder(life.now)
    assert "fay" == life.until(SIX).now.owner
