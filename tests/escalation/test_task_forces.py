"""
The rules of a task force: seats, status, tasks, its end (RESOLVE-2, RESOLVE-3).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.kernel.business_time import add
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.refusals import EscalationError, MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.timeline_entry import timeline_entry
from escalation.kernel.values import InternalText, from_json, from_plain, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import InternalNotification
from escalation.notifications.system_commands import CancelByOperator, ExtendOpenHours, ReportDelivery, Tick
from escalation.policy.classification import Priority
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.plan import Calendar
from escalation.task_force.commands import EscalationGone, MembersCommand, ShellsCommand
from escalation.task_force.engine import decide, deploy, fold, updates_of
from escalation.task_force.lifecycle import COURSE, TaskForceMove, TaskForceState, allows, step
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.finish_task import FinishTask
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.leave_seat import LeaveSeat
from escalation.task_force.moves.offer_seat import OfferSeat
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.moves.stand_down import StandDown
from escalation.task_force.state import Charter, EscalationSummary, SeatPlan, TaskForce, summary
from escalation.task_force.view import view
from escalation.task_force.work import TaskForceDecision
from tests.builders import HOUR, MINUTE, PEOPLE, THE_MONDAY, weekdays
from tests.said import lines, said

NINE = THE_MONDAY + 9 * HOUR
ABOUT = EscalationSummary(
    key="ACME/4711",
    subject="Wet pallets",
    priority=Priority.P1,
    state="resolving",
    level=2,
    level_name="level 2",
    owner="Mia",
)


def a_pattern(name: ClockName, after: timedelta, *thresholds: timedelta, **changes: Any) -> Clock:
    return Clock(name=name, started_at=NINE, after=after, thresholds=thresholds, **changes)


CLOCKS = (
    a_pattern(ClockName.TASK_FORCE_STATUS, 2 * HOUR, 90 * MINUTE),
    a_pattern(ClockName.SEAT_ANSWER, 30 * MINUTE),
)


def a_charter(*seats: tuple[str, ...], **changes: Any) -> Charter:
    """Led by Ed; each seat for those people, in that order."""
    plans = tuple(SeatPlan(role=f"role {n}", candidates=people) for n, people in enumerate(seats, 1))
    given = {
        "id": "ACME/4711@1/roof",
        "name": "roof",
        "mission": InternalText("Find the leak"),
        "lead": "ed",
        "seats": plans,
        "technical_plan": InternalText("Look up"),
        "deployed_by": "mia",
        "about": ABOUT,
        "contacts": PEOPLE,
        "clocks": CLOCKS,
    }
    return from_plain(Charter, given | changes)


def a_force(*seats: tuple[str, ...], **changes: Any) -> TaskForce:
    return deploy(a_charter(*seats, **changes), NINE).state


def told(decision: TaskForceDecision) -> list[str]:
    """Return who is notified of what, in order; the list is complete."""
    return [
        f"{effect.occasion}: {', '.join(to.id for to in effect.to)}"
        for effect in decision.effects
        if isinstance(effect, InternalNotification)
    ]


def kinds(decision: TaskForceDecision) -> list[str]:
    return [event.kind for event in decision.events]


def test_every_legal_move_is_in_the_table() -> None:
    """
    RESOLVE-2: the machine knows these moves and no others.
    """
    for state in TaskForceState:
        here = {row.move for row in COURSE if state in row.sources}
        assert here == {move for move in TaskForceMove if allows(state, move)}, state
    assert TaskForceState.STOOD_DOWN == step(TaskForceState.FORMING, TaskForceMove.STAND_DOWN)


def test_at_its_deployment_the_lead_knows_and_each_seat_is_on_offer() -> None:
    """
    RESOLVE-2: to the first of its candidates, with the mission; nobody is asked for two seats.
    """
    made = deploy(a_charter(("ana", "ari"), ("ana", "cora")), NINE)

    assert ["task_force_deployed: ed", "task_force_invited: ana", "task_force_invited: cora"] == told(made)
    assert ("ana", "cora") == tuple(seat.offered_to for seat in made.state.seats)
    assert TaskForceState.FORMING == made.state.state


def test_one_without_seats_works_at_once() -> None:
    """
    RESOLVE-2: its lead alone.
    """
    assert TaskForceState.WORKING == a_force().state


def test_a_declined_seat_is_offered_to_the_next() -> None:
    """
    RESOLVE-2: in the order of the plan.
    """
    made = decide(a_force(("ana", "ari")), DeclineSeat(by="ana"), NINE)

    assert ["seat_declined", "seat_offered"] == kinds(made)
    assert ["task_force_invited: ari"] == told(made)


def test_an_unanswered_seat_is_offered_to_the_next_and_then_left() -> None:
    """
    RESOLVE-2: its own clock; after downtime too nobody is left out.
    """
    made = decide(a_force(("ana", "ari")), Tick(), NINE + 30 * MINUTE)
    assert ["seat_unanswered", "seat_offered"] == kinds(made)

    made = decide(made.state, Tick(), NINE + HOUR)

    assert ["seat_unanswered", "seat_left_vacant", "work_begun"] == kinds(made)
    assert ["task_force_update: ed"] == told(made)
    news = updates_of(made)
    assert news is not None
    assert (("role 1",), ("role 1",)) == (news.vacant, news.summary.vacant)


def test_the_escalation_hears_of_each_seat_that_falls_vacant() -> None:
    """
    RESOLVE-2: also of two at the same instant, which are one piece of news.
    """
    news = updates_of(decide(a_force(("ana",), ("ari",)), Tick(), NINE + 30 * MINUTE))

    assert news is not None
    assert ("role 1", "role 2") == news.vacant


def test_an_invitation_that_cannot_be_delivered_goes_to_the_next() -> None:
    """
    RESOLVE-2, COMM-13: nobody waits for an answer of somebody who was not asked.
    """
    lost = DeliveryResult(key="k", recipient="ana", occasion="task_force_invited", why="no such address")
    made = decide(a_force(("ana", "ari")), ReportDelivery(results=(lost,)), NINE)

    assert "ari" == made.state.seats[0].offered_to
    news = updates_of(made)
    assert news is not None
    assert (lost,) == news.results, "RECORD-1: the escalation has them on record"


def test_an_invitation_that_was_lost_before_its_time_was_up_is_not_called_unanswered() -> None:
    """
    COMM-13: its delivery ended before we hear of it, so that goes before what is due.
    """
    lost = DeliveryResult(key="k", recipient="ana", occasion="task_force_invited", why="no such address")
    made = decide(a_force(("ana", "ari")), ReportDelivery(results=(lost,)), NINE + 30 * MINUTE)

    assert ["delivery_reported", "seat_unanswered", "seat_offered"] == kinds(made)
    assert "could not be reached" in said(made.events[1].sentence())


def test_an_invitation_that_waits_for_the_morning_stands() -> None:
    """
    RESOLVE-2, COMM-11: it is on its way; the seat's own clock says when the next one is asked.
    """
    held = DeliveryResult(
        key="k", recipient="ana", occasion="task_force_invited", deferred_until=NINE + 9 * HOUR
    )
    made = decide(a_force(("ana", "ari")), ReportDelivery(results=(held,)), NINE)

    assert "ana" == made.state.seats[0].offered_to


def test_work_begins_when_every_seat_is_settled() -> None:
    """
    RESOLVE-2: and the lead hears who is in.
    """
    one = decide(a_force(("ana",), ("ari",)), AcceptSeat(by="ana"), NINE)
    both = decide(one.state, AcceptSeat(by="ari"), NINE)

    assert (TaskForceState.FORMING, TaskForceState.WORKING) == (one.state.state, both.state.state)
    assert ("ed", "ana", "ari") == both.state.members
    assert ["task_force_update: ed"] == told(both)


def test_the_lead_reads_who_is_in_and_what_is_vacant() -> None:
    """
    RESOLVE-2, COMM-9: no word of ours stands among the names, where no language could say it.
    """
    one = decide(a_force(("ana",), ("ari",)), AcceptSeat(by="ana"), NINE)
    both = decide(one.state, DeclineSeat(by="ari"), NINE)

    (letter,) = (effect.facts for effect in both.effects if isinstance(effect, InternalNotification))
    assert ("role 1: Ana",) == lines(letter.items)
    wanted = "task force roof: every seat is settled; nobody is left to ask for the seat role 2"
    assert wanted == said(letter.why)


def test_the_lead_reads_what_those_who_were_asked_had_to_say() -> None:
    """
    RESOLVE-2: with whom they took a seat or declined it; the last one, for want of a next, in the escalation's letter.
    """
    asked = a_force(("ana",), ("ari", "ben"))
    one = decide(asked, AcceptSeat(by="ana", note=InternalText("Gladly")), NINE)
    two = decide(one.state, DeclineSeat(by="ari", why=InternalText("On leave")), NINE)
    three = decide(two.state, DeclineSeat(by="ben", why=InternalText("No ladder")), NINE)

    (letter,) = (effect.facts for effect in three.effects if isinstance(effect, InternalNotification))
    assert ("role 1: Ana (“Gladly”)", "Ari declined the seat role 2: On leave") == lines(letter.items)
    assert ["", "", "No ladder"] == [
        news.declined for made in (one, two, three) if (news := updates_of(made))
    ]


def test_the_status_clock_asks_the_lead_only() -> None:
    """
    RESOLVE-2: before it is due, when it is missed, and each day until it comes.
    """
    force = decide(a_force(("ana",)), AcceptSeat(by="ana"), NINE).state
    steps = {90 * MINUTE: "threshold_passed", 2 * HOUR: "clock_breached", 26 * HOUR: "clock_chased"}

    for after, kind in steps.items():
        made = decide(force, Tick(), NINE + after)
        force = made.state
        assert [kind] == kinds(made)
        assert ["task_force_status_wanted: ed"] == told(made)
        news = updates_of(made)
        assert news is not None
        assert (kind != "threshold_passed") == news.is_status_missed


def test_after_downtime_only_the_miss_speaks() -> None:
    """
    CLOCK-2: not each threshold that was passed meanwhile.
    """
    made = decide(a_force(), Tick(), NINE + 5 * HOUR)

    assert ["clock_breached"] == kinds(made)


def test_a_report_starts_the_status_clock_anew() -> None:
    """
    RESOLVE-2: and flows to the escalation; to everybody who follows it, if wanted.
    """
    report = ReportStatus(by="ed", text=InternalText("It is the roof"), is_update=True)
    made = decide(a_force(), report, NINE + HOUR)

    assert made.state.status is not None
    assert NINE + 3 * HOUR == made.state.status.due_at
    news = updates_of(made)
    assert news is not None
    assert news.report is not None
    assert "It is the roof" == news.report.text


def test_tasks_have_an_owner_among_the_members() -> None:
    """
    RESOLVE-2: given by a member, finished by the owner or the lead.
    """
    add = AddTask(by="ed", what=InternalText("Climb up"), owner="ed", due_at=NINE + HOUR)
    made = decide(a_force(), add, NINE)
    done = decide(made.state, FinishTask(by="ed", task=1), NINE)

    assert ["Climb up (ed, due 2026-03-02 10:00 UTC)"] == list(map(said, summary(made.state).tasks_left))
    assert (0, 1) == (len(done.state.open_tasks), summary(done.state).done_tasks)


def test_it_is_stood_down_with_what_is_left() -> None:
    """
    RESOLVE-3: whoever is in it, or is asked to be, is told; then nothing happens by itself any more.
    """
    force = decide(a_force(("ana",)), AddTask(by="ed", what=InternalText("Climb up"), owner="ed"), NINE).state
    order = StandDown(id=force.charter.id, by="mia", why="Done", about=ABOUT, hand_over_to="Ari")
    made = decide(force, order, NINE)

    assert ["task_force_stood_down: ed, ana"] == told(made)
    assert ["task force roof: Done"] == [
        said(notice.facts.why) for notice in made.effects if isinstance(notice, InternalNotification)
    ]
    assert "stood down, Done; still open: Climb up (ed)" == said(timeline_entry(made.events[-1]).what)
    assert made.state.wake_at is None
    assert () == decide(made.state, Tick(), NINE + 99 * HOUR).events
    assert () == decide(made.state, order, NINE).events


def test_an_order_for_another_one_of_that_name_is_not_followed() -> None:
    """
    RESOLVE-3: the name may have been used by an earlier escalation of this key.
    """
    order = StandDown(id="ACME/4711@0/roof", by="mia", why="Done", about=ABOUT)

    assert decide(a_force(), order, NINE).state.is_standing


@pytest.mark.parametrize(
    ("command", "why"),
    [(CancelByOperator(), "the operator"), (EscalationGone(), "its escalation has ended")],
)
def test_it_ends_from_outside(command: ShellsCommand, why: str) -> None:
    """
    RESOLVE-3: never longer than its escalation; and an operator may end it.
    """
    made = decide(a_force(), command, NINE)

    news = updates_of(made)
    assert news is not None
    assert said(news.why_stood_down).startswith(why)


def test_messages_say_where_the_escalation_stands_now() -> None:
    """
    RESOLVE-2: not where it stood at the deployment.
    """
    informed = KeepInformed(id="ACME/4711@1/roof", about=replace(ABOUT, level=4))
    made = decide(a_force(), informed, NINE)

    assert updates_of(made) is None, "the escalation knows that by itself"
    asked = decide(made.state, Tick(), NINE + 90 * MINUTE)
    assert [4] == [effect.facts.level for effect in asked.effects if isinstance(effect, InternalNotification)]


FASTER = KeepInformed(
    id="ACME/4711@1/roof",
    about=ABOUT,
    clocks=(a_pattern(ClockName.TASK_FORCE_STATUS, HOUR, 45 * MINUTE),),
)


def test_a_change_of_priority_derives_the_status_clock_from_its_start() -> None:
    """
    CLOCK-4: what is due already is missed at once, and the next one runs as long as the new priority says.
    """
    made = decide(a_force(), FASTER, NINE + 90 * MINUTE)
    reported = decide(made.state, ReportStatus(by="ed", text=SAID), NINE + 2 * HOUR)

    assert ["threshold_passed", "informed", "clock_breached"] == kinds(made)
    assert made.state.status is not None
    assert NINE + HOUR == made.state.status.breached_at
    assert reported.state.status is not None
    assert NINE + 3 * HOUR == reported.state.status.due_at


def test_a_time_to_ask_the_lead_that_a_change_put_behind_us_is_skipped() -> None:
    """
    CLOCK-2, CLOCK-4: on record, and the lead is not asked late; by the old targets again, it is asked in time.
    """
    at_45 = (a_pattern(ClockName.TASK_FORCE_STATUS, HOUR, 45 * MINUTE), CLOCKS[1])
    faster = KeepInformed(id="ACME/4711@1/roof", about=ABOUT, clocks=at_45)
    slower = KeepInformed(id="ACME/4711@1/roof", about=ABOUT, clocks=CLOCKS)
    made = decide(a_force(), faster, NINE + 50 * MINUTE)
    back = decide(made.state, slower, NINE + 55 * MINUTE)
    asked = decide(back.state, Tick(), NINE + 90 * MINUTE)

    assert (["informed", "thresholds_skipped"], []) == (kinds(made), told(made))
    assert made.state.status is not None
    assert NINE + HOUR == made.state.status.next_at
    assert ["threshold_passed"] == kinds(asked)


def test_a_rhythm_of_chases_holds_for_task_forces_too() -> None:
    """
    CLOCK-4: a missed status is brought up again as often as the newest playbook says.
    """
    missed = decide(a_force(), Tick(), NINE + 2 * HOUR).state
    hourly = KeepInformed(id="ACME/4711@1/roof", about=ABOUT, clocks=CLOCKS, chase_every=HOUR)
    made = decide(missed, hourly, NINE + 150 * MINUTE)

    assert made.state.status is not None
    assert NINE + 3 * HOUR == made.state.status.next_at


def test_a_status_clock_of_its_own_is_no_priorities() -> None:
    """
    CLOCK-4, RESOLVE-2: whoever deployed it chose how often it reports.
    """
    made = decide(a_force(has_own_status=True), FASTER, NINE)

    assert made.state.status is not None
    assert NINE + 2 * HOUR == made.state.status.due_at


def test_open_hours_are_counted_and_extended() -> None:
    """
    CLOCK-5: a status that is due on Monday is not asked for on Sunday.
    """
    counted = a_pattern(ClockName.TASK_FORCE_STATUS, 10 * HOUR, calendar="office")
    calendars = {"office": Calendar(hours=weekdays(), definition="{}")}
    force = a_force(clocks=(counted,), calendars=calendars)

    assert force.status is not None
    assert THE_MONDAY + timedelta(days=1) < (force.status.due_at or NINE)
    extended = decide(force, Tick(), weekdays().extend_at)
    assert ["office"] == [e.calendar for e in extended.effects if isinstance(e, CompileOpenHours)]
    assert force.wake_at is not None


def test_a_status_that_is_due_beyond_the_known_hours_is_not_guessed() -> None:
    """
    CLOCK-5: it says from when on it may be due, is not missed meanwhile, and is known once more hours are.
    """
    short = weekdays(weeks=20)
    counted = a_pattern(ClockName.TASK_FORCE_STATUS, 600 * HOUR, calendar="office")
    calendars = {"office": Calendar(hours=short, definition="{}")}
    force = a_force(clocks=(counted,), calendars=calendars)

    assert (None, short.compiled_until) == (view(force).status_due_at, view(force).status_not_before)
    late = decide(force, Tick(), short.compiled_until)
    assert not [kind for kind in kinds(late) if kind.startswith("status")]
    further = ExtendOpenHours(
        calendar="office", definition="{}", since=short.compiled_until, open_hours=weekdays(weeks=60)
    )
    known = view(decide(force, further, short.extend_at).state)
    assert known.status_not_before is None
    assert known.status_due_at == weekdays_due(600 * HOUR)


def test_open_hours_that_a_rebase_overtook_are_left_out() -> None:
    """
    CLOCK-5: they were compiled from what the calendar was before, and are asked for again.
    """
    short = weekdays(weeks=20)
    counted = a_pattern(ClockName.TASK_FORCE_STATUS, 600 * HOUR, calendar="office")
    force = a_force(clocks=(counted,), calendars={"office": Calendar(hours=short, definition="new")})
    old = ExtendOpenHours(
        calendar="office", definition="old", since=short.compiled_until, open_hours=weekdays(weeks=60)
    )

    made = decide(force, old, NINE)

    assert (force, []) == (made.state, kinds(made))


def weekdays_due(span: timedelta) -> datetime | None:
    return add(weekdays(weeks=60), NINE, span)


SAID = InternalText("so")
REFUSED: list[tuple[Any, type[EscalationError], str]] = [
    (AcceptSeat(by="mallory"), UnknownName, "unknown person 'mallory'"),
    (AcceptSeat(by="cora"), MoveNotAllowed, "no seat is on offer to .*; on offer: role 1 to ana"),
    (AcceptSeat(by="ari"), MoveNotAllowed, "has accepted the seat role 2 already"),
    (DeclineSeat(by="ari"), MoveNotAllowed, "has accepted the seat role 2 already"),
    (ReportStatus(by="ari", text=SAID), RoleNotAllowed, "may: ed"),
    (AddTask(by="cora", what=SAID, owner="ed"), RoleNotAllowed, "may: ed, ari"),
    (AddTask(by="ed", what=SAID, owner="cora"), UnknownName, "no member 'cora'; known: ed, ari"),
    (FinishTask(by="ed", task=9), UnknownName, "no task '9'; known: 1, 2"),
    (FinishTask(by="ed", task=1), MoveNotAllowed, "task 1 is done already, by ed"),
    (FinishTask(by="ari", task=2), RoleNotAllowed, "may: ed"),
]


@pytest.mark.parametrize(("command", "error", "says"), REFUSED)
def test_bad_moves_are_refused(command: Any, error: type[EscalationError], says: str) -> None:
    """
    RESOLVE-2: each refusal says what stands in the way, and nothing has changed.
    """
    force = a_force(("ana",), ("ari",))
    moves: list[MembersCommand] = [
        AcceptSeat(by="ari"),
        AddTask(by="ed", what=SAID, owner="ed"),
        AddTask(by="ed", what=SAID, owner="ed"),
        FinishTask(by="ed", task=1),
    ]
    for move in moves:
        force = decide(force, move, NINE).state

    with pytest.raises(error, match=says):
        decide(force, command, NINE)


@pytest.mark.parametrize("command", [command for command, _, _ in REFUSED if command.by == "ed"])
def test_one_that_is_stood_down_takes_no_moves(command: Any) -> None:
    """
    RESOLVE-3: and says so.
    """
    force = decide(a_force(), CancelByOperator(), NINE).state

    with pytest.raises(MoveNotAllowed, match="while stood down; allowed now: nothing"):
        decide(force, command, NINE)


people = st.sampled_from(["ed", "ana", "ari", "cora", "mallory"])
commands = st.one_of(
    st.builds(AcceptSeat, by=people),
    st.builds(DeclineSeat, by=people),
    st.builds(ReportStatus, by=people, text=st.just(SAID)),
    st.builds(
        AddTask,
        by=people,
        what=st.just(SAID),
        owner=people,
        due_at=st.one_of(st.none(), st.integers(1, 40).map(lambda hours: NINE + hours * HOUR)),
    ),
    st.builds(LeaveSeat, by=people),
    st.builds(OfferSeat, by=people, seat=st.integers(1, 4), to=st.one_of(st.none(), people)),
    st.builds(FinishTask, by=people, task=st.integers(1, 3)),
    st.just(Tick()),
    st.just(EscalationGone()),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(commands, st.integers(0, 90)), max_size=25))
def test_whatever_is_asked_it_stays_in_order(asked: list[tuple[Any, int]]) -> None:
    """
    RESOLVE-2: no seat twice, nobody in two, nothing after its end, and the record makes the same state again.
    """
    made = deploy(a_charter(("ana", "ari"), ("ari", "cora"), ("cora",)), NINE)
    force, events, now = made.state, list(made.events), NINE
    for command, minutes in asked:
        now += minutes * MINUTE
        try:
            made = decide(force, command, now)
        except EscalationError:
            continue
        assert force.is_standing or not made.events
        force = made.state
        events += made.events
        engaged = force.engaged
        assert len(set(engaged)) == len(engaged), "nobody has two seats"
        assert force.wake_at is None or force.wake_at > now
    assert force == fold(events)
    assert force == from_json(TaskForce, to_json(force))
    assert list(range(1, len(events) + 1)) == [event.seq for event in events]
    assert view(force).state == force.state
    assert all(said(timeline_entry(event).what) for event in events)
