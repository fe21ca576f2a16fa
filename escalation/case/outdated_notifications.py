"""
Staleness: whether a message that waited is outdated, asked just before it leaves (COMM-12).

One case an occasion: what must still hold for the message to be worth reading. A message that tells what happened
stays true; one that asks somebody for something, or promises a next time, need not. What cannot be known counts as
valid: twice is better than never.
"""

from collections.abc import Iterable, Sequence

from escalation.case import events as e
from escalation.case.lifecycle import RcaState, State
from escalation.case.next_update import UpdateSent
from escalation.case.on_call import OnCallFound
from escalation.case.state import Escalation
from escalation.kernel.clock_events import ClockEnded
from escalation.kernel.reasons import Part, Reason, reason
from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    Notification,
    NotificationBatch,
    Occasion,
    message_key,
)
from escalation.policy.people import Recipient

_AFTER_THE_END = frozenset(
    {
        Occasion.CLOSED,
        Occasion.CANCELLED,
        Occasion.MERGED,
        Occasion.RESOLVED,
        Occasion.RCA,
        Occasion.SURVEY,
        Occasion.LOW_SCORE,
        Occasion.ACTION_DUE,
        Occasion.SPONSORSHIP_PROPOSED,
        Occasion.TASK_FORCE_STOOD_DOWN,
        Occasion.TEXT_REJECTED,
        Occasion.UNDELIVERABLE,
    }
)
"""Occasions that still matter when the escalation has ended."""
_CHANGES_WHO_IS_ASKED = frozenset({"level_raised", "contact_tried", "transferred"})
"""Kinds of events after which somebody else is asked."""


def find_outdated(now: Escalation, events: Iterable[e.Event], batch: NotificationBatch) -> dict[str, Part]:
    """Return the messages of *batch* that are outdated, by key, and why. *events*: the timeline, or its end."""
    timeline = tuple(events)
    return {
        message_key(notice, recipient): why
        for notice in batch.notices
        if notice.escalation == now.id
        for recipient in notice.to
        if (why := _why_not(now, [each for each in timeline if each.seq > notice.seq], notice, recipient))
    }


def _why_not(  # noqa: C901, PLR0912 - one case an occasion
    now: Escalation, since: Sequence[e.Event], notice: Notification, to: Recipient
) -> Reason | None:
    if not now.is_open and notice.occasion not in _AFTER_THE_END:
        return reason("meanwhile.ended", now.state)
    if isinstance(notice, CustomerNotification) and now.customer_contact(to.id) is None:
        return reason("meanwhile.contact_corrected")
    match notice.occasion:
        case Occasion.ASSIGNED if any(_changes_who_is_asked(event, to.id) for event in since):
            return reason("meanwhile.given_away")
        case Occasion.ASSIGNED | Occasion.ACKNOWLEDGEMENT_EXPIRED if now.acknowledged_by:
            return reason("meanwhile.acknowledged")
        case Occasion.REMINDER if _clock_ended(since, notice):
            return reason("meanwhile.clock_ended")
        case Occasion.UPDATE | Occasion.HOLDING if _updated(since, notice):
            return reason("meanwhile.updated")
        case Occasion.PRIORITY_CHANGED if notice.facts.priority is not now.priority:
            return reason("meanwhile.ended", str(now.priority))
        case Occasion.VERIFICATION_WANTED if now.state is not State.VERIFYING:
            return reason("meanwhile.judged")
        case Occasion.RESOLVED if now.resolution is None or now.resolution.verified_by is None:
            return reason("meanwhile.reopened")
        case Occasion.ACCESS_WANTED if all(each.account in now.access for each in now.request.customers):
            return reason("meanwhile.answered")
        case Occasion.ACCESS_QUESTION if all(account in now.access for account in to.speaks_for):
            return reason("meanwhile.answered")
        case Occasion.CUSTOMER_QUESTION if _is_answered(now, notice):
            return reason("meanwhile.answered")
        case Occasion.RCA_WANTED if now.rca.state is not RcaState.REQUESTED:
            return reason("meanwhile.rca_filed")
        case Occasion.RCA_APPROVAL_WANTED if now.rca.state is not RcaState.DERIVED:
            return reason("meanwhile.decided")
        case Occasion.RCA_SENT_BACK if now.rca.sent_back_by is None:
            return reason("meanwhile.decided")
        case Occasion.RCA_READY if now.rca.state is not RcaState.APPROVED:
            return reason("meanwhile.rca_shared")
        case _:
            return None


def _changes_who_is_asked(event: e.Event, holder: str) -> bool:
    is_relieved = isinstance(event, OnCallFound) and event.instead_of == holder
    return is_relieved or event.kind in _CHANGES_WHO_IS_ASKED


def _is_answered(now: Escalation, notice: Notification) -> bool:
    asked = notice.facts.question if isinstance(notice, CustomerNotification) else 0
    return all(each.number != asked for each in now.questions)


def _clock_ended(since: Sequence[e.Event], notice: Notification) -> bool:
    """Ended, or begun again, since it was reminded of."""
    named = notice.facts.clock if isinstance(notice, InternalNotification) else None
    return any(isinstance(event, ClockEnded) and event.clock is named for event in since)


def _updated(since: Sequence[e.Event], notice: Notification) -> bool:
    """Superseded by a newer update to the same audience; a holding update supersedes its like alone."""
    is_ours = isinstance(notice, InternalNotification)
    updates = (
        event
        for event in since
        if isinstance(event, UpdateSent) and (notice.occasion is Occasion.HOLDING or not event.is_holding)
    )
    return any(update.internal_note if is_ours else update.customer_text for update in updates)
