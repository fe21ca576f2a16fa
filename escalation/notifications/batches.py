"""Batches of notifications. A batch bounds what is sent to Temporal, and what may be answered to it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from escalation.kernel.budgets import LARGEST_BATCH, LONGEST_WHY, RECEIPTS, size_of
from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    NotificationBatch,
    message_key,
)
from escalation.policy.people import Recipient

_RECEIPT = 300 + 4 * LONGEST_WHY
"""Bytes of a delivery result beside its key and its recipient: times, names of fields, the reason."""


def batches_of(notices: Sequence[InternalNotification | CustomerNotification]) -> Iterator[NotificationBatch]:
    """
    Yield *notices* in their order in batches that Temporal takes: nearly always one. A notification of very many people
    is split over several; each message keeps its key.
    """
    batch: list[InternalNotification | CustomerNotification] = []
    sent = answered = 0
    for notice in notices:
        facts = size_of(notice.facts)
        part: list[Recipient] = []
        sent += facts
        for recipient in notice.to:
            more, answer = size_of(recipient), result_size(notice, recipient)
            if (batch or part) and (sent + more > LARGEST_BATCH or answered + answer > RECEIPTS):
                yield NotificationBatch(
                    notices=(*batch, replace(notice, to=tuple(part))) if part else tuple(batch)
                )
                batch, part, sent, answered = [], [], facts, 0
            part.append(recipient)
            sent += more
            answered += answer
        batch.append(replace(notice, to=tuple(part)))
    if batch:
        yield NotificationBatch(notices=tuple(batch))


def result_size(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> int:
    """Return the bytes that the result of this message takes at most."""
    return size_of(message_key(notice, recipient)) + size_of(recipient.id) + _RECEIPT
