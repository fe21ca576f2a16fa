"""The base of all events of an escalation, and how one is stamped when it is recorded."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.values import (
    ENGINE,
    Instant,
    frozen,
)

if TYPE_CHECKING:
    from escalation.case.state import Escalation

NOT_YET = datetime.min.replace(tzinfo=UTC)


@frozen
class BaseEvent:
    """A rule says what happened; the decision that it belongs to gives it its number, its instant and its maker."""

    seq: int = 0
    at: Instant = NOT_YET
    by: str = ENGINE
    kind: str = ""

    @property
    def code(self) -> str:
        """The code of its sentence in the catalogues; variants add to it."""
        return f"event.{self.kind}"

    def sentence(self) -> Reason:
        """Return what happened, for the timeline: a code, and the parts that its sentence names."""
        return reason(self.code, Person(self.by))

    def applied_to(self, now: "Escalation") -> "Escalation":
        """Return the escalation after this; the number of the event is set by whoever applies it."""
        return now


_Event = TypeVar("_Event", bound=BaseEvent)


def stamped(event: _Event, seq: int, at: datetime, by: str) -> _Event:
    """Return *event* as it is recorded: it is number *seq*, and happened *at* by whom."""
    return replace(event, seq=seq, at=at, by=by)
