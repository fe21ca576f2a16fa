"""
Stage DropOutdated: what leaves late is dropped if its sender says that it is not true any more (COMM-12).

The senders are asked once for the whole batch: each notification with all who are still to get it. What no known
sender stands behind is dropped too; a sender that cannot say now is believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from delivery import inbox_client
from delivery.batch_progress import Outcome, Progress
from delivery.recipient_message import Message
from delivery.stage import Stage
from escalation.kernel.reasons import Part
from escalation.notifications.batches import batches_of
from escalation.notifications.notification import Notification


class DropOutdated(Stage):
    """*is_needed*: a message that leaves at once is true, and nobody is asked."""

    def __init__(self, progress: Progress, *, is_needed: bool) -> None:
        self._progress = progress
        self._is_needed = is_needed

    async def prepare(self) -> None:
        if not self._is_needed:
            return
        # A notification of a batch has the same facts for all its readers, so it is asked about once, not for each.
        pending = tuple(self._progress.pending)
        reasons: dict[str, Part] = {}
        for batch in batches_of(_notices_of(pending)):
            reasons |= await inbox_client.find_outdated(batch)
        self._progress.settle(*(result for message in pending for result in message.dropped(reasons)))

    async def handle(self, message: Message) -> Message | Outcome:
        return message


def _notices_of(messages: Iterable[Message]) -> Sequence[Notification]:
    """Return each notification once, to all who are still to get it: its facts are asked about once."""
    found: dict[tuple[str, str, str], Notification] = {}
    for message in messages:
        for notice in message.notices:
            about = (notice.escalation, notice.cause, notice.occasion.value)
            others = found[about].to if about in found else ()
            found[about] = replace(notice, to=(*others, message.recipient))
    return tuple(found.values())
