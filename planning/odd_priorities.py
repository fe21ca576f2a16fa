"""
Warnings of priorities that promise more slowly than a lower one. Asked by ``cautions.py``.
"""

from collections.abc import Iterator
from itertools import pairwise

from escalation.plan import Basis, ClockName, Priority
from planning.calendars import business_day
from planning.faults import Found
from planning.forms import TARGET_CLOCKS
from planning.schema import BasisOfTime, Playbook, TargetRules


def odd_priorities(playbook: Playbook) -> Iterator[Found]:
    """KIND-3: each target of a priority against that of the next lower one, where both count the same hours."""
    day = business_day(playbook.calendars[playbook.calendar])
    for higher, lower in pairwise(Priority):
        for clock in TARGET_CLOCKS:
            upper, under = _target(playbook, higher, clock), _target(playbook, lower, clock)
            if upper is None or under is None:
                continue
            if _counted(playbook, higher, upper) != _counted(playbook, lower, under):
                continue
            if upper.within.worth(day) > under.within.worth(day):
                own = clock in playbook.priorities[higher].targets
                path = ("priorities", higher if own else lower, "targets", clock)
                given = (
                    f"{higher} has {upper.within.written} for {clock}, {lower} only {under.within.written}"
                )
                yield Found(path, given, f"at most as much for {higher}")


def _target(playbook: Playbook, priority: Priority, clock: ClockName) -> TargetRules | None:
    return {**playbook.targets, **playbook.priorities[priority].targets}.get(clock)


def _counted(playbook: Playbook, priority: Priority, rules: TargetRules) -> tuple[object, ...]:
    """Which hours a target counts."""
    written = playbook.priorities[priority]
    by_priority = rules.within.basis is Basis.PRIORITY and written.basis is BasisOfTime.BUSINESS
    return rules.within.always_in_open_hours or by_priority, written.calendar
