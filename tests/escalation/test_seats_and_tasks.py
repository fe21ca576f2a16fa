"""
A task force over time: who is reminded of a task, who leaves, and how a vacant seat is filled (RESOLVE-2).
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import InternalText, from_plain
from escalation.notifications.notification import InternalNotification
from escalation.notifications.system_commands import CancelByOperator, Tick
from escalation.task_force.commands import MembersCommand, TaskForceCommand
from escalation.task_force.engine import decide, updates_of
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.move_permissions import list_permissions_in_task_force
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.finish_task import FinishTask
from escalation.task_force.moves.leave_seat import LeaveSeat
from escalation.task_force.moves.offer_seat import OfferSeat
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.state import Task, TaskForce
from tests.builders import HOUR, MINUTE
from tests.escalation.test_task_forces import NINE, a_force, kinds, told
from tests.said import lines, said

DAY = timedelta(days=1)
QUIET = ()
"""No clocks: only what is said here happens by itself."""


def after(force: TaskForce, *commands: TaskForceCommand, at: datetime = NINE) -> TaskForce:
    for command in commands:
        force = decide(force, command, at).state
    return force


def a_task(owner: str, due_at: datetime | None, what: str = "Climb up") -> AddTask:
    return AddTask(by="ed", what=InternalText(what), owner=owner, due_at=due_at)


def with_tasks(*tasks: AddTask) -> TaskForce:
    """Led by Ed; Ana is in."""
    return after(a_force(("ana", "ari"), clocks=QUIET), AcceptSeat(by="ana"), *tasks)


def test_whoever_is_given_a_task_is_told_and_whoever_takes_one_is_not() -> None:
    """
    RESOLVE-2: also of one that is never due; the lead, who gave it, need not hear.
    """
    force = with_tasks()

    given, taken = [decide(force, a_task(owner, None), NINE) for owner in ("ana", "ed")]

    assert ["task_force_task: ana"] == told(given)
    assert [] == told(taken)


def test_a_tasks_owner_is_reminded_before_it_is_due_and_when_it_is() -> None:
    """
    RESOLVE-2: a quarter of its time before, and then; the lead hears of what is overdue, and nobody else anything.
    """
    force = with_tasks(a_task("ana", NINE + 4 * HOUR))
    assert NINE + 3 * HOUR == force.wake_at

    soon = decide(force, Tick(), NINE + 3 * HOUR)
    over = decide(soon.state, Tick(), NINE + 4 * HOUR)

    assert ["task_force_task_due: ana"] == told(soon)
    assert ["task_force_task_due: ana", "task_force_update: ed"] == told(over)
    whys = [said(effect.facts.why) for effect in over.effects if isinstance(effect, InternalNotification)]
    assert ["task force roof: a task is overdue"] * 2 == whys
    assert over.state.wake_at is None, "twice is enough"
    assert updates_of(soon) is None, "the escalation need not hear that somebody was reminded"
    news = updates_of(over)
    assert news is not None
    assert ["task 1 of ana is overdue: Climb up"] == list(map(said, news.happened))


def test_a_task_for_weeks_is_brought_up_a_day_before() -> None:
    """
    RESOLVE-2: not a week too early.
    """
    assert NINE + 27 * DAY == with_tasks(a_task("ana", NINE + 28 * DAY)).wake_at


def test_the_lead_is_reminded_of_their_own_task_like_anybody_else() -> None:
    """
    RESOLVE-2: in one message, not in two.
    """
    assert ["task_force_task_due: ed"] == told(
        decide(with_tasks(a_task("ed", NINE + HOUR)), Tick(), NINE + HOUR)
    )


def test_after_downtime_each_owner_hears_once_of_all_that_is_due() -> None:
    """
    CLOCK-2: no burst; what is overdue speaks for what was to be due soon.
    """
    force = with_tasks(
        a_task("ana", NINE + HOUR), a_task("ana", NINE + 2 * HOUR), a_task("ed", NINE + 20 * HOUR)
    )

    made = decide(force, Tick(), NINE + 18 * HOUR)

    assert ["task_overdue", "task_overdue", "task_due_soon"] == kinds(made)
    assert ["task_force_task_due: ana", "task_force_task_due: ed", "task_force_update: ed"] == told(made)
    (ana, _, _) = (effect for effect in made.effects if isinstance(effect, InternalNotification))
    assert (
        "1. Climb up (ana, due 2026-03-02 10:00 UTC)",
        "2. Climb up (ana, due 2026-03-02 11:00 UTC)",
    ) == lines(ana.facts.items)


@pytest.mark.parametrize(
    "ends", [FinishTask(by="ana", task=1), CancelByOperator()], ids=["done", "stood down"]
)
def test_nobody_is_reminded_of_what_is_done(ends: TaskForceCommand) -> None:
    """
    RESOLVE-2, RESOLVE-3: nor of anything once it is stood down.
    """
    force = after(with_tasks(a_task("ana", NINE + HOUR)), ends)

    assert force.wake_at is None
    assert () == decide(force, Tick(), NINE + 9 * HOUR).events


def test_a_task_is_the_next_thing_due() -> None:
    """
    RESOLVE-2: where the task force is listed; until it is overdue, which its lead then knows.
    """
    force = with_tasks(a_task("ana", NINE + HOUR))

    assert NINE + HOUR == force.next_due_at
    assert after(force, Tick(), at=NINE + HOUR).next_due_at is None


def test_a_task_is_not_due_before_it_is_given() -> None:
    """
    RESOLVE-2: a slip of the date is told, with what is allowed.
    """
    with pytest.raises(BadRequest, match="due_at: given 2026-03-02 09:00 UTC; allowed: an instant after"):
        with_tasks(a_task("ana", NINE))


def test_a_task_of_an_earlier_release_is_brought_up_when_it_is_due() -> None:
    """
    Names on the wire: what was stored without a reminder's time still reads.
    """
    stored = from_plain(Task, {"number": 1, "what": "Climb", "owner": "ana", "due_at": NINE})

    assert (NINE, None) == (stored.remind_at, replace(stored, done_by="ana").remind_at)


def test_a_member_who_leaves_hands_over() -> None:
    """
    RESOLVE-2, RESOLVE-3: the next one is asked, and the lead has their open tasks and the reason.
    """
    force = with_tasks(a_task("ana", NINE + 4 * HOUR), a_task("ana", None, "Dry it"), a_task("ed", None))
    force = after(force, FinishTask(by="ana", task=2))

    made = decide(force, LeaveSeat(by="ana", why=InternalText("On leave")), NINE)

    assert ["seat_left", "seat_offered"] == kinds(made)
    assert ["task_force_update: ed", "task_force_invited: ari"] == told(made)
    (lead, _) = (effect for effect in made.effects if isinstance(effect, InternalNotification))
    assert ("On leave", ("1. Climb up (ana, due 2026-03-02 13:00 UTC)",)) == (
        lead.facts.text,
        lines(lead.facts.items),
    )
    assert ["ed", "ana", "ed"] == [task.owner for task in made.state.tasks], "what is done stays theirs"
    assert ("ed",) == made.state.members
    assert TaskForceState.WORKING == made.state.state
    assert ("ed", "ari") == after(made.state, AcceptSeat(by="ari")).members


def test_a_seat_that_is_left_with_nobody_to_ask_is_vacant() -> None:
    """
    RESOLVE-2: the escalation hears of it, and tells its owner and the lead.
    """
    made = decide(after(a_force(("ana",)), AcceptSeat(by="ana")), LeaveSeat(by="ana"), NINE)

    news = updates_of(made)
    assert news is not None
    assert (("role 1",), ("role 1",)) == (news.vacant, news.summary.vacant)
    assert ["task_force_update: ed"] == told(made)


def vacant() -> TaskForce:
    """Ana and Ari have declined seat 1, Cora has seat 2."""
    return after(
        a_force(("ana", "ari"), ("cora",)),
        DeclineSeat(by="ana"),
        DeclineSeat(by="ari"),
        AcceptSeat(by="cora"),
    )


def test_a_vacant_seat_is_offered_to_its_candidates_anew() -> None:
    """
    RESOLVE-2: from the first; who declines again is passed by for the next, and the lead hears who is in.
    """
    offered = decide(vacant(), OfferSeat(by="ed", seat=1), NINE)
    declined = decide(offered.state, DeclineSeat(by="ana"), NINE)
    accepted = decide(declined.state, AcceptSeat(by="ari"), NINE)

    assert ["task_force_invited: ana"] == told(offered)
    assert NINE + 30 * MINUTE == (offered.state.seats[0].clock and offered.state.seats[0].clock.due_at)
    assert ["task_force_invited: ari"] == told(declined)
    assert ["task_force_update: ed"] == told(accepted)
    assert (TaskForceState.WORKING, ("ed", "ari", "cora")) == (accepted.state.state, accepted.state.members)


def test_a_vacant_seat_is_offered_to_somebody_new() -> None:
    """
    RESOLVE-2: who was no candidate; silent or declined, the seat is vacant again, and nobody is asked once more.
    """
    offered = decide(vacant(), OfferSeat(by="mia", seat=1, to="max"), NINE)
    silent = decide(offered.state, Tick(), NINE + 30 * MINUTE)

    assert ["task_force_invited: max"] == told(offered)
    assert ["seat_unanswered", "seat_left_vacant"] == kinds(silent)
    assert [] == told(silent), "that nobody is left, the escalation says"
    assert "max" in after(offered.state, AcceptSeat(by="max")).members


REFUSED: list[tuple[MembersCommand, type[EscalationError], str]] = [
    (OfferSeat(by="ed", seat=3), UnknownName, "no seat '3'; known: 1, 2"),
    (OfferSeat(by="ed", seat=2), MoveNotAllowed, "seat 2, role 2, is held by cora"),
    (OfferSeat(by="ed", seat=1, to="mallory"), UnknownName, "unknown person 'mallory'"),
    (OfferSeat(by="ed", seat=1, to="cora"), MoveNotAllowed, "is in already, or asked to be"),
    (OfferSeat(by="ed", seat=1, to="ed"), MoveNotAllowed, "is in already, or asked to be"),
    (OfferSeat(by="cora", seat=1), RoleNotAllowed, "may not offer seat; who may: ed, mia"),
    (LeaveSeat(by="ana"), MoveNotAllowed, "has no seat; held: role 2 by cora"),
    (LeaveSeat(by="ed"), MoveNotAllowed, "has no seat; held: role 2 by cora"),
]


@pytest.mark.parametrize(("command", "error", "says"), REFUSED)
def test_a_seat_that_cannot_be_offered_or_left_is_refused(
    command: MembersCommand, error: type[EscalationError], says: str
) -> None:
    """
    RESOLVE-2: with what stands in the way.
    """
    with pytest.raises(error, match=says):
        decide(vacant(), command, NINE)


def test_what_is_on_offer_already_is_not_offered_twice() -> None:
    """
    RESOLVE-2: with whom it is; and where every candidate has a seat, somebody must be named.
    """
    asked = after(vacant(), OfferSeat(by="ed", seat=1))
    with pytest.raises(MoveNotAllowed, match="seat 1, role 1, is on offer to ana"):
        decide(asked, OfferSeat(by="ed", seat=1, to="max"), NINE)

    busy = after(a_force(("ana",), ("ana",)), AcceptSeat(by="ana"))
    with pytest.raises(MoveNotAllowed, match="every candidate for seat 2 is in already"):
        decide(busy, OfferSeat(by="ed", seat=2), NINE)


@pytest.mark.parametrize("command", [OfferSeat(by="ed", seat=1), LeaveSeat(by="cora")])
def test_once_stood_down_no_seat_changes(command: MembersCommand) -> None:
    """
    RESOLVE-3.
    """
    with pytest.raises(MoveNotAllowed, match="while stood down"):
        decide(after(vacant(), CancelByOperator()), command, NINE)


@pytest.mark.parametrize(
    ("candidates", "again", "who"),
    [
        # the next candidate
        (("ana", "ari", "max"), (), "max"),
        # somebody new, by name
        (("ana", "ari"), (OfferSeat(by="ed", seat=1, to="max"),), "max"),
        # ana takes it after all, and leaves it to ari
        (
            ("ana", "ari"),
            (OfferSeat(by="ed", seat=1), AcceptSeat(by="ana"), LeaveSeat(by="ana")),
            "ari",
        ),
    ],
)
def test_what_was_said_to_a_seat_is_told_once(
    candidates: tuple[str, ...], again: tuple[TaskForceCommand, ...], who: str
) -> None:
    """
    RESOLVE-2: “on leave till Monday” is no news when the seat is filled in winter.
    """
    why = InternalText("On leave till Monday")
    filled = after(a_force(candidates), DeclineSeat(by="ana", why=why), AcceptSeat(by="ari"))

    made = decide(after(filled, LeaveSeat(by="ari"), *again), AcceptSeat(by=who), NINE)

    (letter,) = (effect.facts for effect in made.effects if isinstance(effect, InternalNotification))
    assert (f"role 1: {who.capitalize()}",) == lines(letter.items)


def permissions(force: TaskForce, by: str | None) -> dict[str, str]:
    """Return why *by* may not make each move; empty: they may."""
    found = list_permissions_in_task_force(force, by)
    assert all(each.is_allowed is (each.obstacle is None) for each in found)
    return {each.move.value: said(each.obstacle) if each.obstacle else "" for each in found}


def test_each_move_says_beforehand_who_may_make_it() -> None:
    """
    ROLE-2: the same as its refusal would, and by names; nothing is possible any more once it is stood down.
    """
    force = with_tasks(a_task("ana", None))
    of_ana, of_ben, of_ed = (permissions(force, who) for who in ("ana", "ben", "ed"))
    stood_down = after(force, CancelByOperator())

    assert {"leave_seat", "add_task", "finish_task"} == {move for move, why in of_ana.items() if not why}
    assert {"report_status", "add_task", "finish_task"} == {move for move, why in of_ed.items() if not why}
    assert all(of_ben.values())
    assert "may not report status; who may: Ed" in of_ana["report_status"]
    assert "no seat is vacant" == of_ed["offer_seat"]
    assert "has no seat" in of_ed["leave_seat"]
    assert not any(permissions(after(a_force(clocks=QUIET)), None).values())
    assert all(permissions(stood_down, None).values())


@pytest.mark.parametrize("by", ["ana", "ari", "ben", "ed"])
def test_what_is_forbidden_beforehand_is_refused_afterwards(by: str) -> None:
    """
    ROLE-2: for moves that name no seat and no task.
    """
    force = with_tasks(a_task("ana", None))
    asked = (
        AcceptSeat(by=by),
        DeclineSeat(by=by),
        LeaveSeat(by=by),
        ReportStatus(by=by, text=InternalText("It holds")),
        a_task("ana", None).model_copy(update={"by": by}),
    )
    for command in asked:
        if permissions(force, by)[command.move.value]:
            with pytest.raises((MoveNotAllowed, RoleNotAllowed)):
                decide(force, command, NINE)
        else:
            assert decide(force, command, NINE).events
