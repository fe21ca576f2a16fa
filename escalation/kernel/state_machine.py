"""State machines from tables of rows, by the library `transitions`: the only file that imports it."""

from collections.abc import Iterable
from enum import StrEnum

from transitions import Machine, MachineError

Rows = Iterable[tuple[StrEnum, tuple[StrEnum, ...], StrEnum | None]]


def machine_of(states: Iterable[StrEnum], rows: Rows) -> Machine:
    """Return a machine that knows these rows and nothing else."""
    return Machine(
        model=None,
        states=[state.value for state in states],
        initial=None,
        auto_transitions=False,
        transitions=[
            {"trigger": move.value, "source": source.value, "dest": target and target.value}
            for move, sources, target in rows
            for source in sources
        ],
    )


class _Model:
    """The model that the machine moves: a state and nothing else."""

    def __init__(self, state: StrEnum) -> None:
        self.state = state.value


def fire(machine: Machine, state: StrEnum, move: StrEnum) -> str:
    """
    Return the state after *move*.

    Raises:
        IllegalMove: If the machine has no such row.
    """
    model = _Model(state)
    if move.value not in machine.events:
        raise IllegalMove(f"no such move: {move}")
    try:
        machine.events[move.value].trigger(model)
    except MachineError as error:
        raise IllegalMove(f"no {move} in the state {state}") from error
    return model.state


class IllegalMove(Exception):
    """A move that the table does not have here."""
