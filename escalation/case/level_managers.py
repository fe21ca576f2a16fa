"""Managers who answer for an escalation: those of its level, and of the levels above (CLOCK-6, CLOSE-5)."""

from escalation.case.state import Escalation


def managers_of(now: Escalation) -> tuple[str, ...]:
    """Return who is alerted at a breach: the managers of the level, else the escalation managers (CLOCK-6)."""
    return now.current_level.managers or now.plan.escalation_managers


def managers_above(now: Escalation, levels: int) -> tuple[str, ...]:
    """Return the managers so many *levels* above; the escalation itself is not raised to them (CLOSE-5)."""
    above = now.plan.level(min(now.level + levels, now.plan.last_level))
    return above.managers or now.plan.escalation_managers
