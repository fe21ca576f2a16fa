"""Texts for customers: those that wait for approval, and the latest that went out (COMM-3, COMM-6)."""

from escalation.case.customer_question import CustomerQuestion
from escalation.case.estimate import Estimate
from escalation.kernel.values import CustomerText, Instant, frozen


@frozen
class PendingText:
    """A text for customers that waits for approval (COMM-6)."""

    number: int
    text: CustomerText
    by: str
    """First author."""
    held_at: Instant
    apologise: bool = False
    estimate: Estimate | None = None
    question: CustomerQuestion | None = None
    """The question that it asks, if it is no update; its number is given when it is approved (TALK-4)."""
    edited_by: str = ""
    """Last editor."""

    @property
    def author(self) -> str:
        """Author of the present words."""
        return self.edited_by or self.by


@frozen
class LastUpdate:
    """The latest text that customers got."""

    text: CustomerText
    at: Instant
