"""
The limit on requests of one caller, at one process: a burst is free, then one goes at each share of the time.

People never meet it; a script in a loop does. Processes do not know of each other's callers.
"""

from datetime import UTC, datetime, timedelta

from escalation.policy.rates import Rate, Rates
from identity.caller import Caller

_WITHIN = timedelta(minutes=10)


class RateLimit:
    """Counts the requests of each caller; *at_most* within ten minutes, 0: as many as they like."""

    def __init__(self, at_most: int) -> None:
        self._rate = Rate(at_most, _WITHIN) if at_most else None
        self._rates = Rates()

    def count(self, caller: Caller, address: str) -> None:
        """
        Count one more of *caller*, or of whoever is at *address* and says no name.

        Raises:
            RateExceeded: If there is no room.
        """
        if self._rate:
            name = caller.key_id or caller.person or address
            self._rates = self._rates.after(name, self._rate, datetime.now(UTC), f"requests of {name}")
