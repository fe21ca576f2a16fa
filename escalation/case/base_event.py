"""The base of all events of an escalation."""

from typing import TYPE_CHECKING

from escalation.kernel.event import RecordedEvent
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from escalation.case.state import Escalation


@frozen
class BaseEvent(RecordedEvent):
    """Something that happened to an escalation."""

    @property
    def added(self) -> Part:
        for name in ("note", "why", "done", "internal_note", "comment"):
            if text := getattr(self, name, None):
                return text if isinstance(text, Reason) else str(text)
        return ""

    def applied_to(self, now: "Escalation") -> "Escalation":
        """Return the escalation after this; the number of the event is set by whoever applies it."""
        return now
