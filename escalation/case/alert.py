"""An alert: somebody was notified of something that they are to look at. Which events make one, others say."""

from dataclasses import replace
from typing import Self

from escalation.kernel.reasons import Part
from escalation.kernel.values import Instant, frozen
from escalation.notifications.notification import Occasion


@frozen
class Alert:
    """A notification that waits until somebody who got it has looked."""

    occasion: Occasion
    who: tuple[str, ...]
    """Ids of the people, teams and rotas who were notified; any of them can look."""
    why: Part
    at: Instant
    due_at: Instant | None = None
    """The due time that was missed; None: nothing was."""

    def said_by(self, mover: str) -> Self | None:
        """Return it without *mover*, who knows already; None, if nobody else is left."""
        others = tuple(dict.fromkeys(each for each in self.who if each != mover))
        return replace(self, who=others) if others else None
