"""A clock as people see it: what it promises by when, and how it ended."""

from datetime import datetime

from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome
from escalation.kernel.values import Instant, frozen


@frozen
class ClockView:
    name: ClockName
    started_at: Instant
    due_at: Instant | None
    """None: a pause holds the clock, or it is due later than open hours are known."""
    not_before: Instant | None = None
    """End of the known open hours; it is due later."""
    outcome: Outcome | None
    """Outcome; None: it runs, or is held."""
    is_held: bool = False

    @classmethod
    def of(cls, clock: Clock) -> "ClockView":
        return cls(
            name=clock.name,
            started_at=clock.started_at,
            due_at=clock.breached_at or clock.due_at,
            outcome=clock.outcome or (Outcome.BREACHED if clock.breached_at else None),
            not_before=clock.not_before if clock.is_running and not clock.breached_at else None,
            is_held=clock.is_running and clock.next_at is None and clock.not_before is None,
        )


def by_due_time(clock: Clock) -> tuple[bool, bool, datetime]:
    """Return the place of *clock* among others: those that run first, then the first due."""
    return not clock.is_running, clock.due_at is None, clock.due_at or clock.started_at
