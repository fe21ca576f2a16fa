"""
Deliver a batch of notifications, or what waited for one recipient as a digest.

Temporal around `delivery.pipeline`: attempts, heartbeats, and what the workflow gets back.
"""

from collections.abc import Awaitable

import structlog
from temporalio import activity

from activities.activity_metrics import count_deliveries
from activities.batch_heartbeat import (
    current_attempt,
    earlier_decisions,
    earlier_results,
    error_of,
    heartbeats,
)
from delivery.batch_progress import Progress
from delivery.pipeline import Pipeline
from delivery.recipient_message import digest_messages, single_messages
from escalation import contract
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.inbox import Digest
from escalation.notifications.notification import NotificationBatch

log = structlog.get_logger(__name__)


class DeliverMessages:
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @activity.defn(name=contract.DELIVER_MESSAGES)
    async def deliver_messages(self, batch: NotificationBatch) -> tuple[DeliveryResult, ...]:
        """
        Notify everybody in *batch*, and return what became of each message, in the order of the batch. Who is not to be
        disturbed, or got much already, is notified later: the message is in their inbox, and its result says so.

        Raises:
            ApplicationError: (`delivery_pending`) If somebody is still to be notified, now or by another worker. Its
                details, and those of every heartbeat: the results so far, and what stands in the way of the others.
        """
        progress = Progress(single_messages(batch), earlier_results(), earlier_decisions())
        attempt = current_attempt(is_repeat=batch.is_repeat)
        return await _report(progress, self._pipeline.deliver_batch(progress, attempt))

    @activity.defn(name=contract.DELIVER_DIGEST)
    async def deliver_digest(self, digest: Digest) -> tuple[DeliveryResult, ...]:
        """
        Notify the one recipient of *digest* of all that waited, in one message, but for what is outdated.

        Raises:
            ApplicationError: As `deliver_messages`.
        """
        progress = Progress(digest_messages(digest), earlier_results())
        delivery = self._pipeline.deliver_digest(progress, current_attempt(), at_any_hour=digest.at_any_hour)
        return await _report(progress, delivery)


async def _report(progress: Progress, delivery: Awaitable[None]) -> tuple[DeliveryResult, ...]:
    earlier = frozenset(progress.settled)
    async with heartbeats(progress):
        await delivery
        count_deliveries(
            progress.messages, (result for key, result in progress.settled.items() if key not in earlier)
        )
        log.info("batch_delivered", **progress.figures)
        if next(progress.pending, None):
            raise error_of(progress)
        return progress.results
