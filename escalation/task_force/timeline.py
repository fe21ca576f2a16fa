"""
The story of a task force: each event as one sentence for people, in its own timeline and in the escalation's.
"""

from typing import assert_never

from escalation.kernel.numbers import number_of
from escalation.kernel.timeline_entry import TimelineEntry, due_words, minute
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
        seq=event.seq, at=event.at, by=event.by, kind=event.kind, text=sentence(event), note=_note_of(event)
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


def sentence(event: e.TaskForceEvent) -> str:  # noqa: C901, PLR0912 - one case an event
    """What happened, in one sentence without a full stop."""
    match event:
        case e.Deployed():
            seats = number_of(len(event.charter.seats), "seat", none="no")
            return f"deployed, led by {event.charter.lead}, {seats} to fill"
        case e.SeatOffered():
            return f"the seat {event.role} is offered to {event.to}"
        case e.SeatAccepted():
            return f"{event.by} accepted the seat {event.role}"
        case e.SeatDeclined():
            return f"{event.by} declined the seat {event.role}"
        case e.SeatUnanswered():
            return f"{event.person} {event.why}, asked for the seat {event.role}"
        case e.SeatLeftVacant():
            return f"nobody is left to ask for the seat {event.role}"
        case e.SeatLeft():
            return f"{event.by} left the seat {event.role}"
        case e.WorkBegun():
            return "every seat is settled, and work begins"
        case e.StatusClockStarted():
            return f"status clock started{due_words(event.clock)}"
        case e.StatusAsked():
            return "the lead is asked for the status"
        case e.StatusThresholdsSkipped():
            return f"times to ask the lead that were past already, skipped: {event.skipped}"
        case e.StatusMissed():
            return f"the status was missed, due {minute(event.due_at)}"
        case e.StatusChased():
            return "the status is still missing, brought up again"
        case e.StatusReported():
            return f"{event.by} reported"
        case e.TaskAdded():
            due = f", due {minute(event.due_at)}" if event.due_at else ""
            return f"task {event.task} for {event.owner}: {event.what}{due}"
        case e.TaskDueSoon():
            return f"{event.owner} is reminded of task {event.task}"
        case e.TaskOverdue():
            return f"task {event.task} of {event.owner} is overdue: {event.what}"
        case e.TaskFinished():
            return f"{event.by} finished task {event.task}: {event.what}"
        case e.StoodDown():
            left = f"; still open: {'; '.join(event.left)}" if event.left else ""
            return f"stood down, {event.why}{left}"
        case e.Informed():
            return f"the escalation is {event.about.state} at level {event.about.level}"
        case e.OpenHoursExtended():
            return f"open hours of {event.calendar} known until {minute(event.open_hours.compiled_until)}"
        case e.MessagesSent():
            told = sum(receipt.delivered_at is not None for receipt in event.receipts)
            return f"told: {told} of {len(event.receipts)}"
        case e.MoveRefused():
            return f"{event.move.replace('_', ' ')} was refused: {event.why}"
        case _:
            assert_never(event)
