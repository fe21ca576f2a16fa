"""
Whether a message leaves now or waits: quiet hours, and limits as far as this worker can tell (COMM-11, COMM-12).

Quiet hours are reckoned. For limits it remembers what this worker sent lately; that is a hint, and the inbox is the
truth: who gets more than a limit allows is handed over to it, and for as long as the limit reaches back everything
goes there, from this worker as from any other. So only the beginning of a burst is counted by each worker for itself,
and as long as there is none, nothing is asked of anybody.
"""

from dataclasses import dataclass, field
from datetime import datetime

from delivery.message import Message
from escalation.preferences import MOST_COUNTED, CountedMessage, Limit, free_at, longest
from escalation.waiting import MANY, QUIET
from messages.formats import zone_of
from planning.calendars.quiet_hours import end_of_quiet_hours

_SWEPT_AT = 10_000
"""Recipients remembered before the older half is forgotten: they are counted anew."""


@dataclass(frozen=True)
class Deferral:
    """Not before *until*, and why."""

    until: datetime
    why: str
    is_quiet: bool


@dataclass
class _Lately:
    sent: dict[str, CountedMessage] = field(default_factory=dict)
    """By key, so that a repeat counts once."""
    handed_over_until: datetime | None = None


class Waits:
    """
    One for each worker process. Decides in one go, so that messages under way at once cannot both take the last place.
    """

    def __init__(self) -> None:
        self._lately: dict[tuple[str, str], _Lately] = {}

    def wait_of(self, message: Message, channel: str, now: datetime) -> Deferral | None:
        """
        How long *message*, whose first address is on *channel*, has to wait; None, if it may leave, and is counted.
        """
        if quiet := quiet_end(message, now):
            return quiet
        limits = _limits(message)
        return self._limited(message, limits, channel, now) if limits else None

    def sent_to(self, message: Message) -> tuple[CountedMessage, ...]:
        """The letters to its recipient that this worker knows of."""
        lately = self._lately.get(_reader(message))
        return tuple(lately.sent.values())[-MOST_COUNTED:] if lately else ()

    def _limited(
        self, message: Message, limits: tuple[Limit, ...], channel: str, now: datetime
    ) -> Deferral | None:
        lately = self._of(_reader(message))
        reach = longest(limits)
        lately.sent = {key: sent for key, sent in lately.sent.items() if sent.at + reach > now}
        if message.key in lately.sent:
            return None
        free = free_at(limits, lately.sent.values(), channel, now)
        is_handed_over = lately.handed_over_until is not None and now < lately.handed_over_until
        if free <= now and not is_handed_over:
            lately.sent[message.key] = CountedMessage(at=now, channel=channel)
            return None
        lately.handed_over_until = now + reach
        return Deferral(until=max(free, now), why=MANY, is_quiet=False)

    def _of(self, reader: tuple[str, str]) -> _Lately:
        if len(self._lately) > _SWEPT_AT:
            self._lately = dict(list(self._lately.items())[_SWEPT_AT // 2 :])
        return self._lately.setdefault(reader, _Lately())


def quiet_end(message: Message, now: datetime) -> Deferral | None:
    """Until when it waits for quiet hours; None, if it need not."""
    preferences = message.recipient.preferences
    if preferences is None or message.is_pressing:
        return None
    until = end_of_quiet_hours(preferences.quiet_hours, str(zone_of(message.recipient.time_zone)), now)
    return Deferral(until=until, why=QUIET, is_quiet=True) if until else None


def _limits(message: Message) -> tuple[Limit, ...]:
    return message.recipient.preferences.limits if message.recipient.preferences else ()


def _reader(message: Message) -> tuple[str, str]:
    return message.notice.audience, message.recipient.id
