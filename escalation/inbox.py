"""
What waits for somebody, as people see it, and who may let it leave at once (COMM-11, COMM-12).

When it leaves by itself is for ``escalation.waiting``; who keeps it meanwhile is not known here.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from escalation.base import Asked, Frozen, Instant, Name
from escalation.effects import reference_of
from escalation.errors import RoleNotAllowed
from escalation.ids import Own, own_id
from escalation.plan import Contact, Priority
from escalation.preferences import Sent
from escalation.waiting import MANY, QUIET, Held, leaves_at

MANAGER = "escalation_manager"


class InWait(Frozen):
    """One message that waits."""

    key: str
    """Of the message."""
    escalation: str
    """The escalation's key."""
    priority: Priority
    occasion: str
    channel: str
    """By which it would go first."""
    since: Instant
    until: Instant
    """When it leaves, as far as is known."""
    why: str


class Release(Asked):
    """Let everything that waits leave now, at whatever hour and whatever the limit."""

    by: Name


def inbox_key(who: str) -> str:
    """
    What the inbox of *who* is called. A customer's contact, ``ACCOUNT:ADDRESS``, is known by a digest: the address is
    nobody's business.
    """
    name = f"customer:{hashlib.sha256(who.encode()).hexdigest()[:32]}" if ":" in who else who
    return own_id(Own.INBOX, name)


def in_wait(held: Iterable[Held], sent: Sequence[Sent], now: datetime) -> tuple[InWait, ...]:
    """All that waits, and until when; what leaves first comes first."""
    found = [_shown(each, leaves_at(each, sent, now), now) for each in held]
    return tuple(sorted(found, key=lambda each: each.until))


def released(held: Iterable[Held], by: Contact) -> tuple[Held, ...]:
    """
    Raises:
        RoleNotAllowed: If *by* is neither the one for whom they wait, nor manages escalations.
    """
    held = tuple(held)
    if MANAGER not in by.roles and any(each.recipient.id != by.id for each in held):
        raise RoleNotAllowed(
            f"{by.name} may not release what waits for {held[0].recipient.name}; who may: they themselves, and "
            "escalation managers"
        )
    return tuple(each.changed(is_released=True) for each in held)


def _shown(held: Held, until: datetime, now: datetime) -> InWait:
    return InWait(
        key=held.key,
        escalation=reference_of(held.notice),
        priority=held.notice.facts.priority,
        occasion=held.notice.occasion.value,
        channel=held.channel,
        since=held.since,
        until=until,
        why=QUIET if held.until > now else MANY,
    )
