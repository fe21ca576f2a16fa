"""
The timeline: the events of an escalation, one line each, for the Web UI, the terminal and papers.
"""

from datetime import timedelta

from escalation.case.events import Event
from escalation.case.follow_up import SuccessorAsked
from escalation.case.levels import ContactTried, LevelRaised
from escalation.case.shell_events import MoveRefused
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.timeline_entry import TimelineEntry

CLOCKWORK = frozenset({"clock_started", "clock_ended", "threshold_passed"})
"""Kinds of events that only keep time: on record, and seldom worth a line to people in a hurry."""


def timeline_entry(event: Event) -> TimelineEntry:
    """Return the line of *event*."""
    return TimelineEntry(
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, what=event.sentence(), note=note_of(event)
    )


def note_of(event: Event) -> Part:
    for name in ("note", "why", "done", "internal_note", "comment"):
        text = getattr(event, name, None)
        if text and not isinstance(event, LevelRaised | ContactTried | MoveRefused | SuccessorAsked):
            return text if isinstance(text, Reason) else str(text)
    return str(event.note) if isinstance(event, LevelRaised) else ""


def brief(span: timedelta) -> str:
    """A span in its two largest units: ``2 h 05 min``."""
    seconds = max(0, round(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
