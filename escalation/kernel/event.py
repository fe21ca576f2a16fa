"""
The base of events, and how an event is stamped when it is recorded.

Each process adds to its events what they do to its state, as ``applied_to``.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from escalation.kernel.proof import Door
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.values import ENGINE, CustomerText, Instant, Lean, frozen

NOT_YET = datetime.min.replace(tzinfo=UTC)


@frozen
class RecordedEvent(Lean):
    """A rule says what happened; the decision that it belongs to gives it its number, its instant and its maker."""

    seq: int = 0
    at: Instant = NOT_YET
    by: str = ENGINE
    kind: str = ""
    door: Door | None = None
    """The way that the move came in by, if that is proven (IDENTITY-3)."""

    @property
    def code(self) -> str:
        """The code of its sentence in the catalogues; variants add to it."""
        return f"event.{self.kind}"

    @property
    def added(self) -> Part:
        """Text that a person added in their own words."""
        return ""

    @property
    def told_customers(self) -> CustomerText | None:
        """Text that customers got with it."""
        return None

    def sentence(self) -> Reason:
        """Return what happened, for the timeline: a code, and the parts that its sentence names."""
        return reason(self.code, Person(self.by))


_Event = TypeVar("_Event", bound=RecordedEvent)


def stamped(event: _Event, seq: int, at: datetime, by: str, door: Door | None = None) -> _Event:
    """Return *event* as it is recorded: it is number *seq*, and happened *at* by whom, who came in by *door*."""
    return replace(event, seq=seq, at=at, by=by, door=door)
