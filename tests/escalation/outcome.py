"""The outcome of a decision, in a form that a test can compare: who was notified, what happened."""

from collections.abc import Iterable
from typing import TypeVar

from escalation.case.effects import Effect
from escalation.case.engine import Decision
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.notifications.notification import CustomerNotification, InternalNotification

E = TypeVar("E")


def happened(decision: Decision) -> list[str]:
    """The kinds of the events, in order, without those of clocks that start and end."""
    return [event.kind for event in decision.events if event.kind not in {"clock_started", "clock_ended"}]


def the(kind: type[E], decision: Decision) -> E:
    """The one event of that kind."""
    (event,) = (event for event in decision.events if isinstance(event, kind))
    return event


def told(decision: Decision) -> list[str]:
    """Return who is notified of what, in order: ``rise: ana, mia``. The list is complete."""
    return [
        f"{notice.occasion}: {', '.join(to.id for to in notice.to)}" for notice in notices(decision.effects)
    ]


def notices(effects: Iterable[Effect]) -> list[InternalNotification | CustomerNotification]:
    return [effect for effect in effects if isinstance(effect, InternalNotification | CustomerNotification)]


def internal(decision: Decision, occasion: str) -> InternalNotification:
    """The one internal notice of that occasion."""
    (found,) = (
        notice
        for notice in decision.effects
        if isinstance(notice, InternalNotification) and notice.occasion == occasion
    )
    return found


def to_customers(decision: Decision, occasion: str) -> CustomerNotification:
    """The one notice to customers of that occasion."""
    (found,) = (
        notice
        for notice in decision.effects
        if isinstance(notice, CustomerNotification) and notice.occasion == occasion
    )
    return found


def clock(escalation: Escalation, name: ClockName) -> Clock:
    found = escalation.clock(name)
    assert found, f"no {name} clock"
    return found
