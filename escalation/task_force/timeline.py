"""
The story of a task force: each event as one sentence for people, in its own timeline and in the escalation's.
"""

from escalation.kernel.reasons import Person, Reason, Term, reason, sentences
from escalation.kernel.timeline_entry import TimelineEntry, clock_started
from escalation.task_force import events as e

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


def timeline_entry(event: e.TaskForceEvent) -> TimelineEntry:
    return TimelineEntry(
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, what=sentence(event), note=_note_of(event)
    )


def _note_of(event: e.TaskForceEvent) -> str:
    match event:
        case e.SeatAccepted() | e.TaskFinished():
            return str(event.note)
        case e.SeatDeclined() | e.SeatLeft():
            return str(event.why)
        case e.StatusReported():
            return str(event.text)
        case e.Deployed():
            return str(event.charter.mission)
        case _:
            return ""


def sentence(event: e.TaskForceEvent) -> Reason:  # noqa: C901, PLR0912 - one case an event
    """What happened; its code is that of the event, with what differs behind it."""
    code, by = f"force.{event.kind}", Person(event.by)
    match event:
        case e.Deployed():
            return reason(code, Person(event.charter.lead), len(event.charter.seats))
        case e.SeatOffered():
            return reason(code, event.role, Person(event.to))
        case e.SeatAccepted() | e.SeatDeclined() | e.SeatLeft():
            return reason(code, by, event.role)
        case e.SeatUnanswered():
            return reason(code, Person(event.person), event.why, event.role)
        case e.SeatLeftVacant():
            return reason(code, event.role)
        case e.StatusClockStarted():
            return clock_started(code, event.clock)
        case e.StatusThresholdsSkipped():
            return reason(code, event.skipped)
        case e.StatusMissed():
            return reason(code, event.due_at)
        case e.TaskAdded():
            parts = (event.task, Person(event.owner), event.what)
            return reason(f"{code}.due", *parts, event.due_at) if event.due_at else reason(code, *parts)
        case e.TaskDueSoon():
            return reason(code, Person(event.owner), event.task)
        case e.TaskOverdue():
            return reason(code, Person(event.owner), event.task, event.what)
        case e.TaskFinished():
            return reason(code, by, event.task, event.what)
        case e.StoodDown():
            left = sentences(event.left)
            return reason(f"{code}.open", event.why, left) if event.left else reason(code, event.why)
        case e.Informed():
            return reason(code, event.about.state, event.about.level)
        case e.OpenHoursExtended():
            return reason(code, event.calendar, event.open_hours.compiled_until)
        case e.MessagesSent():
            told = sum(receipt.delivered_at is not None for receipt in event.receipts)
            return reason(code, told, len(event.receipts))
        case e.MoveRefused():
            return reason(code, Term("TaskForceMove", event.move), event.why)
        case _:
            return reason(code, by)
