"""
Way of a message from a notification to its delivery result: stages, in one list, each in a file of its own.

Theory of operation. A batch of notifications is split into messages, one for each recipient; what waited in
somebody's inbox is one message, a digest. Each message passes the stages in their order. A stage passes it on,
perhaps with more in it, or ends its way in this attempt with an outcome:

    results            it is settled: delivered, undelivered, deferred or dropped. The workflow records them.
    PendingDelivery    nothing is settled. The same message, under the same key, comes back with the next attempt.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from channels.protocol import Channel, Session
from delivery.batch_progress import Attempt, Outcome, Progress
from delivery.deferral import Defer
from delivery.interruptible_client import WorkerStops
from delivery.outdated_messages import DropOutdated
from delivery.quiet_deferral import QuietHours
from delivery.recipient_limit import RecipientLimits
from delivery.recipient_message import Message
from delivery.render import Render
from delivery.send import Send, open_sessions
from delivery.stage import Stage
from escalation.notifications.links import AnyLink
from messages.renderer import MessageRenderer

AT_ONCE = 50
"""Messages under way at the same time; each channel bounds itself further."""

# What a stage may do with a message, and because of what:
#
#     Defer          defers, leaves pending   quiet hours, or more than the recipient's limit: the inbox has it
#     QuietHours     defers                   quiet hours that began while a digest was on its way
#     DropOutdated   drops                    its sender says that it is not true any more, or no sender is known
#     Render         gives up                 not even the shipped template can say it
#     Send           delivers, leaves         what the channels answer: the first that takes it; RetryLater keeps it at
#                    pending, gives up        its address, RefusedForGood goes on to the next one
#
# Laws:
# 1. At least once, and under the same key on every attempt, so that a receiver can drop a repeat (COMM-12).
# 2. What is settled stays so, and no stage sees it again. The server knows it soon by heartbeat, then by the result.
# 3. One message never keeps another from leaving.
# 4. A message is deferred only before anything of it can have left, or under the key under which it may have left.
# 5. A stage that cannot tell passes the message on, or leaves it pending: silence is worse than a repeat (COMM-13).
# 6. No address of a customer and no text gets into a log line.


class Pipeline:
    """One for each worker process. *channels*: by name. *address_of*: as for `Render`."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        renderer: MessageRenderer,
        address_of: Callable[[AnyLink], str] | None = None,
    ) -> None:
        self._channels = dict(channels)
        self._renderer = renderer
        self._address_of = address_of
        self._limits = RecipientLimits()

    async def deliver_batch(self, progress: Progress, attempt: Attempt) -> None:
        """Have every message of *progress* pass the stages once; what became of it is in *progress*."""
        async with open_sessions(self._channels) as sessions:
            stages = (
                Defer(progress, attempt, self._limits),
                DropOutdated(progress, is_needed=attempt.is_late),
                *self._last_stages(sessions, attempt),
            )
            await _pass_all(progress, stages, attempt)

    async def deliver_digest(self, progress: Progress, attempt: Attempt, *, at_any_hour: bool) -> None:
        """Do the same with what waited in an inbox, which counted it: no limit applies again."""
        async with open_sessions(self._channels) as sessions:
            stages = (
                *(() if at_any_hour else (QuietHours(attempt),)),
                DropOutdated(progress, is_needed=True),
                *self._last_stages(sessions, attempt),
            )
            await _pass_all(progress, stages, attempt)

    def _last_stages(self, sessions: Mapping[str, Session], attempt: Attempt) -> Sequence[Stage]:
        return (
            Render(self._renderer, self._address_of, attempt.scheduled_at),
            Send(sessions, attempt.scheduled_at),
        )


async def _pass_all(progress: Progress, stages: Sequence[Stage], attempt: Attempt) -> None:
    try:
        for stage in stages:
            await stage.prepare()
    except WorkerStops:
        return  # all are another worker's
    waiting = iter(progress.pending)

    async def pass_in_turn() -> None:
        for message in waiting:
            # Asked for each message, since a cancellation can get lost in a library (asyncio.wait_for before 3.12).
            if attempt.is_stopping():
                return  # what is under way ends in order, the rest is another worker's
            progress.note(message, await _pass(message, stages))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(AT_ONCE, len(progress.messages))):
            tasks.create_task(pass_in_turn())


async def _pass(message: Message, stages: Sequence[Stage]) -> Outcome:
    for stage in stages:
        match await stage.handle(message):
            case Message() as further:
                message = further
            case outcome:
                return outcome
    raise AssertionError("the last stage ends the way of every message")
