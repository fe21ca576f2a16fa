"""
Receipts: what became of one message to one recipient, and the one order in which that may change (COMM-12, COMM-13).

A message is told by a wave, or waits in an inbox that tells it later. Each of the two says what became of it, and what
they say can come in any order, twice, or after a repeat under the same key. So the last word is not the true one.

Law: the state of a message only moves forward, in the order of ``MessageState``. Held, and then whatever: the inbox
knew better. Failed, and then held: an older word that came late. Delivered is final: whoever was told was told, even
if a repeat fails afterwards. Everybody who reads receipts reads them through ``latest_results`` or ``select_newer``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from escalation.kernel.budgets import UNDELIVERED, last_of
from escalation.kernel.reasons import Part, Reason, Term, reason, shortened_part
from escalation.kernel.values import Instant, frozen

UNDELIVERABLE = "undeliverable"
"""The occasion on which somebody is told that another message did not arrive."""
MOST_UNDELIVERED = 500
"""People and occasions that are kept; the oldest are forgotten first."""
_LONGEST_WHY = 200


class MessageState(StrEnum):
    """Later ones win over earlier ones. A message without a receipt is on its way."""

    HELD = "held"
    """It waits in somebody's inbox; another receipt follows (COMM-11)."""
    FAILED = "failed"
    """It could not be delivered by any channel (COMM-13)."""
    DROPPED = "dropped"
    """It was no longer true when it would have left, so nobody misses it (COMM-12)."""
    DELIVERED = "delivered"


_ORDER = {state: number for number, state in enumerate(MessageState)}


@frozen
class DeliveryResult:
    """What became of one message to one recipient."""

    key: str
    """Idempotency key: escalation, occasion, recipient; the same on every repeat (COMM-12)."""
    recipient: str
    occasion: str
    channel: str = ""
    delivered_at: Instant | None = None
    """None: it could not be delivered."""
    why: Part = ""
    """What stood in the way, of channels that were tried before too."""
    held_until: Instant | None = None
    """It waits, at least until then; another receipt follows (COMM-11)."""
    is_dropped: bool = False
    """No longer true when it was to leave; ``why`` says since what (COMM-12)."""
    letter: str = ""
    """Of one that waits: the key of the letter in which it may have left already."""

    @property
    def state(self) -> MessageState:
        if self.delivered_at:
            return MessageState.DELIVERED
        if self.is_dropped:
            return MessageState.DROPPED
        return MessageState.HELD if self.held_until else MessageState.FAILED

    @property
    def has_failed(self) -> bool:
        """Neither told, nor waiting, nor needless."""
        return self.state is MessageState.FAILED

    @property
    def failure(self) -> Reason:
        """What did not reach whom, and what stood in the way."""
        return _failure(self.occasion, self.recipient, self.why)

    def supersedes(self, other: "DeliveryResult") -> bool:
        """Whether it is a newer word on the same message; the first delivery counts, and the latest wait."""
        if self.held_until and other.held_until:
            return self.held_until > other.held_until
        return _ORDER[self.state] > _ORDER[other.state]


def latest_results(receipts: Iterable[DeliveryResult]) -> dict[str, DeliveryResult]:
    """Of each message, by its key, the receipt that says how far it came; in the order of their first receipts."""
    found: dict[str, DeliveryResult] = {}
    for receipt in receipts:
        known = found.get(receipt.key)
        if known is None or receipt.supersedes(known):
            found[receipt.key] = receipt
    return found


def select_newer(
    known: Iterable[DeliveryResult], receipts: Iterable[DeliveryResult]
) -> tuple[DeliveryResult, ...]:
    """Those of *receipts* that say more than the *known* ones, each message once."""
    new = latest_results(receipts)
    before = latest_results(receipt for receipt in known if receipt.key in new)
    return tuple(
        receipt for key, receipt in new.items() if key not in before or receipt.supersedes(before[key])
    )


def deferred_until(receipts: Iterable[DeliveryResult]) -> datetime | None:
    """When the last of those leaves that still wait, as far as is known; None if none does (COMM-11)."""
    return max(
        (each.held_until for each in latest_results(receipts).values() if each.held_until), default=None
    )


@frozen
class Undelivered:
    """Somebody was not reached on an occasion, and has not been since (COMM-13)."""

    recipient: str
    occasion: str
    why: Part
    at: Instant

    @property
    def failure(self) -> Reason:
        return _failure(self.occasion, self.recipient, self.why)


def update_undelivered(
    known: Sequence[Undelivered], receipts: Iterable[DeliveryResult], at: datetime
) -> tuple[Undelivered, ...]:
    """What is missing after *receipts*, which are known since *at*; what arrives makes up for what did not."""
    found = {(each.recipient, each.occasion): each for each in known}
    for receipt in receipts:
        about = (receipt.recipient, receipt.occasion)
        match receipt.state:
            case MessageState.FAILED:
                why = shortened_part(receipt.why, _LONGEST_WHY)
                found[about] = Undelivered(recipient=about[0], occasion=about[1], why=why, at=at)
            case MessageState.DELIVERED:
                found.pop(about, None)
                found.pop((receipt.recipient, UNDELIVERABLE), None)  # whoever it is can be reached again
            case MessageState.DROPPED:
                found.pop(about, None)
            case MessageState.HELD:
                pass
    return last_of(tuple(found.values())[-MOST_UNDELIVERED:], UNDELIVERED)


def _failure(occasion: str, recipient: str, why: Part) -> Reason:
    return reason("not_delivered", Term("Occasion", occasion), recipient, why)
