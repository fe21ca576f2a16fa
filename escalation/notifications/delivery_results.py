"""
Delivery results: the state of one message to one recipient, and the only order in which it may change (COMM-12,
COMM-13).

Theory of operation
-------------------
A message is sent by a batch, or waits in an inbox that sends it later. Both report what became of it. Their results can
come in any order, twice, or after a repeat under the same key. So the latest result is not always the valid one.

Law: the state of a message only moves forward, in the order of ``MessageState``.

    batch: deferred      inbox: delivered     delivered: the inbox knows better
    inbox: delivered     batch: deferred      delivered: the result of the batch came late
    batch: delivered     repeat: failed       delivered: the recipient has the message
    batch: failed        repeat: delivered    delivered

All code reads results through ``latest_results`` or ``select_newer``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from escalation.kernel.budgets import UNDELIVERED, last_of
from escalation.kernel.reasons import Part, Person, Reason, Term, reason, shortened_part
from escalation.kernel.values import Instant, Lean, frozen

UNDELIVERABLE = "undeliverable"
"""Occasion of the message that says that another message did not arrive."""
MOST_UNDELIVERED = 500
"""Number of people and occasions that are kept; the oldest are forgotten first."""
CONSOLE_CHANNEL = "console"
"""Name of the channel that prints a message where the worker runs; e-mail too, where no mail server is set up."""
_LONGEST_WHY = 200


class MessageState(StrEnum):
    """States of a message; later ones win over earlier ones. A message without a result is on its way."""

    DEFERRED = "deferred"
    """Waits in somebody's inbox; another result follows (COMM-11)."""
    FAILED = "failed"
    """Not delivered by any channel (COMM-13)."""
    DROPPED = "dropped"
    """Outdated when it would have left, so nobody misses it (COMM-12)."""
    PRINTED = "printed"
    """Only written where the worker runs. The process goes on as if it was delivered."""
    DELIVERED = "delivered"


ARRIVED = frozenset({MessageState.PRINTED, MessageState.DELIVERED})
"""States of a message that the process counts as delivered."""
_ORDER = {state: number for number, state in enumerate(MessageState)}


@frozen
class DeliveryResult(Lean):
    """The result of one message to one recipient."""

    key: str
    """Idempotency key: escalation, occasion, recipient; the same on every repeat (COMM-12)."""
    recipient: str
    occasion: str
    channel: str = ""
    delivered_at: Instant | None = None
    """None: not delivered."""
    why: Part = ""
    """Reason, also of channels that were tried before."""
    deferred_until: Instant | None = None
    """Earliest end of its wait; another result follows (COMM-11)."""
    is_dropped: bool = False
    """True if it was outdated before it left; ``why`` says since what (COMM-12)."""
    digest_key: str = ""
    """Key of the digest in which a waiting message may have left already."""

    @property
    def state(self) -> MessageState:
        if self.delivered_at:
            return MessageState.PRINTED if self.channel == CONSOLE_CHANNEL else MessageState.DELIVERED
        if self.is_dropped:
            return MessageState.DROPPED
        return MessageState.DEFERRED if self.deferred_until else MessageState.FAILED

    @property
    def has_failed(self) -> bool:
        """True if it was neither delivered, nor waits, nor was dropped."""
        return self.state is MessageState.FAILED

    @property
    def failure(self) -> Reason:
        """The failure as a reason: occasion, recipient, and why."""
        return _failure(self.occasion, self.recipient, self.why)

    def supersedes(self, other: "DeliveryResult") -> bool:
        """Return whether this replaces *other*, of the same message; the first delivery counts, and the latest wait."""
        if self.deferred_until and other.deferred_until:
            return self.deferred_until > other.deferred_until
        return _ORDER[self.state] > _ORDER[other.state]


def latest_results(results: Iterable[DeliveryResult]) -> dict[str, DeliveryResult]:
    """Return the furthest result of each message, by its key, in the order of their first results."""
    found: dict[str, DeliveryResult] = {}
    for result in results:
        known = found.get(result.key)
        if known is None or result.supersedes(known):
            found[result.key] = result
    return found


def select_newer(
    known: Iterable[DeliveryResult], results: Iterable[DeliveryResult]
) -> tuple[DeliveryResult, ...]:
    """Return the *results* that say more than the *known* ones, each message once."""
    new = latest_results(results)
    before = latest_results(result for result in known if result.key in new)
    return tuple(result for key, result in new.items() if key not in before or result.supersedes(before[key]))


def latest_deferral(results: Iterable[DeliveryResult]) -> datetime | None:
    """Return when the last waiting message leaves, as far as is known; None if none waits (COMM-11)."""
    return max(
        (each.deferred_until for each in latest_results(results).values() if each.deferred_until),
        default=None,
    )


@frozen
class Undelivered:
    """A person who was not reached on an occasion, and has not been since (COMM-13)."""

    recipient: str
    occasion: str
    why: Part
    at: Instant

    @property
    def failure(self) -> Reason:
        return _failure(self.occasion, self.recipient, self.why)


def update_undelivered(
    known: Sequence[Undelivered], results: Iterable[DeliveryResult], at: datetime
) -> tuple[Undelivered, ...]:
    """Return who is not reached after *results*, known since *at*; a later delivery makes up for a failure."""
    found = {(each.recipient, each.occasion): each for each in known}
    for result in results:
        about = (result.recipient, result.occasion)
        match result.state:
            case MessageState.FAILED:
                why = shortened_part(result.why, _LONGEST_WHY)
                found[about] = Undelivered(recipient=about[0], occasion=about[1], why=why, at=at)
            case MessageState.PRINTED | MessageState.DELIVERED:
                found.pop(about, None)
                found.pop((result.recipient, UNDELIVERABLE), None)  # whoever it is can be reached again
            case MessageState.DROPPED:
                found.pop(about, None)
            case MessageState.DEFERRED:
                pass
    return last_of(tuple(found.values())[-MOST_UNDELIVERED:], UNDELIVERED)


def _failure(occasion: str, recipient: str, why: Part) -> Reason:
    return reason("not_delivered", Term("Occasion", occasion), Person(recipient), why)
