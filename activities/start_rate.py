"""
Limit of the escalations that one person, and one key, may start within a time, as this worker counts them.

Owns the counting, in memory: each process counts for itself, and begins at nothing. What a rate means is for
``escalation.policy.rates``.
"""

from datetime import UTC, datetime

from escalation.case.request import StartRequest
from escalation.kernel.reasons import reason
from escalation.policy.rates import STARTS_OF_KEY, STARTS_WITHIN, Rate, Rates


class StartRate:
    def __init__(self, of_one: int) -> None:
        """*of_one*: starts of one person within ten minutes; 0: as many as they like."""
        self._of_one = Rate(of_one, STARTS_WITHIN) if of_one else None
        self._rates = Rates()

    def count(self, request: StartRequest) -> None:
        """
        Raises:
            RateExceeded: If whoever submits it has started too many, or it was started too often.
        """
        now, key, who = datetime.now(UTC), request.key, request.submitted_by
        after = self._rates.after(f"key {key}", STARTS_OF_KEY, now, reason("rate.starts_of_key", key))
        if self._of_one:
            after = after.after(f"by {who}", self._of_one, now, reason("rate.starts_of", key, who))
        self._rates = after
