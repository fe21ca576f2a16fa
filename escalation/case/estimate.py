"""
The estimate of a solution that customers are told: by when, how sure, and what it replaces (TALK-6).

Owns what an estimate says. Must not know who is told.
"""

from dataclasses import replace

from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import CustomerText, Instant, frozen
from escalation.policy.classification import Degree


@frozen
class Estimate:
    solved_by: Instant
    sure: Degree = Degree.MEDIUM
    instead_of: Instant | None = None
    """The estimate before, if this one differs."""
    why: CustomerText | None = None
    """The reason of the change, for customers."""

    def changes(self, before: "Estimate | None") -> bool:
        return before is not None and before.solved_by != self.solved_by

    def after(self, before: "Estimate | None") -> "Estimate":
        """Return this estimate as customers hear it who know the one *before*."""
        return replace(self, instead_of=before.solved_by if before and self.changes(before) else None)

    def sentence(self) -> Reason:
        if self.instead_of:
            return reason("estimate.changed", self.solved_by, self.sure, self.instead_of)
        return reason("estimate", self.solved_by, self.sure)
