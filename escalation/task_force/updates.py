"""Updates of a task force for its escalation. This file must not know what the escalation makes of them."""

from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.task_force.state import StatusReport, TaskForceSummary


@frozen
class TaskForceUpdate:
    """An update for the escalation: how the task force stands, and what has happened since."""

    summary: TaskForceSummary
    happened: tuple[Reason, ...]
    report: StatusReport | None = None
    """New report, for everybody who follows the escalation."""
    is_status_missed: bool = False
    """True if it was missed just now."""
    vacant: tuple[Name, ...] = ()
    """Roles of seats that nobody is left for, since just now."""
    declined: InternalText = NO_NOTE
    """Reason of the last one who declined such a seat."""
    why_stood_down: Part | None = None
    results: tuple[DeliveryResult, ...] = ()
    """Results of its messages."""
