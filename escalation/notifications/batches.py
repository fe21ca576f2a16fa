"""
Waves: messages in parts that Temporal takes. A part bounds what is sent, and what may be answered to it.
"""

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
"""Bytes of a receipt beside its key and its recipient: times, names of fields, what stood in the way."""


def batches_of(notices: Sequence[InternalNotification | CustomerNotification]) -> Iterator[NotificationBatch]:
    """
    *notices* in their order as waves that Temporal takes: nearly always one. A notice to very many people goes out
    in parts; each message keeps its key.
    """
    wave: list[InternalNotification | CustomerNotification] = []
    sent = told = 0
    for notice in notices:
        facts = size_of(notice.facts)
        part: list[Recipient] = []
        sent += facts
        for recipient in notice.to:
            more, answer = size_of(recipient), result_size(notice, recipient)
            if (wave or part) and (sent + more > LARGEST_BATCH or told + answer > RECEIPTS):
                yield NotificationBatch(
                    notices=(*wave, replace(notice, to=tuple(part))) if part else tuple(wave)
                )
                wave, part, sent, told = [], [], facts, 0
            part.append(recipient)
            sent += more
            told += answer
        wave.append(replace(notice, to=tuple(part)))
    if wave:
        yield NotificationBatch(notices=tuple(wave))


def result_size(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> int:
    """Bytes that a receipt of this message takes at most."""
    return size_of(message_key(notice, recipient)) + size_of(recipient.id) + _RECEIPT
