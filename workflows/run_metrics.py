"""
Metrics of runs: moves, refusals and breaches, counted where they are decided; a replay counts nothing again.

Owns their names and labels, which are few: a label has one of a known set of words, never somebody's own.
"""

from collections.abc import Iterable

from temporalio import workflow

from escalation.kernel.clock_events import ClockBreached
from escalation.kernel.event import RecordedEvent
from escalation.kernel.proof import Door
from escalation.policy.classification import Priority

MOVES = "escalation_moves"
REFUSALS = "escalation_refusals"
BREACHES = "escalation_breaches"

UNPROVEN = "unproven"
"""Label of the door of a move that nobody vouches for: where nobody signs in, all are."""


def count_move(move: str, door: Door | None) -> None:
    """Count a move that was made."""
    counter = workflow.metric_meter().create_counter(MOVES, "Moves that were made, by move and door")
    counter.add(1, {"move": move, "door": door.name if door else UNPROVEN})


def count_refusal(move: str, code: str) -> None:
    """Count a move that was refused; *code*: of the refusal."""
    counter = workflow.metric_meter().create_counter(
        REFUSALS, "Moves that were refused, by move and the code of the refusal"
    )
    counter.add(1, {"move": move, "code": code})


def count_breaches(events: Iterable[RecordedEvent], priority: Priority) -> None:
    """Count the clocks among *events* that passed their due times."""
    for event in events:
        if isinstance(event, ClockBreached):
            counter = workflow.metric_meter().create_counter(
                BREACHES, "Due times that passed, by clock and priority"
            )
            counter.add(1, {"clock": event.clock.value, "priority": priority.value})
