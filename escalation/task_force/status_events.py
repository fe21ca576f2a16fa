"""Events of a task force's status clock, and how it starts."""

from dataclasses import replace
from typing import Literal

from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, reminded
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.timeline_entry import clock_started
from escalation.kernel.values import Instant, frozen
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.state import TaskForce
from escalation.task_force.state_changes import change_status
from escalation.task_force.work import TaskForceWork


@frozen
class StatusClockStarted(BaseEvent):
    kind: Literal["status_clock_started"] = "status_clock_started"
    clock: Clock

    def applied_to(self, now: TaskForce) -> TaskForce:
        return replace(now, status=self.clock)

    def sentence(self) -> Reason:
        return clock_started(self.code, self.clock)


@frozen
class StatusAsked(BaseEvent):
    kind: Literal["status_asked"] = "status_asked"
    passed: int

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_status(now, lambda clock: reminded(clock, self.passed))


@frozen
class StatusThresholdsSkipped(BaseEvent):
    """Times to ask the lead that were past already when due times changed (CLOCK-2)."""

    kind: Literal["status_thresholds_skipped"] = "status_thresholds_skipped"
    passed: int
    skipped: int

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_status(now, lambda clock: replace(clock, passed=self.passed))

    def sentence(self) -> Reason:
        return reason(self.code, self.skipped)


@frozen
class StatusMissed(BaseEvent):
    kind: Literal["status_missed"] = "status_missed"
    due_at: Instant
    passed: int
    chased: int = 0

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_status(
            now,
            lambda clock: replace(clock, passed=self.passed, breached_at=self.due_at, chased=self.chased),
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.due_at)


@frozen
class StatusChased(BaseEvent):
    kind: Literal["status_chased"] = "status_chased"
    times: int

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_status(now, lambda clock: replace(clock, chased=self.times))


def start_status_clock(work: TaskForceWork) -> None:
    if clock := work.clock(ClockName.TASK_FORCE_STATUS):
        work.record(StatusClockStarted(clock=clock))
