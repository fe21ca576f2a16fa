"""Events of a task force: past tense, each with who and when. It records its own; the escalation gets updates."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_events import ClockEvent
from escalation.kernel.reasons import Part, Person, Reason, Term, reason
from escalation.kernel.values import Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.moves.accept_seat import SeatAccepted, SeatDeclined
from escalation.task_force.moves.add_task import TaskAdded
from escalation.task_force.moves.finish_task import TaskFinished
from escalation.task_force.moves.keep_informed import Informed
from escalation.task_force.moves.leave_seat import SeatLeft
from escalation.task_force.moves.report_status import StatusReported
from escalation.task_force.moves.stand_down import StoodDown
from escalation.task_force.seats import SeatLeftVacant, SeatOffered, SeatUnanswered, WorkBegun
from escalation.task_force.state import Charter, TaskForce
from escalation.task_force.state_changes import with_clocks
from escalation.task_force.tasks import TaskDueSoon, TaskOverdue


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
    results: tuple[DeliveryResult, ...]

    def sentence(self) -> Reason:
        told = sum(result.delivered_at is not None for result in self.results)
        return reason(self.code, told, len(self.results))


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
    | ClockEvent
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
    {"clock_started", "thresholds_skipped", "clock_ended", "informed", "open_hours_extended", "task_due_soon"}
)
"""Kinds of events that the escalation need not hear of."""
