"""One line of a timeline, and how instants and due times read in it."""

from datetime import datetime

from escalation.kernel.clocks import Clock
from escalation.kernel.values import Instant, frozen


@frozen
class TimelineEntry:
    """One line of a timeline."""

    seq: int
    at: Instant
    by: str
    kind: str
    text: str
    note: str = ""
    """What the person added, in their own words."""


def due_words(clock: Clock) -> str:
    """``, due 2026-11-20 16:30 UTC``; how far it is known, if it is not; empty while it is held."""
    if clock.not_before:
        return f", due not before {minute(clock.not_before)}"
    return f", due {minute(clock.due_at)}" if clock.due_at else ""


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
