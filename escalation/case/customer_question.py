"""A question to a customer that is not answered yet, as the case keeps it (TALK-4)."""

from escalation.kernel.values import CustomerText, Instant, frozen


@frozen
class CustomerQuestion:
    number: int
    account: str
    text: CustomerText
    what_for: CustomerText
    due_at: Instant
    by: str
    """Id of the person who asks."""
    is_reminded: bool = False
    """True once the time is over and the customer was asked again; that happens once."""
