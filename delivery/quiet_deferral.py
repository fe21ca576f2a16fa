"""
Stage QuietHours: what leaves an inbox as a digest waits again if its recipient's quiet hours have begun (COMM-11).

The inbox knows limits and no quiet hours, which may have begun since it let the digest go. What is urgent never waits
for them. A message on its first way is deferred by `delivery.deferral`, which asks here too.
"""

from datetime import datetime

from delivery.batch_progress import Attempt, Deferral, Outcome
from delivery.recipient_message import Message
from delivery.stage import Stage
from escalation.notifications.inbox import QUIET
from messages.formats import zone_of
from planning.calendars.quiet_hours import end_of_quiet_hours


class QuietHours(Stage):
    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    async def handle(self, message: Message) -> Message | Outcome:
        quiet = quiet_deferral(message, self._attempt.started_at)
        if quiet is None:
            return message
        may_have_left_as = message.key if self._attempt.number > 1 else ""
        return message.deferred(quiet.until, quiet.why, may_have_left_as)


def quiet_deferral(message: Message, now: datetime) -> Deferral | None:
    """Return how long *message* waits for the quiet hours of its recipient; None, if it need not."""
    if message.is_pressing:
        return None
    zone = str(zone_of(message.recipient.time_zone))
    until = end_of_quiet_hours(message.preferences.quiet_hours, zone, now)
    return Deferral(until=until, why=QUIET, is_quiet=True) if until else None
