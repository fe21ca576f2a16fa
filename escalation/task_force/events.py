"""Events of a task force: past tense, each with who and when. It records its own; the escalation gets updates."""

from dataclasses import field, replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, limit_chases, retime_clock
from escalation.kernel.reasons import Part, Person, Reason, Term, reason, sentences
from escalation.kernel.values import ENGINE, NO_NOTE, Instant, InternalText, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.plan import Calendar
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove, step
from escalation.task_force.state import Charter, EscalationSummary, Task, TaskForce
from escalation.task_force.state_changes import change_seat, change_task, with_clocks
from escalation.task_force.status_events import (
    StatusAsked,
    StatusChased,
    StatusClockStarted,
    StatusMissed,
    StatusReported,
    StatusThresholdsSkipped,
)

_A_DAY = timedelta(days=1)


@frozen
class Deployed(BaseEvent):
    kind: Literal["deployed"] = "deployed"
    charter: Charter

    def applied_to(self, now: TaskForce) -> TaskForce:  # noqa: ARG002 - there is none before it
        raise ValueError("a task force is deployed once")

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.charter.lead), len(self.charter.seats))

    @property
    def added(self) -> str:
        return str(self.charter.mission)


@frozen
class SeatEvent(BaseEvent):
    """Something that happened to a seat."""

    seat: int
    """Number of the seat."""
    role: str

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.role)


@frozen
class SeatOffered(SeatEvent):
    kind: Literal["seat_offered"] = "seat_offered"
    to: str
    clock: Clock | None = None
    is_new_round: bool = False
    """True if people who were asked before may be asked again."""

    def applied_to(self, now: TaskForce) -> TaskForce:
        seat = now.seats[self.seat - 1]
        tried = (self.to,) if self.is_new_round else (*seat.tried, self.to)
        # A person offers it again: the answers so far were shown.
        said = seat.declined if self.by == ENGINE else {}
        return change_seat(
            now,
            self.seat,
            lambda seat: replace(seat, offered_to=self.to, tried=tried, declined=said, clock=self.clock),
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.role, Person(self.to))


@frozen
class SeatAccepted(SeatEvent):
    kind: Literal["seat_accepted"] = "seat_accepted"
    note: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_seat(
            now,
            self.seat,
            lambda seat: replace(seat, held_by=self.by, note=self.note, offered_to=None, clock=None),
        )

    @property
    def added(self) -> str:
        return str(self.note)


@frozen
class SeatDeclined(SeatEvent):
    kind: Literal["seat_declined"] = "seat_declined"
    why: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        declined = {**now.seats[self.seat - 1].declined, self.by: self.why}
        return change_seat(
            now, self.seat, lambda seat: replace(seat, declined=declined, offered_to=None, clock=None)
        )

    @property
    def added(self) -> str:
        return str(self.why)


@frozen
class SeatUnanswered(SeatEvent):
    kind: Literal["seat_unanswered"] = "seat_unanswered"
    person: str
    why: Part

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_seat(now, self.seat, lambda seat: replace(seat, offered_to=None, clock=None))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.person), self.why, self.role)


@frozen
class SeatLeftVacant(SeatEvent):
    """A seat for which nobody is left to ask."""

    kind: Literal["seat_left_vacant"] = "seat_left_vacant"

    def sentence(self) -> Reason:
        return reason(self.code, self.role)


@frozen
class SeatLeft(SeatEvent):
    """A seat that its member gave up; their open tasks are the lead's now."""

    kind: Literal["seat_left"] = "seat_left"
    why: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        tasks = (
            replace(task, owner=now.charter.lead) if task.is_open and task.owner == self.by else task
            for task in now.tasks
        )
        without = replace(now, tasks=tuple(tasks))
        return change_seat(without, self.seat, lambda seat: replace(seat, held_by=None, declined={}))

    @property
    def added(self) -> str:
        return str(self.why)


@frozen
class WorkBegun(BaseEvent):
    kind: Literal["work_begun"] = "work_begun"

    def applied_to(self, now: TaskForce) -> TaskForce:
        return replace(now, state=step(now.state, TaskForceMove.BEGIN_WORK))


@frozen
class TaskAdded(BaseEvent):
    kind: Literal["task_added"] = "task_added"
    task: int
    what: InternalText
    owner: Name
    due_at: Instant | None = None

    def applied_to(self, now: TaskForce) -> TaskForce:
        # its owner is reminded a day before it is due, or when a quarter of its time is left
        soon = self.due_at and max(self.due_at - _A_DAY, self.due_at - (self.due_at - self.at) / 4)
        task = Task(number=self.task, what=self.what, owner=self.owner, due_at=self.due_at, due_soon_at=soon)
        return replace(now, tasks=(*now.tasks, task))

    def sentence(self) -> Reason:
        parts = (self.task, Person(self.owner), self.what)
        return reason(f"{self.code}.due", *parts, self.due_at) if self.due_at else reason(self.code, *parts)


@frozen
class TaskFinished(BaseEvent):
    kind: Literal["task_finished"] = "task_finished"
    task: int
    what: InternalText
    note: InternalText = NO_NOTE

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, done_by=self.by))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.task, self.what)

    @property
    def added(self) -> str:
        return str(self.note)


@frozen
class TaskDueSoon(BaseEvent):
    kind: Literal["task_due_soon"] = "task_due_soon"
    task: int
    owner: Name

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, reminded=1))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.owner), self.task)


@frozen
class TaskOverdue(BaseEvent):
    kind: Literal["task_overdue"] = "task_overdue"
    task: int
    owner: Name
    what: InternalText

    def applied_to(self, now: TaskForce) -> TaskForce:
        return change_task(now, self.task, lambda task: replace(task, reminded=2))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.owner), self.task, self.what)


@frozen
class StoodDown(BaseEvent):
    kind: Literal["stood_down"] = "stood_down"
    why: Part
    left: tuple[Reason, ...] = ()
    """Tasks that are still open."""

    def applied_to(self, now: TaskForce) -> TaskForce:
        return replace(now, state=step(now.state, TaskForceMove.STAND_DOWN), ended_at=self.at)

    def sentence(self) -> Reason:
        left = sentences(self.left)
        return reason(f"{self.code}.open", self.why, left) if self.left else reason(self.code, self.why)


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
            return limit_chases(_retimed(clock, given.get(clock.name)), rhythm, self.at)

        return with_clocks(after, moved) if self.clocks else after

    def sentence(self) -> Reason:
        return reason(self.code, self.about.state, self.about.level)


@frozen
class OpenHoursExtended(BaseEvent):
    kind: Literal["open_hours_extended"] = "open_hours_extended"
    calendar: Name
    open_hours: OpenHours

    def applied_to(self, now: TaskForce) -> TaskForce:
        # CLOCK-5: each due time is computed again, since open hours are known further.
        known = now.charter.calendars[self.calendar]
        longer = replace(known, hours=known.hours.continued(self.open_hours))
        charter = replace(now.charter, calendars={**now.charter.calendars, self.calendar: longer})
        return with_clocks(replace(now, charter=charter), lambda clock: clock)

    def sentence(self) -> Reason:
        return reason(self.code, self.calendar, self.open_hours.compiled_until)


@frozen
class MessagesSent(BaseEvent):
    kind: Literal["delivery_reported"] = "delivery_reported"
    receipts: tuple[DeliveryResult, ...]

    def sentence(self) -> Reason:
        told = sum(receipt.delivered_at is not None for receipt in self.receipts)
        return reason(self.code, told, len(self.receipts))


@frozen
class MoveRefused(BaseEvent):
    """A message without an answer (a signal) that could not be followed; recorded instead of lost."""

    kind: Literal["move_refused"] = "move_refused"
    move: str
    why: Part

    def sentence(self) -> Reason:
        return reason(self.code, Term("TaskForceMove", self.move), self.why)


TaskForceEvent = Annotated[
    Deployed
    | SeatOffered
    | SeatAccepted
    | SeatDeclined
    | SeatUnanswered
    | SeatLeftVacant
    | WorkBegun
    | StatusClockStarted
    | StatusAsked
    | StatusThresholdsSkipped
    | StatusMissed
    | StatusChased
    | StatusReported
    | TaskAdded
    | TaskFinished
    | StoodDown
    | Informed
    | OpenHoursExtended
    | MessagesSent
    | MoveRefused
    | SeatLeft
    | TaskDueSoon
    | TaskOverdue,
    Field(discriminator="kind"),
]


CLOCKWORK = frozenset(
    {
        "status_clock_started",
        "status_thresholds_skipped",
        "informed",
        "open_hours_extended",
        "task_due_soon",
    }
)
"""Kinds of events that the escalation need not hear of."""


def _retimed(clock: Clock, pattern: Clock | None) -> Clock:
    if pattern is None or not clock.is_running:
        return clock
    return retime_clock(clock, pattern.after, pattern.calendar, pattern.thresholds)
