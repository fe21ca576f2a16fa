"""
Redundancy: of two notifications of one event, a recipient gets only the stronger one.

Owns which occasion makes which other one needless. It must not know why people are notified. An event is a person's
move or a due time that came, with all that follows from it; two that come at once stay two, and so do two things to do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from escalation.notifications.notification import (
    CustomerNotification,
    InternalNotification,
    Notification,
    Occasion,
)

_Effect = TypeVar("_Effect")

MADE_NEEDLESS_BY: Mapping[Occasion, frozenset[Occasion]] = {
    # An assignment and a raise say why, and by then who owns it and with which priority.
    Occasion.FIRST_NOTIFICATION: frozenset({Occasion.ASSIGNED}),
    Occasion.LEVEL_RAISED: frozenset({Occasion.ASSIGNED}),
    Occasion.PRIORITY_CHANGED: frozenset({Occasion.ASSIGNED, Occasion.LEVEL_RAISED}),
    Occasion.REBASED: frozenset({Occasion.ASSIGNED, Occasion.LEVEL_RAISED}),
    Occasion.REOPENED: frozenset({Occasion.ASSIGNED, Occasion.LEVEL_RAISED}),
    Occasion.NOBODY_ON_CALL: frozenset({Occasion.ASSIGNED, Occasion.LEVEL_RAISED}),
    # A breach says what is overdue, and waits for no quiet hours.
    Occasion.BROUGHT_IN: frozenset({Occasion.BREACH}),
    # What is wanted next says that it is resolved.
    Occasion.RESOLVED: frozenset({Occasion.ACCESS_WANTED, Occasion.RCA_WANTED}),
    Occasion.TEXT_REJECTED: frozenset({Occasion.CANCELLED}),
}
OF_CUSTOMERS: Mapping[Occasion, frozenset[Occasion]] = {
    Occasion.HAND_OVER: frozenset({Occasion.REOPENED, Occasion.CASE_RECEIVED}),
}
"""A customer is asked for nothing but an answer: only two messages of news can say the same."""


def remove_redundant(effects: Sequence[_Effect]) -> Iterator[_Effect]:
    """Yield the *effects* of one event, in their order, each notification without those who get a stronger one."""
    occasions = {
        type_: _occasions_of(effects, type_) for type_ in (InternalNotification, CustomerNotification)
    }
    for effect in effects:
        if not isinstance(effect, InternalNotification | CustomerNotification):
            yield effect
        elif kept := _without_redundant(effect, occasions):
            yield cast("_Effect", kept)


def _without_redundant(
    notification: Notification, occasions: Mapping[type[Notification], Mapping[str, set[Occasion]]]
) -> Notification | None:
    rules = MADE_NEEDLESS_BY if isinstance(notification, InternalNotification) else OF_CUSTOMERS
    stronger = rules.get(notification.occasion, frozenset())
    to = tuple(
        each for each in notification.to if stronger.isdisjoint(occasions[type(notification)][each.id])
    )
    if len(to) == len(notification.to):
        return notification
    return replace(notification, to=to) if to else None


def _occasions_of(
    effects: Iterable[object], kind: type[InternalNotification | CustomerNotification]
) -> dict[str, set[Occasion]]:
    """Return the occasions of the notifications of one *kind*, by recipient."""
    found: dict[str, set[Occasion]] = {}
    for effect in effects:
        if isinstance(effect, kind):
            for each in effect.to:
                found.setdefault(each.id, set()).add(effect.occasion)
    return found
