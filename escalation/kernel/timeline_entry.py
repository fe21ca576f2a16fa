"""One line of a timeline."""

from datetime import datetime

from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import Part, Reason, reason
from escalation.kernel.values import Instant, frozen


@frozen
class TimelineEntry:
    """One line of a timeline."""

    seq: int
    at: Instant
    by: str
    kind: str
    what: Reason
    note: Part = ""
    """What the person added, in their own words."""


def clock_started(code: str, clock: Clock) -> Reason:
    """When it is due; how far that is known, if it is not."""
    if clock.not_before:
        return reason(f"{code}.not_before", clock.name, clock.not_before)
    return reason(code, clock.name, clock.due_at) if clock.due_at else reason(f"{code}.held", clock.name)


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
