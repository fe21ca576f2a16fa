"""
News: what a task force tells its escalation. It must not know what the escalation makes of them.
"""

from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.task_force.state import StatusReport, TaskForceSummary


@frozen
class TaskForceUpdate:
    """What a task force tells its escalation: how it stands, and what has happened since."""

    summary: TaskForceSummary
    happened: tuple[Reason, ...]
    report: StatusReport | None = None
    """New, and to be told to everybody who follows the escalation."""
    is_status_missed: bool = False
    """Just now."""
    vacant: tuple[Name, ...] = ()
    """The roles of seats that nobody is left for, since just now."""
    declined: InternalText = NO_NOTE
    """Why the last of those who were asked did not want it."""
    why_stood_down: Part | None = None
    receipts: tuple[DeliveryResult, ...] = ()
    """What became of its messages."""
