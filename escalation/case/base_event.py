"""The base of all events of an escalation."""

from typing import TYPE_CHECKING

from escalation.kernel.event import RecordedEvent
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from escalation.case.state import Escalation


@frozen
class BaseEvent(RecordedEvent):
    """Something that happened to an escalation."""

    def applied_to(self, now: "Escalation") -> "Escalation":
        """Return the escalation after this; the number of the event is set by whoever applies it."""
        return now
