"""
Stage Defer: quiet hours and limits decide once whether a message leaves now, and the decision is kept (COMM-11,
COMM-12).
"""

from dataclasses import replace

import structlog

from delivery import inbox_client
from delivery.batch_progress import Attempt, Deferral, Outcome, PendingDelivery, Progress
from delivery.quiet_deferral import quiet_deferral
from delivery.recipient_limit import RecipientLimits
from delivery.recipient_message import Message
from delivery.stage import Stage
from escalation.notifications.inbox import MANY, DeferredMessage, InboxContent

log = structlog.get_logger(__name__)


# Of a message that was under way when a worker died, nobody knows whether it left. A receiver can drop the repeat only
# under the same key, so what may have left by itself must never leave again in a digest, and the other way round:
#
#     decided to leave by itself   leaves by itself again; if quiet hours have begun, the inbox keeps it apart
#     decided to wait              is handed to the inbox, unless that has it or let it leave already
#     not decided                  cannot have left: it is decided now
#
# The server has the decisions before any message of the batch leaves, with the heartbeat of this activity. A later
# activity for the same batch has no heartbeat: there the inbox is asked first, and whatever it does not know leaves by
# itself.


class Defer(Stage):
    def __init__(self, progress: Progress, attempt: Attempt, limits: RecipientLimits) -> None:
        self._progress = progress
        self._attempt = attempt
        self._limits = limits
        self._decided_earlier = frozenset(progress.decisions)

    async def prepare(self) -> None:
        """Decide what is not decided. If the server cannot keep it, nothing is decided, and the messages come back."""
        before = self._progress.decisions
        undecided = (
            each for each in self._progress.pending if each.may_be_deferred and each.key not in before
        )
        new = {message.key: self._decide(message) for message in undecided}
        if not new:
            return
        self._progress.decisions = before | new
        if not await self._attempt.save(self._progress):
            self._progress.decisions = before

    async def handle(self, message: Message) -> Message | Outcome:
        if not message.may_be_deferred:
            return message
        if message.key not in self._progress.decisions:
            return _pending(message, "whether it has to wait could not be recorded")
        try:
            return await self._carry_out(message, self._progress.decisions[message.key])
        except inbox_client.NO_ANSWER as fault:
            message.log_failure(type(fault).__name__, is_for_good=False)
            return _pending(message, "it has to wait, and could not be put aside")

    def _decide(self, message: Message) -> Deferral | None:
        # Of a repeated batch nothing is counted: whatever the inbox does not know may have left.
        if self._attempt.is_repeat:
            return None
        now = self._attempt.started_at
        return quiet_deferral(message, now) or self._limits.deferral_of(message, now)

    async def _carry_out(self, message: Message, decision: Deferral | None) -> Message | Outcome:
        now = self._attempt.started_at
        may_be_in_inbox = self._attempt.is_repeat or (decision and message.key in self._decided_earlier)
        if may_be_in_inbox and await inbox_client.has_message(message.key, message.recipient.id):
            return message.deferred(decision.until if decision else now, decision.why if decision else MANY)
        if decision:
            return await self._put_aside(message, decision)
        if quiet := quiet_deferral(message, now):  # begun since it was decided
            return await self._put_aside(message, quiet, may_have_left_as=message.key)
        return message

    async def _put_aside(self, message: Message, deferral: Deferral, may_have_left_as: str = "") -> Outcome:
        now = self._attempt.started_at
        held = DeferredMessage(
            notice=replace(message.notice, to=(message.recipient,)),
            channel=message.first_channel,
            since=now,
            until=deferral.until if deferral.is_quiet else now,
            digest_key=may_have_left_as,
        )
        await inbox_client.defer(InboxContent(held=(held,), sent=self._limits.sent_to(message)))
        log.debug("message_deferred", **message.log_fields, why=deferral.why)
        return message.deferred(deferral.until, deferral.why)


def _pending(message: Message, obstacle: str) -> PendingDelivery:
    return PendingDelivery(message.undelivered((obstacle,)))
