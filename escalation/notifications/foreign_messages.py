"""
Foreign messages: messages and delivery results that reach a run and are not about its own messages.

What waits in an inbox comes back before it leaves, and what became of it comes back after. Both come by the wire, where
anybody who reaches Temporal can send the like. So a message leaves only if whoever it is said to be from knows it, and
a result counts only if that message is known. What a run has forgotten, because its timeline no longer goes
back so far, it cannot deny.
"""

from collections.abc import Iterable
from datetime import datetime

from escalation.kernel.cause import instant_in
from escalation.notifications.delivery_results import ARRIVED, DeliveryResult, MessageState, latest_results
from escalation.notifications.notification import Notification, NotificationBatch, message_key
from escalation.policy.people import Recipient

NOT_OURS, SENT_ALREADY = "not one of its messages", "sent already"
_OVER = ARRIVED | {MessageState.DROPPED}


def find_foreign_messages(
    batch: NotificationBatch,
    own: str,
    known: Iterable[DeliveryResult],
    under_way: Iterable[NotificationBatch],
    since: int = 0,
) -> dict[str, str]:
    """
    Return the messages of *batch*, by key, that should not leave in the name of the run whose messages begin with
    *own*, and why. *known*: all results of its messages. *since*: the first event of its timeline.
    """
    results, sent = latest_results(known), tuple(notice for each in under_way for notice in each.notices)
    return {
        message_key(notice, to): why
        for notice in batch.notices
        for to in notice.to
        if (why := _why_not(notice, to, own, results=results, sent=sent, since=since))
    }


def _why_not(
    notice: Notification,
    to: Recipient,
    own: str,
    *,
    results: dict[str, DeliveryResult],
    sent: tuple[Notification, ...],
    since: int,
) -> str:
    key = message_key(notice, to)
    if not key.startswith(own):
        return NOT_OURS
    if any(to in each.to and message_key(each, to) == key for each in sent):
        return ""
    result = results.get(key)
    if result and result.recipient == to.id:
        return SENT_ALREADY if result.state in _OVER else ""
    return "" if notice.seq < since else NOT_OURS


def select_own_results(
    reported: Iterable[DeliveryResult],
    own: str,
    known: Iterable[DeliveryResult],
    under_way: Iterable[NotificationBatch],
    forgotten_until: datetime | None = None,
) -> tuple[DeliveryResult, ...]:
    """
    Return the results in *reported* of messages that the run has sent: key, recipient and occasion are the same.
    *forgotten_until*: the begin of its timeline, if there was something before it.
    """
    ours = {(each.key, each.recipient, each.occasion) for each in known}
    ours |= {
        (message_key(notice, to), to.id, notice.occasion.value)
        for batch in under_way
        for notice in batch.notices
        for to in notice.to
    }
    return tuple(
        each
        for each in reported
        if (each.key, each.recipient, each.occasion) in ours or _is_forgotten(each.key, own, forgotten_until)
    )


def _is_forgotten(key: str, own: str, until: datetime | None) -> bool:
    at = instant_in(key.removeprefix(own)) if until else None
    return bool(until and at and at <= until)
