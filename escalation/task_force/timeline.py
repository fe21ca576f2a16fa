"""
The timeline of a task force: its events, one line each, in its own timeline and in the escalation's.
"""

from escalation.kernel.timeline_entry import TimelineEntry
from escalation.task_force.events import TaskForceEvent

CLOCKWORK = frozenset(
    {
        "status_clock_started",
        "status_thresholds_skipped",
        "informed",
        "open_hours_extended",
        "task_due_soon",
    }
)
"""Kinds of events that the escalation need not hear of."""


def timeline_entry(event: TaskForceEvent) -> TimelineEntry:
    """Return the line of *event*."""
    return TimelineEntry(
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, what=event.sentence(), note=event.added
    )
