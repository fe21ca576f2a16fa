"""Commands by which the shell reports to a process of ours: time has passed, messages were delivered."""

from escalation.kernel.business_time import OpenHours
from escalation.kernel.reasons import Part
from escalation.kernel.values import Instant, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult


@frozen
class Tick:
    """Time has passed."""


@frozen
class ReportDelivery:
    """What became of messages."""

    receipts: tuple[DeliveryResult, ...]


@frozen
class NoteRefusal:
    """A message that nobody waits for could not be followed: keep it on record."""

    refused: str
    why: Part


@frozen
class CancelByOperator:
    """The run was asked to end from outside: stakeholders are told before it does (CLOSE-10)."""


@frozen
class ExtendOpenHours:
    """A calendar, compiled further."""

    calendar: Name
    definition: str = ""
    """What it was compiled from: a rebase may have brought another of that name meanwhile."""
    since: Instant
    """From when on."""
    open_hours: OpenHours
