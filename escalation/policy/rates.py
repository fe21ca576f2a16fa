"""
Rates: how much one person, and all together, may do within a time. People never meet them; a script does.

Theory: each thing that is done takes a share of the time, ``within / at_most``. What is kept of a name is one instant:
the end of the shares that were taken. It moves forward with each thing done, and time catches up with it. While
it is less than ``within`` ahead there is room, so a burst of ``at_most`` is free, and then one goes at each share.
Example: 100 within 10 minutes is a share of 6 s; after a burst of 100 the next is possible 6 s later.

Pure: *now* is an argument. Where the rates are kept is for whoever asks.
"""

from dataclasses import field
from datetime import datetime, timedelta
from typing import NamedTuple

from escalation.kernel.reasons import Part, Reason, reason
from escalation.kernel.refusals import Fault, RateExceeded
from escalation.kernel.values import Instant, frozen


class Rate(NamedTuple):
    at_most: int
    within: timedelta

    @property
    def reason(self) -> Reason:
        return reason("rate", self.at_most, self.within // timedelta(minutes=1))

    @property
    def share(self) -> timedelta:
        return self.within / self.at_most


_TEN_MINUTES = timedelta(minutes=10)
MOVES_OF_ONE = Rate(100, _TEN_MINUTES)
"""Moves of one person in one escalation, task force, sponsorship or inbox."""
MOVES_OF_ALL = Rate(500, _TEN_MINUTES)
"""Moves of all people together in one such process."""
ANSWERS = Rate(2_000, _TEN_MINUTES)
"""Moves that are made once for each customer, contact or record of a large outage, by all together."""
REPEATS = Rate(100, _TEN_MINUTES)
"""Starts of a key that runs already."""
REFUSALS = Rate(60, timedelta(hours=1))
"""Refused signals that one escalation or task force keeps on record; others are in the log alone."""
STARTS_OF_KEY = Rate(30, timedelta(hours=1))
"""Escalations of one key, one after the other, by one worker process."""
STARTS_WITHIN = _TEN_MINUTES
DELIVERIES_OF_KEY = Rate(60, _TEN_MINUTES)
"""Webhooks that start one key, at one gateway."""
DELIVERIES = Rate(1_000, _TEN_MINUTES)
"""Webhooks with one secret, at one gateway."""
USES_OF_LINK = Rate(60, _TEN_MINUTES)
"""Requests with one link of a letter, at one gateway."""

ALWAYS_POSSIBLE = frozenset({"acknowledge", "close", "cancel"})
"""Moves that succeed once each; nobody is kept from them by what others do."""


ONE_FOR_EACH = frozenset({"confirm_access", "settle_ticket", "answer_survey"})


@frozen
class Rates:
    """Moves lately, by name."""

    reached: dict[str, Instant] = field(default_factory=dict)

    def after(self, name: str, rate: Rate, now: datetime, what: Part) -> "Rates":
        """
        Return the rates after one more by *name*. *what* is said of it, as of the moves of maya in ACME/4711.

        Raises:
            RateExceeded: If there is no room *now*, with when there is again.
        """
        before = max(self.reached.get(name, now), now)
        if (free_at := before + rate.share - rate.within) > now:
            raise exceeded(what, rate, free_at)
        ahead = {other: at for other, at in self.reached.items() if at > now}
        return Rates(reached={**ahead, name: before + rate.share})

    def has_room(self, name: str, rate: Rate, now: datetime) -> bool:
        return max(self.reached.get(name, now), now) + rate.share - rate.within <= now

    def after_move(self, key: str, move: str, by: str, now: datetime) -> "Rates":
        """
        Raises:
            RateExceeded: If *by*, or all together, have made too many moves.
        """
        if move in ONE_FOR_EACH:
            return self.after("answers", ANSWERS, now, reason("rate.answers", key))
        mine = self.after(f"by {by}", MOVES_OF_ONE, now, reason("rate.moves_of", key, by))
        if move in ALWAYS_POSSIBLE:
            return mine
        return mine.after("all", MOVES_OF_ALL, now, reason("rate.moves_of_all", key))

    def after_repeat(self, key: str, now: datetime) -> "Rates":
        """
        Raises:
            RateExceeded: If *key* was started too often while it runs.
        """
        return self.after("repeats", REPEATS, now, reason("rate.repeats", key))


def exceeded(what: Part, rate: Rate, free_at: datetime) -> RateExceeded:
    again = free_at + timedelta(minutes=1)  # it is said without seconds, and must not be too early
    given, allowed = reason("given.more_than", rate.reason), reason("allowed.rate", rate.reason, again)
    fault = Fault(where="rate", given=given, allowed=allowed)
    return RateExceeded(reason("rate_exceeded", given, allowed), (fault,), subject=what)
