"""Staleness of a task force's messages, as ``escalation.case.outdated_notifications`` has it for an escalation's."""

from collections.abc import Iterable

from escalation.kernel.reasons import Part, Reason, reason
from escalation.notifications.notification import (
    InternalNotification,
    Notification,
    NotificationBatch,
    Occasion,
    message_key,
)
from escalation.policy.people import Recipient
from escalation.task_force import events as e
from escalation.task_force.moves.report_status import StatusReported
from escalation.task_force.state import TaskForce


def find_outdated(
    now: TaskForce, events: Iterable[e.TaskForceEvent], batch: NotificationBatch
) -> dict[str, Part]:
    """Return the messages of *batch* that are outdated, by key, and why. *events*: the timeline, or its end."""
    reported = max((event.seq for event in events if isinstance(event, StatusReported)), default=0)
    return {
        message_key(notice, recipient): why
        for notice in batch.notices
        if notice.escalation == now.charter.id
        for recipient in notice.to
        if (why := _why_not(now, reported, notice, recipient))
    }


def _why_not(now: TaskForce, reported: int, notice: Notification, to: Recipient) -> Reason | None:
    """Return why a message is outdated; None: it is not. *reported*: the last report of the lead."""
    if not now.is_standing and notice.occasion is not Occasion.TASK_FORCE_STOOD_DOWN:
        return reason("meanwhile.stood_down")
    match notice.occasion:
        case Occasion.TASK_FORCE_INVITED if all(seat.offered_to != to.id for seat in now.seats):
            return reason("meanwhile.seat_answered")
        case Occasion.TASK_FORCE_STATUS_WANTED if reported > notice.seq:
            return reason("meanwhile.reported")
        case Occasion.TASK_FORCE_TASK | Occasion.TASK_FORCE_TASK_DUE if not _open_still(now, notice):
            return reason("meanwhile.done")
        case _:
            return None


def _open_still(now: TaskForce, notice: Notification) -> bool:
    """Return whether one of the tasks in *notice* is still to be done, by the same owner."""
    listed = notice.facts.items if isinstance(notice, InternalNotification) else ()
    return any(task.line in listed for task in now.open_tasks)
