"""Messages of a task force that are outdated after they waited (COMM-12)."""

from dataclasses import replace

import pytest

from escalation.kernel.values import InternalText
from escalation.notifications.notification import (
    InternalNotification,
    NotificationBatch,
    Occasion,
    senders_of,
)
from escalation.notifications.system_commands import CancelByOperator, Tick
from escalation.task_force.commands import TaskForceCommand
from escalation.task_force.engine import decide, deploy
from escalation.task_force.events import TaskForceEvent
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.finish_task import FinishTask
from escalation.task_force.moves.leave_seat import LeaveSeat
from escalation.task_force.moves.report_status import ReportStatus
from escalation.task_force.outdated_notifications import find_outdated
from escalation.task_force.state import TaskForce
from tests.builders import HOUR, MINUTE
from tests.escalation.test_task_forces import CLOCKS, NINE, a_charter
from tests.said import said

ADD = AddTask(by="ed", what=InternalText("Climb up"), owner="ana", due_at=NINE + HOUR)
REPORT = ReportStatus(by="ed", text=InternalText("It is the roof"))
DONE, ACCEPT = FinishTask(by="ana", task=1), AcceptSeat(by="ana")
LATE = NINE + 100 * MINUTE
INVITED, ASKED = Occasion.TASK_FORCE_INVITED, Occasion.TASK_FORCE_STATUS_WANTED
DUE, DOWN = Occasion.TASK_FORCE_TASK_DUE, Occasion.TASK_FORCE_STOOD_DOWN


def told_in(
    *commands: TaskForceCommand,
) -> tuple[TaskForce, list[TaskForceEvent], list[InternalNotification]]:
    """
    A task force of nine o'clock whose seats wait for an answer, and all that is told until 10:40.
    """
    made = deploy(a_charter(("ana", "ari"), clocks=CLOCKS[:1]), NINE)
    events, notices = [*made.events], [*made.effects]
    for command in commands:
        made = decide(made.state, command, LATE if isinstance(command, Tick) else NINE)
        events += made.events
        notices += made.effects
    return made.state, events, [each for each in notices if isinstance(each, InternalNotification)]


@pytest.mark.parametrize(
    ("occasion", "before", "meanwhile", "why"),
    [
        (INVITED, (), ACCEPT, "answered, or offered to somebody else, meanwhile"),
        (INVITED, (), DeclineSeat(by="ana"), "answered, or offered to somebody else, meanwhile"),
        (INVITED, (), CancelByOperator(), "stood down meanwhile"),
        (ASKED, (ACCEPT, Tick()), REPORT, "reported meanwhile"),
        (DUE, (ACCEPT, ADD, Tick()), DONE, "done meanwhile"),
        (DUE, (ACCEPT, ADD, Tick()), LeaveSeat(by="ana"), "done meanwhile"),
    ],
)
def test_what_a_member_is_asked_for_is_dropped_once_it_is_done(
    occasion: Occasion, before: tuple[TaskForceCommand, ...], meanwhile: TaskForceCommand, why: str
) -> None:
    """
    COMM-12, RESOLVE-2: with the reason; until then it is true.
    """
    force, events, notices = told_in(*before)
    (notice,) = (each for each in notices if each.occasion == occasion)
    batch = NotificationBatch(notices=(notice,))
    assert {} == find_outdated(force, events, batch)

    made = decide(force, meanwhile, LATE)

    assert [why] == list(map(said, find_outdated(made.state, [*events, *made.events], batch).values()))
    other = NotificationBatch(notices=(replace(notice, escalation="ACME/4711@0/roof"),))
    assert {} == find_outdated(made.state, events, other), "of an earlier one of that name"


def test_that_it_was_stood_down_stays_true() -> None:
    """
    COMM-12, RESOLVE-3: whoever was in it must know, however late.
    """
    force, events, notices = told_in(CancelByOperator())

    last = NotificationBatch(notices=tuple(each for each in notices if each.occasion is DOWN))
    assert last.notices
    assert {} == find_outdated(force, events, last)


@pytest.mark.parametrize(
    ("id_", "senders"),
    [
        ("ACME/4711@2026-03-02T09:00:00.000Z/roof", ("ACME/4711/task-force/roof",)),
        ("ACME/4711@2026-03-02T09:00:00.000Z", ("ACME/4711@2026-03-02T09:00:00.000Z", "ACME/4711")),
        ("sponsorship:ACME", ("sponsorship:ACME",)),
    ],
)
def test_whoever_told_it_is_asked(id_: str, senders: tuple[str, ...]) -> None:
    """
    COMM-12: a task force knows of its own messages, and nobody else does; a closed escalation is followed up.
    """
    assert senders == senders_of(id_)
