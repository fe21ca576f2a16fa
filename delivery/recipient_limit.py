"""
Limits of a recipient, as far as this worker can tell (COMM-11, COMM-12). `delivery.deferral` asks, and carries it
out.
"""

from dataclasses import dataclass, field
from datetime import datetime

from delivery.batch_progress import Deferral
from delivery.recipient_message import Message
from escalation.notifications.inbox import MANY
from escalation.policy.preferences import MOST_COUNTED, CountedMessage, free_at, longest

_MOST_RECIPIENTS = 10_000
"""Recipients remembered before the older half is forgotten: they are counted again from nothing."""


@dataclass
class _Counted:
    sent: dict[str, CountedMessage] = field(default_factory=dict)
    """By key, so that a repeat counts once."""
    handed_over_until: datetime | None = None


# What this worker sent lately is only a hint, and the inbox is the truth. Whoever gets more than a limit allows is
# handed over to the inbox. For as long as the limit reaches back everything goes there, from this worker as from any
# other. So each worker counts only the beginning of a burst for itself, and without a burst nobody is asked anything.


class RecipientLimits:
    """Counts of one worker process."""

    # Nothing is awaited here, so that messages under way at once cannot both take the last place.

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], _Counted] = {}

    def deferral_of(self, message: Message, now: datetime) -> Deferral | None:
        """Return how long *message* has to wait; None, if it may leave, and is counted."""
        limits, channel = message.preferences.limits, message.first_channel
        if not limits:
            return None
        counted, reach = self._counted_for(message), longest(limits)
        counted.sent = {key: sent for key, sent in counted.sent.items() if sent.at + reach > now}
        if message.key in counted.sent:
            return None
        free = free_at(limits, counted.sent.values(), channel, now)
        is_handed_over = counted.handed_over_until is not None and now < counted.handed_over_until
        if free <= now and not is_handed_over:
            counted.sent[message.key] = CountedMessage(at=now, channel=channel)
            return None
        counted.handed_over_until = now + reach
        return Deferral(until=max(free, now), why=MANY, is_quiet=False)

    def sent_to(self, message: Message) -> tuple[CountedMessage, ...]:
        """Return the messages to the recipient of *message* that this worker knows of."""
        counted = self._counted.get(_reader(message))
        return tuple(counted.sent.values())[-MOST_COUNTED:] if counted else ()

    def _counted_for(self, message: Message) -> _Counted:
        if len(self._counted) > _MOST_RECIPIENTS:
            self._counted = dict(list(self._counted.items())[_MOST_RECIPIENTS // 2 :])
        return self._counted.setdefault(_reader(message), _Counted())


def _reader(message: Message) -> tuple[str, str]:
    return message.notice.audience, message.recipient.id
