"""Events of clocks."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.state import Escalation
from escalation.case.state_changes import change_clock
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome, reminded
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.timeline_entry import clock_started
from escalation.kernel.values import Instant, frozen


@frozen
class ClockStarted(BaseEvent):
    kind: Literal["clock_started"] = "clock_started"
    clock: Clock

    def applied_to(self, now: Escalation) -> Escalation:
        others = tuple(clock for clock in now.clocks if clock.name is not self.clock.name)
        started = replace(now, clocks=(*others, self.clock))
        return _noticed(started) if self.clock.name is ClockName.FIRST_NOTIFICATION else started

    def sentence(self) -> Reason:
        return clock_started(self.code, self.clock)


@frozen
class ThresholdPassed(BaseEvent):
    kind: Literal["threshold_passed"] = "threshold_passed"
    clock: ClockName
    passed: int
    """Number of thresholds behind us; all but the last of the new ones were skipped (CLOCK-2)."""
    skipped: int = 0
    is_skipped: bool = False
    """True if the last one was skipped too: due times changed, and it was past already."""
    due_at: Instant

    def applied_to(self, now: Escalation) -> Escalation:
        if self.is_skipped:
            return change_clock(now, self.clock, lambda clock: replace(clock, passed=self.passed))
        return change_clock(now, self.clock, lambda clock: reminded(clock, self.passed))

    def sentence(self) -> Reason:
        return reason(f"{self.code}.skipped" if self.is_skipped else self.code, self.clock)


@frozen
class ClockBreached(BaseEvent):
    kind: Literal["clock_breached"] = "clock_breached"
    clock: ClockName
    due_at: Instant
    passed: int
    skipped: int = 0
    chased: int = 0
    """Number of chasers that would have been sent by now: known this late, the breach covers them too."""

    def applied_to(self, now: Escalation) -> Escalation:
        return change_clock(
            now,
            self.clock,
            lambda clock: replace(clock, passed=self.passed, breached_at=self.due_at, chased=self.chased),
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.clock, self.due_at)


@frozen
class ClockChased(BaseEvent):
    """A chaser of a breached clock that nobody has ended."""

    kind: Literal["clock_chased"] = "clock_chased"
    clock: ClockName
    times: int
    due_at: Instant

    def applied_to(self, now: Escalation) -> Escalation:
        return change_clock(now, self.clock, lambda clock: replace(clock, chased=self.times))

    def sentence(self) -> Reason:
        return reason(self.code, self.clock)


@frozen
class ClockEnded(BaseEvent):
    kind: Literal["clock_ended"] = "clock_ended"
    clock: ClockName
    outcome: Outcome
    ended_at: Instant
    """Time at which it ended; earlier than ``at`` if that is only known now."""
    late_by: timedelta = timedelta()
    runs_on_if_reopened: bool = False
    """True if the verification ended it: a reopening lets it run on (CLOSE-9)."""

    def applied_to(self, now: Escalation) -> Escalation:
        return change_clock(
            now,
            self.clock,
            lambda clock: replace(
                clock,
                ended_at=self.ended_at,
                outcome=self.outcome,
                runs_on_if_reopened=self.runs_on_if_reopened,
            ),
        )

    def sentence(self) -> Reason:
        if self.outcome is Outcome.BREACHED:
            return reason(f"{self.code}.breached", self.clock, self.late_by)
        return reason(f"{self.code}.{self.outcome}", self.clock)


def _noticed(now: Escalation) -> Escalation:
    """Let the first notification that begins reach those who joined since the last one began (COMM-2)."""
    unnotified = tuple(dict.fromkeys((*now.unnotified, *now.joiners)))
    return replace(now, unnotified=unnotified, joiners=(), joined_at=None)
