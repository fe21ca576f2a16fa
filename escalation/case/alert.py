"""An alert: somebody was notified of something that they are to look at. Which events make one, others say."""

from dataclasses import replace
from typing import Self

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part
from escalation.kernel.values import Instant, frozen
from escalation.notifications.notification import Occasion


@frozen
class Alert:
    """A notification that waits until somebody who was alerted has looked; of a breach, that is a manager."""

    occasion: Occasion
    who: tuple[str, ...]
    """Ids of the people, teams and rotas who were alerted; any of them can look."""
    why: Part
    at: Instant
    by: str = ""
    """Id of whoever mentioned them, or gave the low score; empty: a clock or a rise alerts."""
    clock: ClockName | None = None
    """The clock that is breached; None: none is."""
    due_at: Instant | None = None
    """The due time that was missed; None: nothing was."""

    def is_about_the_same(self, other: "Alert") -> bool:
        """Return whether *other* alerts the same people of the same clock, or of the words of the same person."""
        ours = (self.occasion, self.who, self.clock, self.by)
        return ours == (other.occasion, other.who, other.clock, other.by)

    def without_person(self, person: str) -> Self | None:
        """Return it without *person*, who knows already; None if nobody else is left."""
        others = tuple(dict.fromkeys(each for each in self.who if each != person))
        return replace(self, who=others) if others else None
