"""
The clock loop of every process of ours: what is due, in which order, and what follows.

Theory of operation
-------------------

Each process has one table with a row for each of its clocks. A row says what the clock promises, what starts, ends
and holds it, how long it runs, and what is done when it wants attention. This file does the rest, for all of them.

A clock wants attention at ``next_at`` (``clocks.py``): at each threshold, at its due time, and once it is breached,
again and again. Nothing here trusts that a timer fired on time, or at all: whenever anything is decided, what is due by
then happens first, the earliest first. Example: a status is due each 4 h, with a reminder at 75 %, and chased each day.

    08:00 started    11:00 reminded    12:00 breached    12:00 next day chased    …    ended by the report

A worker that was away from 10:30 to 14:00 finds it due and says so once: the breach. The reminder counts as skipped
(CLOCK-2), as all chases but the last would. A command that comes at 14:00 finds the status breached, not about to be.

A *promise* is breached at its due time, and is chased until something ends it. An *agreed time*, such as the end of a
pause, just comes: its row does what was agreed.

Laws: ``expire`` of an agreed time ends its clock or starts it again; otherwise the loop would find it due for ever.
Of two clocks due at one instant, the row that ``is_last`` waits. A threshold that a change of due times put behind us
is recorded as skipped; nobody is reminded of it late.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar

from escalation.kernel import decision
from escalation.kernel.cause import cause_of_clock, cause_of_command
from escalation.kernel.clock_events import (
    ClockBreached,
    ClockChased,
    ClockEnded,
    ClockEvent,
    ClockStarted,
    ThresholdPassed,
    ThresholdsSkipped,
)
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.clocks import Clock, Outcome, Timing, is_over, retime_clock
from escalation.kernel.event import RecordedEvent

State = TypeVar("State", bound=ClockedState)
Event = TypeVar("Event", bound=RecordedEvent)
Effect = TypeVar("Effect")
AnyWork = TypeVar("AnyWork", bound="ClockedWork[Any, Any, Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow(ABC, Generic[State, AnyWork]):
    """One clock of a process: a row of its table."""

    promise: str
    """One plain sentence."""
    starts: tuple[str, ...]
    """Kinds of the events that start it."""
    ends: tuple[str, ...]
    """Kinds of the events that end it, beside a fresh start; an agreed time also ends by itself."""
    held_by: tuple[str, ...] = ()
    """Kinds of the events after which it stands still for a time."""
    is_agreed: bool = False
    """True for an agreed time rather than a promise: when it comes something is done, and nothing is breached."""
    is_last: bool = False
    """True if it comes last of two clocks that are due at once."""

    @abstractmethod
    def timing(self, now: State, name: ClockName) -> Timing | None:
        """Return how long it runs if it starts now, and when people are reminded; None: it does not run."""

    def remind(self, work: AnyWork, clock: Clock) -> None:
        """Notify whoever must act before it is due."""

    @abstractmethod
    def expire(self, work: AnyWork, clock: Clock) -> None:
        """Do what follows from its due time; a breach is on record by then."""

    def chase(self, work: AnyWork, clock: Clock, times: int) -> None:
        """Bring it up again, for the time of that number since its breach."""

    def managers_alerted(self, now: State, times: int = 0) -> tuple[str, ...]:  # noqa: ARG002 - most have none
        """Return the managers who are to look at its breach, or at its chaser of number *times*."""
        return ()

    def retarget(self, now: State, clock: Clock) -> Clock:
        """Return *clock* from its original start, by the targets of now; what breached stays breached (CLOCK-4)."""
        timing = self.timing(now, clock.name) if clock.is_running else None
        return retime_clock(clock, timing) if timing else clock


def new_clock(now: ClockedState, name: ClockName, timing: Timing, since: datetime) -> Clock:
    """Return a fresh clock of that name and timing, as of *since*."""
    after, calendar, thresholds = timing
    clock = Clock(name=name, started_at=since, after=after, calendar=calendar, thresholds=thresholds)
    return now.derive_clock(clock)


@dataclass(slots=True)
class ClockedWork(decision.Work[State, Event | ClockEvent, Effect], Generic[State, Event, Effect]):
    """One decision in the making about a process that has clocks."""

    table: Mapping[ClockName, ClockRow[State, Self]] = field(kw_only=True)

    def __post_init__(self) -> None:
        earlier_events = self.state.count_events_at(self.now) - len(self.events)
        self.cause = cause_of_command(self.asked, self.now, earlier_events)

    @property
    def sequence(self) -> int:
        return self.state.sequence

    def begin(self) -> None:
        """Take note that another due time comes, if the process must know where one ends."""

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        with self.because_of(self.cause):
            while clock := self._next_due():
                self.begin()
                self._handle_due(clock)

    def start(self, name: ClockName, since: datetime | None = None) -> None:
        """
        Start a fresh clock, as of *since*; one that still runs is cancelled first. No target, no clock.

        A threshold that is past when it starts is recorded as skipped, not sent late (CLOCK-2).
        """
        self.end(name, Outcome.CANCELLED)
        clock, last = self.new_clock(name, since), self.state.clock(name)
        if clock and last and clock.started_at == last.started_at:
            clock = replace(clock, again=last.again + 1)
        if clock:
            self.record(ClockStarted(clock=clock))
        if clock and since:
            self._skip_past_thresholds_of(clock)

    def new_clock(self, name: ClockName, since: datetime | None = None) -> Clock | None:
        """Return a fresh clock, as of *since*; None where nothing sets it a target."""
        timing = self.table[name].timing(self.state, name)
        return new_clock(self.state, name, timing, since or self.now) if timing else None

    def start_until(self, name: ClockName, due_at: datetime) -> None:
        """Start a clock of no target, which just waits for *due_at*."""
        self.end(name, Outcome.CANCELLED)
        after = max(due_at - self.now, timedelta())
        clock = Clock(name=name, started_at=self.now, after=after, due_at=due_at, next_at=due_at)
        self.record(ClockStarted(clock=clock))

    def end(
        self,
        name: ClockName,
        outcome: Outcome = Outcome.MET,
        at: datetime | None = None,
        *,
        runs_on_if_reopened: bool = False,
    ) -> None:
        """End a running clock, as of *at*; one that has breached ends late, whatever was asked."""
        clock = self.state.clock(name)
        if clock is None or not clock.is_running:
            return
        ended = ClockEnded(
            clock=name, outcome=outcome, ended_at=at or self.now, runs_on_if_reopened=runs_on_if_reopened
        )
        if clock.breached_at:
            late_by = max(timedelta(), ended.ended_at - clock.breached_at)
            ended = replace(ended, outcome=Outcome.BREACHED, late_by=late_by)
        self.record(ended)

    def cancel_clocks(self, *names: ClockName) -> None:
        for name in names:
            self.end(name, Outcome.CANCELLED)

    def skip_past_thresholds(self) -> None:
        """Record thresholds that are past already, because due times changed, as skipped (CLOCK-2)."""
        for clock in self.state.running_clocks:
            self._skip_past_thresholds_of(clock)

    def _skip_past_thresholds_of(self, clock: Clock) -> None:
        passed = self.state.count_passed_thresholds(clock, self.now)
        if clock.breached_at is None and clock.next_at and passed > clock.passed:
            self.record(ThresholdsSkipped(clock=clock.name, passed=passed, skipped=passed - clock.passed))

    def _next_due(self) -> Clock | None:
        now, at = self.state, self.now
        if not now.is_attended:
            return None
        due = [clock for clock in now.running_clocks if clock.next_at and clock.next_at <= at]
        return min(due, key=self._order) if due else None

    def _order(self, clock: Clock) -> tuple[datetime | None, bool]:
        """As they ran out, whatever was missed before it."""
        instant = clock.due_at if is_over(clock, self.now) else clock.next_at
        return instant, self.table[clock.name].is_last

    def _handle_due(self: Self, clock: Clock) -> None:
        row = self.table[clock.name]
        if clock.breached_at:
            times = (self.now - clock.breached_at) // self.state.chase_every
            late_by = times * self.state.chase_every
            self.cause = cause_of_clock(clock, f"late{late_by.total_seconds():.0f}")
            alerted = row.managers_alerted(self.state, times)
            self.record(ClockChased(clock=clock.name, times=times, due_at=clock.breached_at, alerted=alerted))
            row.chase(self, clock, times)
        elif not is_over(clock, self.now):
            self._record_reminder(clock)
            row.remind(self, clock)
        else:
            self.cause = cause_of_clock(clock, "due")
            if not row.is_agreed:
                self._record_breach(clock)
            row.expire(self, clock)

    def _record_reminder(self, clock: Clock) -> None:
        """Of several thresholds behind us only the last speaks."""
        assert clock.next_at
        passed = self.state.count_passed_thresholds(clock, self.now)
        skipped = passed - clock.passed - 1
        self.cause = cause_of_clock(clock, f"{100 * clock.thresholds[passed - 1] / clock.after:.6g}")
        self.record(ThresholdPassed(clock=clock.name, passed=passed, skipped=skipped, due_at=clock.next_at))

    def _record_breach(self: Self, clock: Clock) -> None:
        due_at, passed = clock.due_at, len(clock.thresholds)
        assert due_at
        chased, skipped = (self.now - due_at) // self.state.chase_every, passed - clock.passed
        who = self.table[clock.name].managers_alerted(self.state)
        self.record(
            ClockBreached(
                clock=clock.name, due_at=due_at, passed=passed, skipped=skipped, chased=chased, alerted=who
            )
        )
