"""Keep the task force informed: where its escalation stands, and the targets that hold from now on (CLOCK-4)."""

from dataclasses import field, replace
from datetime import timedelta
from typing import ClassVar, Literal

from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, limit_chases, retime_clock
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import Name, frozen
from escalation.policy.plan import Calendar
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.state import EscalationSummary, TaskForce
from escalation.task_force.state_changes import with_clocks
from escalation.task_force.work import TaskForceWork


@frozen
class Informed(BaseEvent):
    """News of the escalation, which messages say from now on."""

    kind: Literal["informed"] = "informed"
    about: EscalationSummary
    clocks: tuple[Clock, ...] = ()
    """Patterns that hold from now on (CLOCK-4)."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    chase_every: timedelta | None = None

    def applied_to(self, now: TaskForce) -> TaskForce:
        # CLOCK-4: what runs is derived from its original start by the new patterns; a status clock of its own stays.
        charter, given = now.charter, {clock.name: clock for clock in self.clocks}
        if charter.has_own_status:
            given.pop(ClockName.TASK_FORCE_STATUS, None)
        clocks = {clock.name: clock for clock in charter.clocks} | given
        calendars = {**charter.calendars, **self.calendars}
        rhythm = self.chase_every or charter.chase_every
        changed = replace(
            charter, about=self.about, clocks=tuple(clocks.values()), calendars=calendars, chase_every=rhythm
        )
        after = replace(now, charter=changed)

        def moved(clock: Clock) -> Clock:
            timing = after.charter.timing(clock.name) if clock.name in given and clock.is_running else None
            return limit_chases(retime_clock(clock, timing) if timing else clock, rhythm, self.at)

        return with_clocks(after, moved) if self.clocks else after

    def sentence(self) -> Reason:
        return reason(self.code, self.about.state, self.about.level)


@frozen
class KeepInformed:
    """Take over what messages say of the escalation from now on."""

    kind: ClassVar[str] = "keep_informed"
    id: str
    about: EscalationSummary
    clocks: tuple[Clock, ...] = ()
    """Patterns of its clocks, if they have changed (CLOCK-4)."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    """Calendars that these clocks count."""
    chase_every: timedelta | None = None
    """Time between chasers of a missed status; None: as before."""

    def carry_out(self, work: TaskForceWork) -> None:
        work.record(
            Informed(
                about=self.about, clocks=self.clocks, calendars=self.calendars, chase_every=self.chase_every
            )
        )
