"""Managers who answer for an escalation: those of its level, and of the levels above (CLOCK-6, CLOSE-5)."""

from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName

ALERTED_ABOVE = frozenset({ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA})
"""Clocks whose breach the managers of the next level hear of too; one level higher each time that it is chased."""


def managers_of(now: Escalation) -> tuple[str, ...]:
    """Return who is alerted at a breach: the managers of the level, else the escalation managers (CLOCK-6)."""
    return now.current_level.managers or now.plan.escalation_managers


def managers_alerted(now: Escalation, clock: ClockName, times: int = 0) -> tuple[str, ...]:
    """Return the managers who are alerted when *clock* is breached, or was chased so many *times*."""
    return (
        (*managers_of(now), *_managers_above(now, 1 + times)) if clock in ALERTED_ABOVE else managers_of(now)
    )


def _managers_above(now: Escalation, levels: int) -> tuple[str, ...]:
    """Return the managers so many *levels* above; the escalation itself is not raised to them (CLOSE-5)."""
    above = now.plan.level(min(now.level + levels, now.plan.last_level))
    return above.managers or now.plan.escalation_managers
