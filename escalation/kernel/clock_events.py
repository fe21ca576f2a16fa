"""Events of clocks, the same in every process; the sentence of each is in the words of the process."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal, TypeVar

from escalation.kernel.clock_name import OF_TASK_FORCES, ClockName
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.clocks import Clock, Outcome, reminded
from escalation.kernel.event import RecordedEvent
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import Instant, frozen

_State = TypeVar("_State", bound=ClockedState)


@frozen
class ClockStarted(RecordedEvent):
    kind: Literal["clock_started"] = "clock_started"
    clock: Clock

    @property
    def code(self) -> str:
        return _code(self.clock.name, self.kind)

    def applied_to(self, now: _State) -> _State:
        return now.with_started_clock(self.clock)

    def sentence(self) -> Reason:
        clock = self.clock
        if clock.not_before:
            return reason(f"{self.code}.not_before", clock.name, clock.not_before)
        return (
            reason(self.code, clock.name, clock.due_at)
            if clock.due_at
            else reason(f"{self.code}.held", clock.name)
        )


@frozen
class NamedClockEvent(RecordedEvent):
    """Something that happened to a clock that runs."""

    clock: ClockName

    @property
    def code(self) -> str:
        return _code(self.clock, self.kind)

    def sentence(self) -> Reason:
        return reason(self.code, self.clock)


@frozen
class ThresholdPassed(NamedClockEvent):
    kind: Literal["threshold_passed"] = "threshold_passed"
    passed: int
    """Number of thresholds behind us; all but the last of the new ones were skipped (CLOCK-2)."""
    skipped: int = 0
    due_at: Instant

    def applied_to(self, now: _State) -> _State:
        return now.with_changed_clock(self.clock, lambda clock: reminded(clock, self.passed))


@frozen
class ThresholdsSkipped(NamedClockEvent):
    """Due times changed, and these thresholds were past already: nobody is reminded late (CLOCK-2)."""

    kind: Literal["thresholds_skipped"] = "thresholds_skipped"
    passed: int
    skipped: int

    def applied_to(self, now: _State) -> _State:
        return now.with_changed_clock(self.clock, lambda clock: replace(clock, passed=self.passed))

    def sentence(self) -> Reason:
        return reason(self.code, self.clock, self.skipped)


@frozen
class ClockBreached(NamedClockEvent):
    kind: Literal["clock_breached"] = "clock_breached"
    due_at: Instant
    passed: int
    skipped: int = 0
    chased: int = 0
    """Number of chasers that would have been sent by now: known this late, the breach covers them too."""
    alerted: tuple[str, ...] = ()
    """Ids of the managers who are to look at it."""

    def applied_to(self, now: _State) -> _State:
        return now.with_changed_clock(
            self.clock,
            lambda clock: replace(clock, passed=self.passed, breached_at=self.due_at, chased=self.chased),
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.clock, self.due_at)


@frozen
class ClockChased(NamedClockEvent):
    """A chaser of a breached clock that nobody has ended."""

    kind: Literal["clock_chased"] = "clock_chased"
    times: int
    due_at: Instant
    alerted: tuple[str, ...] = ()
    """Ids of the managers who are to look at it."""

    def applied_to(self, now: _State) -> _State:
        return now.with_changed_clock(self.clock, lambda clock: replace(clock, chased=self.times))


@frozen
class ClockEnded(NamedClockEvent):
    kind: Literal["clock_ended"] = "clock_ended"
    outcome: Outcome
    ended_at: Instant
    """Time at which it ended; earlier than ``at`` if that is only known now."""
    late_by: timedelta = timedelta()
    runs_on_if_reopened: bool = False
    """True if the verification ended it: a reopening lets it run on (CLOSE-9)."""

    def applied_to(self, now: _State) -> _State:
        return now.with_changed_clock(
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


ClockEvent = ClockStarted | ThresholdPassed | ThresholdsSkipped | ClockBreached | ClockChased | ClockEnded


def _code(clock: ClockName, kind: str) -> str:
    return f"force.{kind}" if clock in OF_TASK_FORCES else f"event.{kind}"
