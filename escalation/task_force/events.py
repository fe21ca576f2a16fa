"""
What happened to a task force: past tense, each with who and when. The record is its own; the escalation hears of it.
"""

from dataclasses import field
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.business_time import OpenHours
from escalation.kernel.clocks import Clock
from escalation.kernel.event import RecordedEvent
from escalation.kernel.values import Instant, InternalText, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.plan import Calendar
from escalation.task_force.state import Charter, EscalationSummary

NO_NOTE = InternalText("")


@frozen
class BaseEvent(RecordedEvent):
    """Something that happened to a task force."""


@frozen
class Deployed(BaseEvent):
    kind: Literal["deployed"] = "deployed"
    charter: Charter


@frozen
class SeatOffered(BaseEvent):
    kind: Literal["seat_offered"] = "seat_offered"
    seat: int
    role: str
    to: str
    clock: Clock | None = None
    anew: bool = False
    """Whoever was asked before may be asked again."""


@frozen
class SeatAccepted(BaseEvent):
    kind: Literal["seat_accepted"] = "seat_accepted"
    seat: int
    role: str
    note: InternalText = NO_NOTE


@frozen
class SeatDeclined(BaseEvent):
    kind: Literal["seat_declined"] = "seat_declined"
    seat: int
    role: str
    why: InternalText = NO_NOTE


@frozen
class SeatUnanswered(BaseEvent):
    kind: Literal["seat_unanswered"] = "seat_unanswered"
    seat: int
    role: str
    person: str
    why: str


@frozen
class SeatLeftVacant(BaseEvent):
    """Nobody is left to ask."""

    kind: Literal["seat_left_vacant"] = "seat_left_vacant"
    seat: int
    role: str


@frozen
class SeatLeft(BaseEvent):
    """A member gave it up; their open tasks are the lead's now."""

    kind: Literal["seat_left"] = "seat_left"
    seat: int
    role: str
    why: InternalText = NO_NOTE


@frozen
class WorkBegun(BaseEvent):
    kind: Literal["work_begun"] = "work_begun"


@frozen
class StatusClockStarted(BaseEvent):
    kind: Literal["status_clock_started"] = "status_clock_started"
    clock: Clock


@frozen
class StatusAsked(BaseEvent):
    kind: Literal["status_asked"] = "status_asked"
    passed: int


@frozen
class StatusThresholdsSkipped(BaseEvent):
    """Due times changed, and these times to ask the lead were past already (CLOCK-2)."""

    kind: Literal["status_thresholds_skipped"] = "status_thresholds_skipped"
    passed: int
    skipped: int


@frozen
class StatusMissed(BaseEvent):
    kind: Literal["status_missed"] = "status_missed"
    due_at: Instant
    passed: int
    chased: int = 0


@frozen
class StatusChased(BaseEvent):
    kind: Literal["status_chased"] = "status_chased"
    times: int


@frozen
class StatusReported(BaseEvent):
    kind: Literal["status_reported"] = "status_reported"
    text: InternalText
    is_update: bool = False
    """Everybody who follows the escalation is told."""


@frozen
class TaskAdded(BaseEvent):
    kind: Literal["task_added"] = "task_added"
    task: int
    what: InternalText
    owner: Name
    due_at: Instant | None = None


@frozen
class TaskFinished(BaseEvent):
    kind: Literal["task_finished"] = "task_finished"
    task: int
    what: InternalText
    note: InternalText = NO_NOTE


@frozen
class TaskDueSoon(BaseEvent):
    kind: Literal["task_due_soon"] = "task_due_soon"
    task: int
    owner: Name


@frozen
class TaskOverdue(BaseEvent):
    kind: Literal["task_overdue"] = "task_overdue"
    task: int
    owner: Name
    what: InternalText


@frozen
class StoodDown(BaseEvent):
    kind: Literal["stood_down"] = "stood_down"
    why: str
    left: tuple[str, ...] = ()
    """Tasks that are still open."""


@frozen
class Informed(BaseEvent):
    """The escalation has moved: messages say so."""

    kind: Literal["informed"] = "informed"
    about: EscalationSummary
    clocks: tuple[Clock, ...] = ()
    """Patterns that hold from now on (CLOCK-4)."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    chase_every: timedelta | None = None


@frozen
class OpenHoursExtended(BaseEvent):
    kind: Literal["open_hours_extended"] = "open_hours_extended"
    calendar: Name
    open_hours: OpenHours


@frozen
class MessagesSent(BaseEvent):
    kind: Literal["messages_sent"] = "messages_sent"
    receipts: tuple[DeliveryResult, ...]


@frozen
class MoveRefused(BaseEvent):
    """A message without an answer (a signal) that could not be followed; recorded instead of lost."""

    kind: Literal["move_refused"] = "move_refused"
    move: str
    why: str


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
