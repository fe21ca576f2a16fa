"""
Warnings of priorities that promise more slowly than a lower one. Asked by ``playbook_warnings.py``.
"""

from collections.abc import Iterator
from itertools import pairwise

from escalation.kernel.clock_name import ClockName
from escalation.policy.classification import Priority
from escalation.policy.plan import Basis
from planning.calendars.open_hours import business_day_of
from planning.playbook.faults import UnplacedFault
from planning.playbook.schema import Playbook, TargetSpec, TimeBasis
from planning.playbook.value_types import TARGET_CLOCKS


def priority_warnings(playbook: Playbook) -> Iterator[UnplacedFault]:
    """KIND-3: each target of a priority against that of the next lower one, where both count the same hours."""
    day = business_day_of(playbook.calendars[playbook.calendar])
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
                yield UnplacedFault(path, given, f"at most as much for {higher}")


def _target(playbook: Playbook, priority: Priority, clock: ClockName) -> TargetSpec | None:
    return {**playbook.targets, **playbook.priorities[priority].targets}.get(clock)


def _counted(playbook: Playbook, priority: Priority, rules: TargetSpec) -> tuple[object, ...]:
    """Which hours a target counts."""
    written = playbook.priorities[priority]
    by_priority = rules.within.basis is Basis.PRIORITY and written.basis is TimeBasis.BUSINESS
    return rules.within.always_in_open_hours or by_priority, written.calendar
