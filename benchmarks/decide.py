"""
Count the decisions that the rules make in a second, on one core: ``python -m benchmarks.decide``.

Over the standard life of one escalation with an RCA, from its start to its close, deliveries and ticks among it. No
Temporal, and no message leaves.
"""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from escalation.case import commands as c
from escalation.case.action_plan import Step
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.close import Close
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.start import Open, open_escalation
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.plan import Plan
from tests.builders import (
    DECLARE,
    VERIFY,
    a_plan,
    a_request,
    all_delivered,
    monday,
    opening,
    ready_to_close,
    tuesday,
)

_ROUND = 100
"""Lives between two looks at the watch."""

_PLAN = RevisePlan(by="mia", steps=(Step(what=InternalText("send new pallets"), owner="mia"),))
_UPDATE = SendUpdate(by="mia", customer_text=CustomerText("New pallets are on their way."))


def standard_life(plan: Plan) -> tuple[Open, tuple[tuple[datetime, c.Command], ...]]:
    """The commands and their times: the level is raised once in between, and no clock is breached but its window."""
    request = a_request(priority="P2")
    assert request.priority
    start = Open(id=f"{request.key}@1", request=request, plan=plan, priority=request.priority)
    opened = opening(priority="P2", plan=plan).state
    moves: tuple[tuple[datetime, c.Command], ...] = (
        (monday("09:00"), all_delivered(opened, monday("09:00"))),
        (monday("09:05"), Acknowledge(by="ana")),
        (monday("09:15"), Tick()),  # the window's minimum: a reminder
        (monday("09:30"), Tick()),  # its maximum: the rise
        (monday("09:35"), Acknowledge(by="mia")),
        (monday("09:40"), _PLAN),
        (monday("09:50"), _UPDATE),
        (monday("10:00"), DECLARE),
        (monday("10:30"), VERIFY),
        *((tuesday("09:30"), command) for command in ready_to_close(opened)),
        (tuesday("09:45"), Close(by="ed")),
    )
    return start, moves


def live(start: Open, moves: tuple[tuple[datetime, c.Command], ...]) -> Escalation:
    now = open_escalation(start, monday("09:00")).state
    for at, command in moves:
        now = decide(now, command, at).state
    return now


def decide_per_second(seconds: float = 2.0) -> float:
    """Decisions a second, the start counted as one; the best of the rounds that *seconds* have room for."""
    start, moves = standard_life(a_plan())
    ended = live(start, moves)
    assert (State.CLOSED, 2) == (ended.state, ended.level)
    decisions = _ROUND * (1 + len(moves))
    return decisions / min(_timed_rounds(start, moves, seconds))


def _timed_rounds(
    start: Open, moves: tuple[tuple[datetime, c.Command], ...], seconds: float
) -> Iterator[float]:
    until = perf_counter() + seconds
    while True:
        begun = perf_counter()
        for _ in range(_ROUND):
            live(start, moves)
        ended = perf_counter()
        yield ended - begun
        if ended >= until:
            return


if __name__ == "__main__":
    print(f"{decide_per_second():,.0f} decisions/s")
