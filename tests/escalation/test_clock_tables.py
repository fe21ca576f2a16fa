"""The clock tables of our processes: complete, and in words that exist."""

from dataclasses import fields
from typing import Any, get_args

import pytest

from escalation.case.clock_table import CLOCKS
from escalation.case.events import Event
from escalation.kernel.clock_loop import ClockRow
from escalation.kernel.clock_name import ClockName
from escalation.task_force.clock_table import CLOCKS as OF_TASK_FORCES
from escalation.task_force.events import TaskForceEvent

ROWS = [
    *((name, row, Event) for name, row in CLOCKS.items()),
    *((name, row, TaskForceEvent) for name, row in OF_TASK_FORCES.items()),
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
