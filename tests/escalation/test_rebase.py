"""
A running escalation goes on by another playbook, and never otherwise (CLOCK-4).
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from escalation.case import commands as c
from escalation.case.engine import decide
from escalation.case.follow_up_actions import next_reminder
from escalation.case.levels import LevelRaised
from escalation.case.lifecycle import Move, State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.rebase import Rebase, Rebased, preview_rebase
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.waive_rca import WaiveRca
from escalation.case.resolution import AccessAnswer
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.system_commands import ExtendOpenHours, Tick
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.people import Contact
from escalation.policy.plan import (
    ActionPolicy,
    Calendar,
    PausePolicy,
    Plan,
    PlaybookRef,
    Target,
    TextApproval,
)
from tests.builders import (
    DECLARE,
    HOUR,
    MINUTE,
    PEOPLE,
    VERIFY,
    a_plan,
    a_window,
    after,
    all_delivered,
    an_acknowledged,
    an_escalation,
    an_rca,
    at,
    clock,
    levels_with,
    monday,
    one_in,
    priorities_with,
    the,
    told,
    weekdays,
)

R = ClockName.RESOLUTION
NEWER = PlaybookRef(name="test", version="2", sha256="1" * 64)
WHY = InternalText("the contract changed")


def newer(**changes: Any) -> Plan:
    return a_plan(playbook=NEWER, **changes)


def rebased_to(plan: Plan, by: str = "ed") -> Rebase:
    return Rebase(by=by, why=WHY, plan=plan)


SHORTER = newer(
    levels=levels_with(1, window=a_window(10 * MINUTE, 20 * MINUTE)),
    priorities=priorities_with(Priority.P3, targets={ClockName.RESOLUTION: Target(after=4 * HOUR)}),
)


def test_every_due_time_follows_from_the_original_start() -> None:
    """
    CLOCK-4: not from the rebase; who, when and why are on record, and everybody involved hears of it.
    """
    escalation = an_escalation()
    decision = decide(escalation, rebased_to(SHORTER), monday("09:05"))

    assert monday("09:20") == clock(decision.state, ClockName.LEVEL_WINDOW).due_at
    assert monday("13:00") == clock(decision.state, ClockName.RESOLUTION).due_at
    event = the(Rebased, decision)
    assert ("ed", WHY, "1", "2") == (event.by, event.why, event.before.version, event.plan.playbook.version)
    assert ["rebased: ana, mia"] == told(decision)


def test_pauses_count_and_what_breached_stays_breached() -> None:
    """
    CLOCK-4: a longer target does not undo a breach, and a recorded pause moves the new due time as it did the old.
    """
    escalation = an_escalation()
    escalation = after(
        escalation,
        all_delivered(escalation, monday("09:00")),
        monday("09:30"),
        Tick(),
        PauseClocks(by="ana", because="waiting_for_customer"),
        monday("10:30"),
        ResumeClocks(by="ana"),
    )
    longer = newer(
        priorities=priorities_with(
            Priority.P3,
            targets={
                ClockName.ACKNOWLEDGE: Target(after=8 * HOUR),
                ClockName.RESOLUTION: Target(after=4 * HOUR),
            },
        )
    )
    after_it = decide(escalation, rebased_to(longer), monday("10:31")).state

    before = clock(escalation, ClockName.ACKNOWLEDGE)
    assert before.breached_at == clock(after_it, ClockName.ACKNOWLEDGE).breached_at
    assert monday("14:00") == clock(after_it, ClockName.RESOLUTION).due_at


def test_what_is_overdue_by_the_new_playbook_happens_at_once() -> None:
    """
    CLOCK-4, MATRIX-2: the window that would have ended has ended.
    """
    decision = decide(an_escalation(), rebased_to(SHORTER), monday("09:25"))

    assert 2 == decision.state.level
    assert NEWER == the(LevelRaised, decision).playbook


def test_a_level_that_is_gone_becomes_the_last() -> None:
    """
    MATRIX-1: a matrix with fewer levels; its last one has no window.
    """
    high = after(an_escalation(), RaiseLevel(by="ana", reason=EscalationReason.OTHER, to_level=6))
    after_it = decide(high, rebased_to(newer(levels=levels_with(1)[:4])), monday("09:05")).state

    assert 4 == after_it.level
    assert not clock(after_it, ClockName.LEVEL_WINDOW).is_running


def test_an_owner_who_has_left_is_replaced_by_the_contact_of_the_level() -> None:
    """
    MATRIX-5: never nobody.
    """
    people = tuple(person for person in PEOPLE if person.id != "ana")
    plan = newer(contacts=people, levels=levels_with(1, contacts=("ben",)))
    decision = decide(an_escalation(), rebased_to(plan), monday("09:05"))

    assert "ben" == decision.state.owner
    assert ["assigned: ben", "rebased: mia"] == told(decision)


def test_only_a_role_that_may_rebases() -> None:
    """
    ROLE-2.
    """
    permissions = {Move.REBASE: ("escalation_manager",)}
    escalation = an_escalation(plan=a_plan(permissions=permissions))

    with pytest.raises(RoleNotAllowed, match="Ana may not rebase; roles that may: escalation_manager"):
        decide(escalation, rebased_to(SHORTER, by="ana"), monday("09:05"))


def test_the_same_plan_is_no_rebase() -> None:
    """
    CLOCK-4: nothing would change, and nothing is recorded.
    """
    with pytest.raises(MoveNotAllowed, match=r"already goes by test 1 \(000000000000\)"):
        decide(an_escalation(), rebased_to(a_plan()), monday("09:05"))


def test_a_sponsor_is_told_of_what_runs_already_by_a_rebase() -> None:
    """
    SPONSOR-2, CLOCK-4: an account that was enrolled, or let go, meanwhile; the rest of the plan is the same.
    """
    vera = Contact(id="vera", name="Vera", addresses=("email:vera@example.com",))
    now, sponsored = an_escalation(), a_plan().sponsored_by((vera,))
    decision = decide(now, rebased_to(sponsored), monday("09:05"))

    assert ["rebased: ana, vera, mia"] == told(decision)
    assert ("Vera",) == preview_rebase(now, sponsored, monday("09:05")).sponsors
    with pytest.raises(MoveNotAllowed, match="already goes by"):
        decide(decision.state, rebased_to(sponsored), monday("09:06"))
    assert () == after(decision.state, rebased_to(a_plan())).plan.sponsors


def test_what_would_change_is_known_before() -> None:
    """
    CLOCK-4: the due times before and after, and what would be breached at once; nothing has changed.
    """
    escalation = an_escalation()
    would = preview_rebase(escalation, SHORTER, monday("09:25"))

    assert (1, 2, "1", "2") == (would.level, would.level_after, would.before.version, would.after.version)
    assert (ClockName.LEVEL_WINDOW,) == would.breached
    moved = {each.clock: (each.due_before, each.due_after) for each in would.moved}
    assert (clock(escalation, ClockName.RESOLUTION).due_at, monday("13:00")) == moved[ClockName.RESOLUTION]
    assert monday("09:30") == moved[ClockName.LEVEL_WINDOW][0]
    assert ClockName.NEXT_UPDATE not in moved


def test_every_rise_records_by_which_playbook() -> None:
    """
    CLOCK-4: the record of a level says which matrix it followed.
    """
    decision = decide(an_escalation(), Tick(), monday("09:30"))

    assert PlaybookRef(name="test", version="1", sha256="0" * 64) == the(LevelRaised, decision).playbook


def without(*gone: str, **changes: Any) -> Plan:
    return newer(contacts=tuple(person for person in PEOPLE if person.id not in gone), **changes)


def test_nobody_who_has_left_is_waited_for() -> None:
    """
    CLOCK-4, MATRIX-5: a level that needs all of its contacts goes on with those who are there.
    """
    both = {"contacts": ("ana", "ben"), "asks_all": True, "needs_all": True}
    escalation = an_escalation(plan=a_plan(levels=levels_with(1, **both)))
    half = decide(escalation, Acknowledge(by="ana"), monday("09:05")).state
    plan = without("ben", levels=levels_with(1, contacts=("ana",)))
    moved = decide(half, rebased_to(plan), monday("09:06")).state

    assert () == moved.unacknowledged
    assert 2 == decide(moved, Tick(), monday("09:30")).state.level


def test_a_level_that_is_no_longer_the_last_gets_its_window_from_when_it_was_reached() -> None:
    """
    CLOCK-4, MATRIX-2: what the new playbook adds counts from when it would have begun.
    """
    short = an_escalation(plan=a_plan(levels=levels_with(1)[:1]))
    moved = decide(short, rebased_to(newer()), monday("09:10"))
    would = preview_rebase(short, newer(), monday("09:10"))

    assert monday("09:30") == clock(moved.state, ClockName.LEVEL_WINDOW).due_at
    assert [(ClockName.LEVEL_WINDOW, None, monday("09:30"))] == [
        (each.clock, each.due_before, each.due_after) for each in would.moved
    ]


def test_pauses_follow_the_new_playbook() -> None:
    """
    CLOCK-3, CLOCK-4: a longest time counts from the beginning of the pause; a reason that is gone ends it.
    """
    paused = after(an_escalation(), PauseClocks(by="ana", because="waiting_for_customer"))
    stops = (ClockName.LEVEL_WINDOW,)
    bounded = newer(
        pause_reasons={"waiting_for_customer": PausePolicy(stops=stops, at_most=Target(after=HOUR))}
    )
    unknown = newer(pause_reasons={"lunch": PausePolicy(stops=stops)})

    moved = decide(paused, rebased_to(bounded), monday("09:10")).state
    assert monday("10:00") == clock(moved, ClockName.PAUSE).due_at
    assert None is decide(paused, rebased_to(unknown), monday("09:10")).state.pause


def test_the_contacts_of_the_level_that_is_the_last_now_are_asked() -> None:
    """
    MATRIX-1, MATRIX-5: whoever held a level that is gone has no part in it any more.
    """
    high = after(an_escalation(), RaiseLevel(by="ana", reason=EscalationReason.OTHER, to_level=6))
    decision = decide(high, rebased_to(newer(levels=levels_with(1)[:4])), monday("09:05"))

    assert ("sol", ("sol",)) == (decision.state.owner, decision.state.asked)
    assert "assigned: sol" in told(decision)


def test_open_hours_that_were_asked_for_before_a_rebase_do_not_mix_with_the_new_ones() -> None:
    """
    CLOCK-5: the answer to the old question is left out, and nothing stalls.
    """
    office = weekdays(weeks=12)
    other = newer(calendars={"shop": Calendar(hours=office, definition="other")}, calendar="shop")
    moved = decide(an_escalation(), rebased_to(other), monday("09:05")).state
    late = ExtendOpenHours(
        calendar="office", definition="{}", since=office.compiled_until, open_hours=weekdays(weeks=30)
    )

    assert moved.plan == decide(moved, late, monday("09:06")).state.plan


def test_a_category_can_change_with_the_same_playbook() -> None:
    """
    CLOCK-4: a change of category re-derives every due time.
    """
    billing = a_plan(category="billing", levels=levels_with(1, window=a_window(1 * HOUR, 2 * HOUR)))
    moved = decide(an_escalation(), rebased_to(billing), monday("09:05")).state

    assert monday("11:00") == clock(moved, ClockName.LEVEL_WINDOW).due_at


def test_what_is_closing_is_asked_for_the_rca_that_the_new_playbook_requires() -> None:
    """
    CLOSE-2, CLOCK-4: once; the clock of the RCA takes the place of that of the close.
    """
    closing = one_in(State.CLOSING)
    strict = newer(priorities=priorities_with(Priority.P3, rca_required=True))
    decision = decide(closing, rebased_to(strict), monday("09:10"))
    waived = after(closing, RequestRca(by="csm"), WaiveRca(by="ed", why=WHY))

    assert "rca_wanted: cora" in told(decision)
    assert [ClockName.INTERNAL_RCA] == [each.name for each in decision.state.running_clocks]
    assert "rca_wanted: cora" not in told(decide(waived, rebased_to(strict), monday("09:10")))


def resolution_within(after: timedelta) -> Plan:
    return newer(priorities=priorities_with(Priority.P3, targets={ClockName.RESOLUTION: Target(after=after)}))


REOPEN = Reopen(by="ed", why=WHY)


def test_a_clock_that_a_reopening_lets_run_on_follows_the_newest_playbook() -> None:
    """
    CLOCK-4, CLOSE-9: rebased while closing, its clocks had ended; they come back by the targets of now, not of then.
    """
    eight = resolution_within(8 * HOUR)
    closing = after(an_acknowledged(level=7, plan=eight), monday("10:00"), DECLARE, monday("11:00"), VERIFY)
    two = replace(
        resolution_within(2 * HOUR), playbook=PlaybookRef(name="test", version="3", sha256="2" * 64)
    )
    back = after(closing, monday("12:00"), rebased_to(two), monday("13:00"), REOPEN)

    assert (2 * HOUR, monday("14:00")) == (clock(back, R).after, clock(back, R).due_at)


def test_a_window_that_the_new_playbook_gives_runs_after_the_reopening() -> None:
    """
    CLOCK-4, CLOSE-9, MATRIX-2: as of when it came to the level, less the hold; so it does after a rejection.
    """
    without = newer(levels=levels_with(2, window=None))
    hour_long = replace(
        newer(levels=levels_with(2, window=a_window(30 * MINUTE, 1 * HOUR))),
        playbook=PlaybookRef(name="test", version="3", sha256="2" * 64),
    )
    verifying = after(an_acknowledged(level=2, plan=without), monday("09:40"), DECLARE)
    rejected = after(
        verifying,
        monday("10:40"),
        rebased_to(hour_long),
        monday("11:40"),
        RejectResolution(by="ari", why=WHY),
    )
    reopened = after(
        verifying, monday("10:00"), VERIFY, monday("10:40"), rebased_to(hour_long), monday("11:40"), REOPEN
    )

    for back in (rejected, reopened):
        window = clock(back, ClockName.LEVEL_WINDOW)
        assert (monday("12:00"), 1, 0) == (window.due_at, window.passed, window.fired_share)


def test_a_window_that_the_new_playbook_takes_does_not_come_back() -> None:
    """
    CLOCK-4, CLOSE-9: what nothing sets a time for any more stays ended.
    """
    closing = after(an_acknowledged(level=2), monday("09:10"), DECLARE, VERIFY)
    without = newer(levels=levels_with(2, window=None))
    back = after(closing, monday("09:20"), rebased_to(without), monday("09:30"), REOPEN)

    assert not clock(back, ClockName.LEVEL_WINDOW).is_running


def test_a_clock_that_had_ended_before_the_declaration_stays_ended() -> None:
    """
    CLOSE-9, MATRIX-5: though it was acknowledged at the very moment at which the resolution was declared.
    """
    escalation = an_escalation()
    nine = monday("09:00")
    closing = after(
        escalation, all_delivered(escalation, nine), Acknowledge(by="ana"), DECLARE, monday("09:05"), VERIFY
    )
    back = after(closing, monday("09:10"), REOPEN)

    assert not clock(back, ClockName.ACKNOWLEDGE).is_running


def test_a_slower_rhythm_of_chases_is_not_silent_for_what_the_quicker_one_said() -> None:
    """
    CLOCK-4: brought up thirty times by the hour, it is brought up on the next day, not in a month.
    """
    hourly = newer(chase_every=1 * HOUR)
    daily = replace(
        newer(chase_every=24 * HOUR), playbook=PlaybookRef(name="test", version="3", sha256="2" * 64)
    )
    late = after(
        an_acknowledged(level=7, plan=hourly, priority="P1"),
        monday("13:00"),
        Tick(),
        at(1, "19:00"),
        Tick(),
    )
    slower = after(late, at(1, "19:00"), rebased_to(daily))

    assert 30 == clock(late, R).chased
    assert at(2, "13:00") == clock(slower, R).next_at


def test_a_text_that_waits_is_given_the_time_of_the_new_playbook() -> None:
    """
    CLOCK-4, COMM-6: also where the last one had given none meanwhile, and as of when the text came.
    """
    approval = TextApproval(approvers=("ed",), within=Target(after=1 * HOUR, thresholds=(50,)))
    waiting = after(
        an_acknowledged(plan=newer(text_approval=approval)),
        SendUpdate(by="ana", customer_text=CustomerText("On its way.")),
    )
    lax = replace(newer(), playbook=PlaybookRef(name="test", version="3", sha256="2" * 64))
    strict = replace(
        newer(text_approval=approval), playbook=PlaybookRef(name="test", version="4", sha256="3" * 64)
    )
    back = after(waiting, monday("09:10"), rebased_to(lax), monday("09:40"), rebased_to(strict))

    text = clock(back, ClockName.CUSTOMER_TEXT)
    assert (monday("10:00"), 1, 0) == (text.due_at, text.passed, text.fired_share)


def test_whoever_is_asked_instead_has_all_of_their_time_after_a_reopening() -> None:
    """
    CLOSE-9, MATRIX-5: what was left of the time of those asked before is not theirs.
    """
    asked = after(an_escalation(), monday("09:10"), DECLARE, monday("09:20"), VERIFY)
    others = newer(levels=levels_with(1, contacts=("ben",)))
    back = after(asked, monday("10:00"), rebased_to(others), monday("10:10"), REOPEN)

    assert ("ben",) == back.asked
    assert monday("10:10") == clock(back, ClockName.ACKNOWLEDGE).started_at


def test_a_slower_rhythm_of_reminders_of_actions_is_not_silent_either() -> None:
    """
    CLOCK-4, CLOSE-7: an action of which its owner was reminded ten times is brought up by the new rhythm.
    """
    daily = newer(actions=ActionPolicy(chase_every=timedelta(days=1)))
    weekly = replace(
        newer(actions=ActionPolicy(chase_every=timedelta(days=7))),
        playbook=PlaybookRef(name="test", version="3", sha256="2" * 64),
    )
    rca = FileRca(by="cora", rca=an_rca())
    closing = after(an_acknowledged(plan=daily), DECLARE, VERIFY, RequestRca(by="ed"), rca)
    (action,) = closing.actions
    late = datetime.combine(action.due, time(9), UTC) + timedelta(days=10)
    reminded = after(closing, late, Tick())
    slower = after(reminded, late, rebased_to(weekly))

    assert (12, 3) == (reminded.actions[0].reminded, slower.actions[0].reminded)
    next_at = next_reminder(slower.actions, weekly.actions)
    assert next_at
    assert late.date() + timedelta(days=4) == next_at.date()


HELD: dict[str, tuple[tuple[c.Command, ...], c.Command]] = {
    "verified, then reopened": ((DECLARE, VERIFY), REOPEN),
    "verified, then no access": (
        (DECLARE, VERIFY),
        ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.NO),
    ),
    "declared, then reopened": ((DECLARE,), REOPEN),
    "declared, then rejected": ((DECLARE,), RejectResolution(by="ari", why=WHY)),
    "paused, then resumed": (
        (PauseClocks(by="ceo", because="waiting_for_customer"),),
        ResumeClocks(by="ceo"),
    ),
}


@pytest.mark.parametrize("way", HELD)
@pytest.mark.parametrize("before", [1, 2, 8])
def test_whatever_held_a_clock_it_runs_on_by_the_newest_targets(way: str, before: int) -> None:
    """
    CLOCK-4: held from 10:00 to 13:00, rebased in between; two hours from 09:00 end at 14:00, unless one had ended.
    """
    held, goes_on = HELD[way]
    had = an_acknowledged(level=7, plan=resolution_within(before * HOUR))
    two = replace(
        resolution_within(2 * HOUR), playbook=PlaybookRef(name="test", version="3", sha256="2" * 64)
    )
    back = after(had, monday("10:00"), *held, monday("12:00"), rebased_to(two), monday("13:00"), goes_on)

    resolution = clock(back, R)
    assert resolution.is_running
    assert (2 * HOUR, monday("14:00")) == (resolution.after, resolution.due_at)
    assert resolution.breached_at == (monday("10:00") if before == 1 else None), (
        "what breached stays breached"
    )


@pytest.mark.parametrize(
    "way", ["declared, then reopened", "declared, then rejected", "paused, then resumed"]
)
def test_whatever_held_a_clock_it_runs_on_by_the_newest_priority(way: str) -> None:
    """
    CLOCK-4: as for a rebase; the priority can be changed until the resolution is verified.
    """
    held, goes_on = HELD[way]
    targets = {Priority.P3: 8 * HOUR, Priority.P4: 2 * HOUR}
    priorities = priorities_with(Priority.P3, targets={R: Target(after=targets[Priority.P3])})
    priorities |= {
        Priority.P4: priorities_with(Priority.P4, targets={R: Target(after=targets[Priority.P4])})[
            Priority.P4
        ]
    }
    lower = ChangePriority(by="ed", priority=Priority.P4)
    had = an_acknowledged(level=7, plan=newer(priorities=priorities))
    back = after(had, monday("10:00"), *held, monday("12:00"), lower, monday("13:00"), goes_on)

    assert monday("14:00") == clock(back, R).due_at
