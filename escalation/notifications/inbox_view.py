"""
Inbox as people see it, and who may release it (COMM-11, COMM-12).

When a message leaves by itself is for ``escalation.notifications.inbox``; where it is kept is not known here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from escalation.kernel.ids import Own, own_id
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import BadRequest, Fault, RoleNotAllowed
from escalation.kernel.values import Input, Instant, Name, frozen
from escalation.notifications.inbox import MANY, QUIET, DeferredMessage, InboxContent, leaves_at
from escalation.notifications.notification import reference_of
from escalation.policy.classification import Priority
from escalation.policy.people import Contact
from escalation.policy.preferences import CountedMessage

MANAGER = "escalation_manager"


@frozen
class DeferredEntry:
    """A deferred message."""

    key: str
    """Key of the message."""
    escalation: str
    """The escalation's key."""
    priority: Priority
    occasion: str
    channel: str
    """Channel by which it would go first."""
    since: Instant
    until: Instant
    """Time at which it leaves, as far as is known."""
    why: Part


class Release(Input):
    """Let everything that waits leave now, at whatever hour and whatever the limit."""

    by: Name


def inbox_key(who: str) -> str:
    """
    Return the workflow id of the inbox of *who*. A customer's contact, ``ACCOUNT:ADDRESS``, is known by a digest: the
    address is nobody's business.
    """
    name = f"customer:{hashlib.sha256(who.encode()).hexdigest()[:32]}" if ":" in who else who
    return own_id(Own.INBOX, name)


def require_fit_for(inbox: str, waiting: InboxContent, now: datetime) -> InboxContent:
    """
    Return *waiting* as an inbox of that id can keep it. A message cannot have been sent later than *now*: the limit
    would defer others for that time.

    Raises:
        BadRequest: If a message is for anybody else, or for several.
    """
    faults = [
        Fault(
            where=f"held.{number}",
            given=reason("given.recipients", len(held.notice.to)),
            allowed=reason("allowed.recipient_of", inbox),
        )
        for number, held in enumerate(waiting.held)
        if [inbox_key(to.id) for to in held.notice.to] != [inbox]
    ]
    if faults:
        raise BadRequest.because(reason("of.release"), faults)
    return replace(waiting, sent=tuple(replace(each, at=min(each.at, now)) for each in waiting.sent))


def list_deferred(
    held: Iterable[DeferredMessage], sent: Sequence[CountedMessage], now: datetime
) -> tuple[DeferredEntry, ...]:
    """Return all that waits, and until when; what leaves first comes first."""
    found = [_shown(each, leaves_at(each, sent, now), now) for each in held]
    return tuple(sorted(found, key=lambda each: each.until))


def make_release_result(held: Iterable[DeferredMessage], by: Contact) -> tuple[DeferredMessage, ...]:
    """
    Raises:
        RoleNotAllowed: If *by* is neither the one for whom they wait, nor manages escalations.
    """
    held = tuple(held)
    if MANAGER not in by.roles and any(each.recipient.id != by.id for each in held):
        raise RoleNotAllowed(reason("may_not_release", by.name, held[0].recipient.name))
    return tuple(replace(each, is_released=True) for each in held)


def _shown(held: DeferredMessage, until: datetime, now: datetime) -> DeferredEntry:
    return DeferredEntry(
        key=held.key,
        escalation=reference_of(held.notice),
        priority=held.notice.facts.priority,
        occasion=held.notice.occasion.value,
        channel=held.channel,
        since=held.since,
        until=until,
        why=QUIET if held.until > now else MANY,
    )
