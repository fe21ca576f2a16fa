"""
One decision in the making: the state so far, the events recorded and the effects asked for.

The moves and the clocks work on it. It is thrown away whole when a rule refuses, so nothing is ever half done. It
knows nothing of rules.
"""

from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from escalation.case.effects import Effect
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event
from escalation.kernel import decision
from escalation.kernel.clock_loop import ClockedWork
from escalation.notifications.redundancy import remove_redundant

if TYPE_CHECKING:
    from escalation.case.events import Event


Decision = decision.Decision[Escalation, "Event", Effect]


@dataclass(slots=True)
class Work(ClockedWork[Escalation, "Event", Effect]):
    happenings: list[int] = field(default_factory=list)
    """Indexes in the effects at which another event begins."""

    def after(self, event: "Event") -> Escalation:
        return apply_event(self.state, event)

    def begin(self) -> None:
        """Begin another event: a move, or a due time that came."""
        self.happenings.append(len(self.effects))

    def decision(self) -> Decision:
        bounds = [0, *self.happenings, len(self.effects)]
        told = (remove_redundant(self.effects[a:b]) for a, b in pairwise(bounds))
        return decision.Decision(self.state, tuple(self.events), tuple(chain.from_iterable(told)))
