"""The clock tables of our processes: complete, and in words that exist."""

from dataclasses import fields
from typing import Any, get_args

import pytest

from escalation.case.clock_table import CLOCKS
from escalation.case.events import Event
from escalation.kernel.clock_events import ClockEnded, ClockStarted
from escalation.kernel.clock_loop import ClockRow
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.sponsorship.clock_table import CLOCKS as OF_SPONSORSHIPS
from escalation.sponsorship.move_index import AnyEvent
from escalation.task_force.clock_table import CLOCKS as OF_TASK_FORCES
from escalation.task_force.commands import EscalationGone
from escalation.task_force.engine import decide, deploy
from escalation.task_force.events import TaskForceEvent
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.moves.report_status import ReportStatus
from tests.builders import HOUR, MINUTE
from tests.escalation.test_task_forces import NINE, a_charter

ROWS = [
    *((name, row, Event) for name, row in CLOCKS.items()),
    *((name, row, TaskForceEvent) for name, row in OF_TASK_FORCES.items()),
    *((name, row, AnyEvent) for name, row in OF_SPONSORSHIPS.items()),
]


def test_each_clock_has_one_row() -> None:
    """CLOCK-1: in the table of the process that it belongs to."""
    assert sorted(ClockName) == sorted(name for name, _, _ in ROWS)


@pytest.mark.parametrize(("name", "row", "union"), ROWS, ids=[name for name, _, _ in ROWS])
def test_a_row_names_events_that_exist(name: ClockName, row: ClockRow[Any, Any], union: object) -> None:
    """CLOCK-1: kinds of the events of the process."""
    events = get_args(get_args(union)[0])
    kinds = {each.default for event in events for each in fields(event) if each.name == "kind"}

    assert set() == {*row.starts, *row.ends, *row.held_by} - kinds, name
    assert row.starts


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, row, _ in ROWS], ids=[n for n, _, _ in ROWS])
def test_a_promise_is_one_sentence(name: ClockName, row: ClockRow[Any, Any]) -> None:
    """Managers read it in the reference."""
    assert row.promise.endswith("."), name
    assert row.promise[0].isupper()


def test_the_clocks_of_a_task_force_go_by_their_rows() -> None:
    """CLOCK-1: each status ends with one outcome, and none runs on when the task force is stood down."""
    made = [deploy(a_charter(("ana", "ben", "cora")), NINE)]
    report = ReportStatus(by="ed", text=InternalText("Dry"))
    moves = (
        (10 * MINUTE, DeclineSeat(by="ana")),
        (41 * MINUTE, Tick()),
        (45 * MINUTE, AcceptSeat(by="cora")),
        (HOUR, report),
        (4 * HOUR, report),
        (5 * HOUR, EscalationGone()),
    )
    for after, command in moves:
        made.append(decide(made[-1].state, command, NINE + after))

    outcomes = []
    for decision in made:
        kinds = {event.kind for event in decision.events}
        for event in decision.events:
            if isinstance(event, ClockStarted):
                assert kinds & {*OF_TASK_FORCES[event.clock.name].starts}
            elif isinstance(event, ClockEnded):
                assert kinds & {*OF_TASK_FORCES[event.clock].ends}
                outcomes.append(event.outcome)
    assert [Outcome.MET, Outcome.BREACHED, Outcome.CANCELLED] == outcomes
    assert () == made[-1].state.running_clocks
