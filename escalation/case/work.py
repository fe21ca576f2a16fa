"""
One decision in the making: the state so far, the events recorded and the effects asked for.

The moves and the clocks work on it. It is thrown away whole when a rule refuses, so nothing is ever half done. It knows
how to record, how to start and end a clock, and nothing of rules.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from escalation.case.clock_events import ClockEnded, ClockStarted, ThresholdPassed
from escalation.case.clock_targets import clock_for
from escalation.case.effects import Effect
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event
from escalation.kernel import decision
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome, count_passed_thresholds
from escalation.notifications.redundancy import remove_redundant

if TYPE_CHECKING:
    from escalation.case.events import Event


Decision = decision.Decision[Escalation, "Event", Effect]


@dataclass(slots=True)
class Work(decision.Work[Escalation, "Event", Effect]):
    happenings: list[int] = field(default_factory=list)
    """Indexes in the effects at which another event begins."""

    @property
    def sequence(self) -> int:
        return self.state.sequence

    def after(self, event: "Event") -> Escalation:
        return apply_event(self.state, event)

    def begin(self) -> None:
        """Begin another event: a move, or a due time that came."""
        self.happenings.append(len(self.effects))

    def start(self, name: ClockName, since: datetime | None = None) -> None:
        """
        Start a fresh clock, as of *since*; one that still runs is cancelled first. No target, no clock.

        A threshold that is past when it starts is recorded as skipped, not sent late (CLOCK-2).
        """
        self.end(name, Outcome.CANCELLED)
        clock = clock_for(self.state, name, since or self.now)
        if clock:
            self.record(ClockStarted(clock=clock))
        if clock and since:
            self.skip_past_thresholds(clock)

    def skip_past_thresholds(self, clock: Clock) -> None:
        """Record those of a running clock that are behind us by now as skipped."""
        now = self.state
        passed = count_passed_thresholds(clock, now.plan.hours(clock.calendar), now.pauses, self.now)
        if clock.breached_at is None and clock.next_at and passed > clock.passed:
            self.record(
                ThresholdPassed(
                    clock=clock.name,
                    passed=passed,
                    skipped=passed - clock.passed,
                    is_skipped=True,
                    due_at=clock.next_at,
                )
            )

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
        ended_at = at or self.now
        late_by = ended_at - clock.breached_at if clock.breached_at else timedelta()
        self.record(
            ClockEnded(
                clock=name,
                outcome=Outcome.BREACHED if clock.breached_at else outcome,
                ended_at=ended_at,
                late_by=max(timedelta(), late_by),
                runs_on_if_reopened=runs_on_if_reopened,
            )
        )

    def cancel_clocks(self, *names: ClockName) -> None:
        for name in names:
            self.end(name, Outcome.CANCELLED)

    def decision(self) -> Decision:
        bounds = [0, *self.happenings, len(self.effects)]
        told = (remove_redundant(self.effects[a:b]) for a, b in pairwise(bounds))
        return decision.Decision(self.state, tuple(self.events), tuple(chain.from_iterable(told)))
