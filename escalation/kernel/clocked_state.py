"""Base of the state of a process that has clocks: which run, and when each of them wants attention next. No rule."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Pause, count_passed_thresholds, derive_clock, derive_next_instant
from escalation.kernel.event import RecordedEvent
from escalation.kernel.values import Instant, frozen


@frozen
class ClockedState(ABC):
    clocks: tuple[Clock, ...] = ()
    """At most one of each name: the one that runs, or else the last that ran."""
    sequence: int = 0
    """Number of its last event."""
    latest_at: Instant | None = None
    """Instant of its last event."""
    before_latest: int = 0
    """Number of the last event before that instant."""

    @property
    @abstractmethod
    def is_attended(self) -> bool:
        """Return whether something can still become due by itself."""

    @property
    @abstractmethod
    def next_due_at(self) -> datetime | None:
        """Return the next instant by which somebody must have acted."""

    @property
    @abstractmethod
    def chase_every(self) -> timedelta:
        """Return the time between two chasers of a breached clock."""

    def with_event_counted(self, event: RecordedEvent) -> Self:
        """Return this state with *event* as its last one."""
        before = self.before_latest if event.at == self.latest_at else self.sequence
        return replace(self, sequence=event.seq, latest_at=event.at, before_latest=before)

    def count_events_at(self, now: datetime) -> int:
        """Return how many events have happened at *now*, which is no earlier than the last of them."""
        return self.sequence - self.before_latest if now == self.latest_at else 0

    def hours(self, calendar: str | None) -> OpenHours | None:  # noqa: ARG002 - for processes with calendars
        return None

    @property
    def pauses(self) -> tuple[Pause, ...]:
        return ()

    def clock(self, name: ClockName) -> Clock | None:
        for clock in self.clocks:
            if clock.name is name:
                return clock
        return None

    @property
    def running_clocks(self) -> tuple[Clock, ...]:
        return tuple(clock for clock in self.clocks if clock.ended_at is None)

    def is_clock_running(self, name: ClockName) -> bool:
        return any(clock.name is name for clock in self.running_clocks)

    def count_passed_thresholds(self, clock: Clock, at: datetime) -> int:
        """Return how many thresholds of *clock* are behind *at*."""
        return count_passed_thresholds(clock, self.hours(clock.calendar), self.pauses, at)

    def derive_clock(self, clock: Clock) -> Clock:
        """Return *clock* with all of its instants computed again."""
        return derive_clock(clock, self.hours(clock.calendar), self.pauses, self.chase_every)

    def derive_next_instant(self, clock: Clock) -> Clock:
        """Return *clock* with the instant at which it is looked at next."""
        return derive_next_instant(clock, self.hours(clock.calendar), self.pauses, self.chase_every)

    def with_clocks(self, clocks: Iterable[Clock]) -> Self:
        """Return this state with *clocks*, all of their instants computed again."""
        return replace(self, clocks=tuple(map(self.derive_clock, clocks)))

    def with_started_clock(self, started: Clock) -> Self:
        """Return this state with *started*, in place of the one of its name that ran last."""
        others = tuple(clock for clock in self.clocks if clock.name is not started.name)
        return replace(self, clocks=(*others, started))

    def with_changed_clock(self, name: ClockName, change: Callable[[Clock], Clock]) -> Self:
        """Return this state with one clock changed, and when it is looked at next computed again."""
        clocks = (
            self.derive_next_instant(change(clock)) if clock.name is name else clock for clock in self.clocks
        )
        return replace(self, clocks=tuple(clocks))
