"""
Hold or send: decided once for each message that can wait, under its key, and kept (COMM-11, COMM-12).

Owns what a repeat of a wave does with a message of which nobody knows what became. A receiver can drop a repeat only
under the same key, so what may have left by itself never leaves again in a bundle, and the other way round:

    decided to leave by itself   leaves by itself again; if quiet hours have begun, the inbox keeps it apart
    decided to wait              is handed to the inbox, unless that has it or let it leave already
    not decided                  cannot have left: it is decided now

The server has the decisions before anything leaves, with the heartbeat of this activity. A later activity for the same
wave has no heartbeat: there the inbox is asked first, and whatever it does not know leaves by itself.
"""

from temporalio import activity
from temporalio.client import (
    AsyncActivityCancelledError,
    RPCError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)

from delivery.inbox_client import hold, is_known
from delivery.message import Message
from delivery.progress import PendingDelivery, Progress, Result, record_decisions
from delivery.quiet_and_limits import Deferral, Waits, quiet_end
from escalation.waiting import MANY, DeferredMessage, InboxContent

_NO_ANSWER = (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError)


class Decisions:
    """Those of one attempt at the wave of *progress*. *is_repeat*: an earlier activity may have sent any of it."""

    def __init__(self, progress: Progress, waits: Waits, *, is_repeat: bool) -> None:
        self._progress = progress
        self._waits = waits
        self._earlier = frozenset(progress.decided)
        self._is_repeat = is_repeat
        self._now = activity.info().started_time

    async def make(self) -> None:
        """
        Decide what is not decided, and have it on record. If that fails nothing is decided, and the messages come back.
        """
        before = self._progress.decided
        new = {each.key: self._wait_of(each) for each in self._progress.untold if self._is_undecided(each)}
        if not new:
            return
        self._progress.decided = before | new
        try:
            await record_decisions(self._progress)
        except (RPCError, AsyncActivityCancelledError) as fault:
            self._progress.decided = before
            activity.logger.warning("decision_not_recorded", extra={"fault": type(fault).__name__})

    async def held(self, message: Message) -> Result | None:
        """What became of *message* if it waits, or must come back; None: it leaves now."""
        decided = self._progress.decided
        if not message.can_wait:
            return None
        if message.key not in decided:
            return PendingDelivery(
                message.undelivered(("whether it has to wait could not be recorded",)), after=None
            )
        wait = decided[message.key]
        try:
            if self._may_be_there(message, wait) and await is_known(message.key, message.recipient.id):
                return message.held(wait.until if wait else self._now, wait.why if wait else MANY)
            if wait:
                return await self._hold(message, wait)
            if quiet := quiet_end(message, self._now):  # begun since it was decided
                return await self._hold(message, quiet, letter=message.key)
        except _NO_ANSWER as fault:
            about = message.log_fields | {
                "channel": "",
                "is_for_good": False,
                "fault": type(fault).__name__,
            }
            activity.logger.warning("message_failed", extra=about)
            return PendingDelivery(
                message.undelivered(("it has to wait, and could not be put aside",)), after=None
            )
        return None

    def _is_undecided(self, message: Message) -> bool:
        return message.can_wait and message.key not in self._progress.decided

    def _wait_of(self, message: Message) -> Deferral | None:
        return None if self._is_repeat else self._waits.wait_of(message, message.first_channel, self._now)

    def _may_be_there(self, message: Message, wait: Deferral | None) -> bool:
        """In the inbox, by an attempt of which nothing is known; or it was, and that has ended since."""
        return self._is_repeat or (wait is not None and message.key in self._earlier)

    async def _hold(self, message: Message, wait: Deferral, letter: str = "") -> Result:
        held = DeferredMessage(
            notice=message.notice.changed(to=(message.recipient,)),
            channel=message.first_channel,
            since=self._now,
            until=wait.until if wait.is_quiet else self._now,
            letter=letter,
        )
        await hold((held,), InboxContent(sent=self._waits.sent_to(message)))
        activity.logger.debug("message_deferred", extra=message.log_fields | {"why": wait.why})
        return message.held(wait.until, wait.why)
