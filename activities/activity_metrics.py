"""
Metrics of activities: messages as they are settled, and events as they are put on record.

Owns their names and labels, which are few: a label has one of a known set of words, never somebody's own.
"""

from collections.abc import Iterable
from datetime import timedelta

from temporalio import activity

from delivery.recipient_message import Message
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import InternalNotification, Occasion

DELIVERIES = "escalation_deliveries"
BREACH_DELIVERY = "escalation_breach_delivery"
RECORDED = "escalation_recorded_events"
NOT_RECORDED = "escalation_record_failures"

NO_CHANNEL = "none"
"""Label of the channel of a message that no channel was asked to take."""


def count_deliveries(messages: Iterable[Message], settled: Iterable[DeliveryResult]) -> None:
    """Count the *settled* results of *messages*, and how long after its due time the news of a breach left."""
    meter = activity.metric_meter()
    counter = meter.create_counter(DELIVERIES, "Messages that were settled, by channel and result")
    lateness = meter.create_histogram_timedelta(
        BREACH_DELIVERY, "Time from a due time that passed until a channel had the message", "duration"
    )
    notices = {
        key: notice for message in messages for key, notice in zip(message.keys, message.notices, strict=True)
    }
    for result in settled:
        channel = result.channel or NO_CHANNEL
        counter.add(1, {"channel": channel, "result": result.state.value})
        notice = notices[result.key]
        if not isinstance(notice, InternalNotification) or notice.occasion is not Occasion.BREACH:
            continue
        if notice.facts.due_at and result.delivered_at:
            late = max(result.delivered_at - notice.facts.due_at, timedelta())
            lateness.record(late, {"channel": channel})


def count_recorded(events: int) -> None:
    """Count events that are on record now."""
    activity.metric_meter().create_counter(RECORDED, "Events that were put on record").add(events)


def count_record_failure(code: str) -> None:
    """Count an attempt to put events on record that failed; it is made again."""
    activity.metric_meter().create_counter(
        NOT_RECORDED, "Attempts to put events on record that failed, by the code of the fault"
    ).add(1, {"code": code})
