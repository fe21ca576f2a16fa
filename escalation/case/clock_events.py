"""What happened to clocks."""

from datetime import timedelta
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome
from escalation.kernel.values import (
    Instant,
    frozen,
)


@frozen
class ClockStarted(BaseEvent):
    kind: Literal["clock_started"] = "clock_started"
    clock: Clock


@frozen
class ThresholdPassed(BaseEvent):
    kind: Literal["threshold_passed"] = "threshold_passed"
    clock: ClockName
    passed: int
    """Thresholds behind us now; all but the last of the new ones were skipped (CLOCK-2)."""
    skipped: int = 0
    is_skipped: bool = False
    """The last one too: due times changed, and it was past already."""
    due_at: Instant


@frozen
class ClockBreached(BaseEvent):
    kind: Literal["clock_breached"] = "clock_breached"
    clock: ClockName
    due_at: Instant
    passed: int
    skipped: int = 0
    chased: int = 0
    """Times that it would have been brought up again by now: known this late, the breach speaks for them too."""


@frozen
class ClockChased(BaseEvent):
    """A breached clock was brought up again, because nobody has ended it."""

    kind: Literal["clock_chased"] = "clock_chased"
    clock: ClockName
    times: int
    due_at: Instant


@frozen
class ClockEnded(BaseEvent):
    kind: Literal["clock_ended"] = "clock_ended"
    clock: ClockName
    outcome: Outcome
    ended_at: Instant
    """When it was satisfied; earlier than ``at`` if that is only known now."""
    late_by: timedelta = timedelta()
    runs_on_if_reopened: bool = False
    """The verification ended it: a reopening lets it run on (CLOSE-9)."""
