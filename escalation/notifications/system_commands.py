"""System commands: those that no person gives, such as that time has passed, or that messages were delivered."""

from collections.abc import Mapping
from typing import ClassVar

from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import Part
from escalation.kernel.values import Instant, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.plan import Calendar


@frozen
class Tick:
    """Report that time has passed."""

    kind: ClassVar[str] = "tick"


@frozen
class ReportDelivery:
    """Report the results of messages."""

    kind: ClassVar[str] = "report_delivery"
    results: tuple[DeliveryResult, ...]


@frozen
class NoteRefusal:
    """Record that a signal, whose sender does not wait, could not be followed."""

    kind: ClassVar[str] = "note_refusal"
    refused: str
    why: Part


@frozen
class CancelByOperator:
    """End the run, as asked from outside: stakeholders are notified first (CLOSE-10)."""

    kind: ClassVar[str] = "cancel_by_operator"


@frozen
class ExtendOpenHours:
    """Report the open hours of a calendar, compiled further."""

    kind: ClassVar[str] = "extend_open_hours"
    calendar: Name
    definition: str = ""
    """Definition that it was compiled from: a rebase may have brought another one of that name meanwhile."""
    since: Instant
    """Start of *open_hours*."""
    open_hours: OpenHours

    def continues(self, calendars: Mapping[str, Calendar]) -> bool:
        """Return whether these hours join the known ones (CLOCK-5); what a rebase overtook is asked for again."""
        known = calendars.get(self.calendar)
        if known is None or known.definition != self.definition:
            return False
        return self.since <= known.hours.compiled_until
