"""
One notice of one event: who is told something by the stronger of two notices does not get the weaker one, too.

Owns which notice makes which other one needless. It must not know why anybody is told. An event here is a person's move
or a due time that came, with all that follows from it; two that come at once stay two, and so do two things to do.
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
    # An assignment and a rise say why, and by then who has it and with which priority.
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
"""A customer is asked for nothing but an answer: only news can say the same twice."""


def remove_redundant(effects: Sequence[_Effect]) -> Iterator[_Effect]:
    """Return *effects* of one event, in their order, each notification without those who get a stronger one."""
    told = {type_: _occasions_of(effects, type_) for type_ in (InternalNotification, CustomerNotification)}
    for effect in effects:
        if not isinstance(effect, InternalNotification | CustomerNotification):
            yield effect
        elif kept := _without_redundant(effect, told):
            yield cast("_Effect", kept)


def _without_redundant(
    notification: Notification, told: Mapping[type[Notification], Mapping[str, set[Occasion]]]
) -> Notification | None:
    rules = MADE_NEEDLESS_BY if isinstance(notification, InternalNotification) else OF_CUSTOMERS
    stronger = rules.get(notification.occasion, frozenset())
    to = tuple(each for each in notification.to if stronger.isdisjoint(told[type(notification)][each.id]))
    if len(to) == len(notification.to):
        return notification
    return replace(notification, to=to) if to else None


def _occasions_of(
    effects: Iterable[object], kind: type[InternalNotification | CustomerNotification]
) -> dict[str, set[Occasion]]:
    """By recipient."""
    found: dict[str, set[Occasion]] = {}
    for effect in effects:
        if isinstance(effect, kind):
            for each in effect.to:
                found.setdefault(each.id, set()).add(effect.occasion)
    return found
