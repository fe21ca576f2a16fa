"""State machines from tables of rows, by the library `transitions`: the only file that imports it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import SimpleNamespace
from typing import Generic, NamedTuple, TypeVar

from transitions import Machine

_State = TypeVar("_State", bound=StrEnum)
_Move = TypeVar("_Move", bound=StrEnum)


class Row(NamedTuple, Generic[_State, _Move]):
    """One move: where it is allowed, and where it leads."""

    move: _Move
    sources: tuple[_State, ...]
    target: _State | None
    """None: the move keeps the state."""


class StateMachine(Generic[_State, _Move]):
    """A machine that knows these rows and nothing else. It holds no state: it is asked."""

    def __init__(self, states: type[_State], rows: Iterable[Row[_State, _Move]]) -> None:
        self._states = states
        self._machine = Machine(
            model=None,
            states=[state.value for state in states],
            initial=None,
            auto_transitions=False,
            transitions=[
                {"trigger": row.move.value, "source": source.value, "dest": row.target and row.target.value}
                for row in rows
                for source in row.sources
            ],
        )

    def allows(self, state: _State, move: _Move) -> bool:
        """Return whether a row has *move* in *state*."""
        return move.value in _moves_from(self._machine, state.value)

    def step(self, state: _State, move: _Move) -> _State:
        """
        Return the state after *move* in *state*.

        Raises:
            IllegalMove: If no row allows it.
        """
        if not self.allows(state, move):
            raise IllegalMove(f"no {move} in the state {state}")
        return self._states(_moves_from(self._machine, state.value)[move.value])


@cache
def _moves_from(machine: Machine, state: str) -> Mapping[str, str]:
    """Return the moves that are allowed in *state*, each with the state after it; the machine is asked once."""
    found = {}
    for move in machine.get_triggers(state):
        held = SimpleNamespace(state=state)
        machine.events[move].trigger(held)
        found[move] = held.state
    return found


class IllegalMove(Exception):
    """A move that the table does not have here."""
