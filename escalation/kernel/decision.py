"""
The decision loop of every process of ours: case, task force and sponsorship.

A process is its state, and its state is a fold over events. To decide a command means, always in this order:

1. **Settle.** Every due time that has come by now happens first, the earliest first, as if somebody had looked at it
   on time. A command that arrives at 10:05 finds the escalation at the level to which it was raised at 10:00.
2. **Permit.** The lifecycle, an obstacle or the roles may refuse the command.
3. **Carry out.** The rule of the command records events, each of which changes the state at once, and asks for effects.
4. **Settle again**, since a command may move a due time into the past.

All of that happens on one piece of *work*, which becomes the decision at the end, or is thrown away whole when a rule
refuses: nothing is ever half done. Law: the state changes by `record` alone, so that folding the events of a process
gives its state again.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from escalation.kernel.event import RecordedEvent, stamped
from escalation.kernel.proof import Door
from escalation.kernel.values import ENGINE

State = TypeVar("State")
Event = TypeVar("Event", bound=RecordedEvent)
Effect = TypeVar("Effect")


@dataclass(frozen=True, slots=True)
class Decision(Generic[State, Event, Effect]):
    """The answer to a command: the new state, what happened, and what must be done."""

    state: State
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]


@dataclass(slots=True)
class Work(ABC, Generic[State, Event, Effect]):
    """One decision in the making: the state so far, the events recorded and the effects asked for."""

    state: State
    now: datetime
    asked: str
    """The kind of the command that is decided, or of the event that begins the process."""
    by: str = ENGINE
    door: Door | None = None
    """The way that the message came in by which is decided."""
    cause: str = field(init=False)
    """Name of the cause of notifications: the command, or the due time that is handled."""
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    notified_events: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """Numbers of the events that somebody was notified of, by cause and occasion."""

    @property
    @abstractmethod
    def sequence(self) -> int:
        """Return the number of the last event that the state knows."""

    @abstractmethod
    def after(self, event: Event) -> State:
        """Return the state after *event*."""

    def record(self, event: Event) -> None:
        """Record that this happened, now, by whoever is at work."""
        door = None if self.by == ENGINE else self.door
        event = stamped(event, self.sequence + 1, self.now, self.by, door)
        self.events.append(event)
        self.state = self.after(event)

    def do(self, effect: Effect) -> None:
        """Ask the shell for *effect*, once the decision is kept."""
        self.effects.append(effect)

    @contextmanager
    def because_of(self, cause: str) -> Iterator[None]:
        """Let *cause* be the cause of all that is said inside, unless a due time there names its own."""
        outer, self.cause = self.cause, cause
        yield
        self.cause = outer

    def name_cause(self, occasion: str) -> str:
        """Name the cause of a notification: with a number from the second event on that *occasion* is about."""
        events = self.notified_events.setdefault((self.cause, occasion), [])
        if self.sequence not in events:
            events.append(self.sequence)
        number = events.index(self.sequence) + 1
        return f"{self.cause}.{number}" if number > 1 else self.cause

    def decision(self) -> Decision[State, Event, Effect]:
        return Decision(self.state, tuple(self.events), tuple(self.effects))
