"""
News: what a task force tells its escalation. It must not know what the escalation makes of them.
"""

from escalation.base import Frozen, InternalText, Name
from escalation.receipts import Receipt
from escalation.task_force.model import Report, Summary


class News(Frozen):
    """What a task force tells its escalation: how it stands, and what has happened since."""

    summary: Summary
    happened: tuple[str, ...]
    """A sentence each."""
    report: Report | None = None
    """New, and to be told to everybody who follows the escalation."""
    is_status_missed: bool = False
    """Just now."""
    vacant: tuple[Name, ...] = ()
    """The roles of seats that nobody is left for, since just now."""
    declined: InternalText = InternalText("")
    """Why the last of those who were asked did not want it."""
    why_stood_down: str | None = None
    receipts: tuple[Receipt, ...] = ()
    """What became of its messages."""
