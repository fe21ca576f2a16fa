"""
TaskForce: the whole state of one, immutable, and the charter that it was deployed with.

What can be read off it without deciding anything is here as properties; what may happen to it is not. The escalation
keeps a ``TaskForceSummary`` of it, as it was last heard.
"""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field

from escalation.kernel.budgets import CANDIDATES
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.clocks import Clock, Timing
from escalation.kernel.reasons import InvalidValue, Reason, reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import NO_NOTE, Input, Instant, InternalText, Name, PropertyCache, frozen
from escalation.policy.classification import Priority
from escalation.policy.people import Contact
from escalation.policy.plan import Calendar
from escalation.task_force.lifecycle import STANDING, TaskForceState

REPORTS_KEPT = 50
_SLUG = "abcdefghijklmnopqrstuvwxyz0123456789-"


def _is_slug(name: str) -> str:
    if name.strip("-") != name or set(name) - set(_SLUG):
        raise InvalidValue(reason("allowed.task_force_name"))
    return name


TaskForceName = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_is_slug)]
"""Name of a task force within its escalation; part of its workflow id."""


class SeatRequest(Input):
    """A seat to fill: by people with the role or the skill, or by those named, in this order."""

    role: Annotated[
        Name, Field(description="What the seat is for; a role of the playbook, unless people are named.")
    ]
    skill: Annotated[Name | None, Field(description="A skill that whoever takes it must have.")] = None
    people: Annotated[
        tuple[Name, ...],
        Field(
            max_length=CANDIDATES, description="Who is asked, in this order, instead of people with the role."
        ),
    ] = ()


@frozen
class SeatPlan:
    """A seat and the people whom it is offered to, one after the other."""

    role: Name
    skill: Name | None = None
    candidates: tuple[Name, ...]


@frozen
class EscalationSummary:
    """Facts of the escalation that messages of the task force name."""

    key: str
    subject: str
    priority: Priority
    state: str
    level: int
    level_name: str
    owner: str
    """Name of the owner."""


@frozen
class Charter(PropertyCache):
    """All that a task force is deployed with; it never asks the escalation for more."""

    id: str
    """Unique for all time: the escalation's id and the task force's name."""
    name: TaskForceName
    mission: InternalText
    lead: Name
    seats: tuple[SeatPlan, ...]
    technical_plan: InternalText
    deployed_by: Name
    about: EscalationSummary
    contacts: tuple[Contact, ...]
    """People whom it knows: everybody who can get a seat, and the one who deployed it."""
    clocks: tuple[Clock, ...] = ()
    """Patterns of its clocks: how long, whose open hours, when reminded. One that is left out does not run."""
    has_own_status: bool = False
    """True if its status clock was chosen for it: no change of the escalation's targets moves it."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    chase_every: timedelta = timedelta(days=1)

    @cached_property
    def _by_id(self) -> dict[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    def contact(self, person: str) -> Contact:
        """
        Raises:
            UnknownName: If the task force has nothing to do with that person.
        """
        try:
            return self._by_id[person]
        except KeyError:
            called = {contact.name: contact.id for contact in self._by_id.values()}
            known = sorted(self._by_id)
            raise UnknownName.of(
                reason("no.person"), person, known, subject=self.label, called=called
            ) from None

    def name_of(self, person: str) -> str:
        return self._by_id[person].name if person in self._by_id else person

    def timing(self, name: ClockName) -> Timing | None:
        found = (clock for clock in self.clocks if clock.name is name)
        return next((Timing(clock.after, clock.calendar, clock.thresholds) for clock in found), None)

    def hours(self, calendar: str | None) -> OpenHours | None:
        return self.calendars[calendar].hours if calendar else None

    @property
    def label(self) -> str:
        """``ACME/4711, task force data-recovery``."""
        return f"{self.about.key}, task force {self.name}"


@frozen
class Seat:
    number: int
    plan: SeatPlan
    offered_to: str | None = None
    held_by: str | None = None
    note: InternalText = NO_NOTE
    """Note of the holder on accepting."""
    declined: dict[Name, InternalText] = field(default_factory=dict)
    """Person to the reason for declining, since a person last offered it or somebody left it."""
    tried: tuple[str, ...] = ()
    """Everybody who was asked, the one asked now included."""
    clock: Clock | None = None
    """Time to answer for the person who is asked."""

    @property
    def is_vacant(self) -> bool:
        """True if nobody has it, and nobody is left to ask."""
        return self.held_by is None and self.offered_to is None


@frozen
class Task:
    number: int
    what: InternalText
    owner: str
    due_at: Instant | None = None
    done_by: str | None = None
    due_soon_at: Instant | None = None
    """First time to remind its owner; the second is when it is due."""
    reminded: int = 0
    """Number of these times that are behind us."""

    @property
    def is_open(self) -> bool:
        return self.done_by is None

    @property
    def remind_at(self) -> datetime | None:
        """The next instant at which its owner is reminded; None after the last."""
        times = (self.due_soon_at or self.due_at, self.due_at) if self.is_open else ()
        return times[self.reminded] if self.reminded < len(times) else None

    @property
    def line(self) -> Reason:
        """Line of the task in lists."""
        return reason("numbered", self.number, _line(self))


@frozen
class StatusReport:
    at: Instant
    by: str
    text: InternalText


@frozen
class TaskForce(ClockedState):
    schema_version: int = 1
    charter: Charter
    state: TaskForceState = TaskForceState.FORMING
    deployed_at: Instant
    ended_at: Instant | None = None
    seats: tuple[Seat, ...]
    tasks: tuple[Task, ...] = ()
    reports: tuple[StatusReport, ...] = ()
    """The latest, oldest first."""

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    @property
    def is_attended(self) -> bool:
        return self.is_standing

    @property
    def chase_every(self) -> timedelta:
        return self.charter.chase_every

    def hours(self, calendar: str | None) -> OpenHours | None:
        return self.charter.hours(calendar)

    @property
    def status(self) -> Clock | None:
        """Return the clock of the next status report."""
        return self.clock(ClockName.TASK_FORCE_STATUS)

    @property
    def members(self) -> tuple[str, ...]:
        """The lead, and those who accepted a seat."""
        return (self.charter.lead, *(seat.held_by for seat in self.seats if seat.held_by))

    @property
    def engaged(self) -> tuple[str, ...]:
        """Members, and those being asked to be one: no second seat is offered to them."""
        return (*self.members, *(seat.offered_to for seat in self.seats if seat.offered_to))

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.is_open)

    @property
    def running_clocks(self) -> tuple[Clock, ...]:
        """The status clock, and those of seats on offer."""
        offers = (seat.clock for seat in self.seats if seat.clock and seat.offered_to)
        return (*(clock for clock in self.clocks if clock.is_running), *offers)

    @property
    def wake_at(self) -> datetime | None:
        """The next instant at which something is due by itself; None once it is stood down."""
        if not self.is_standing:
            return None
        return _earliest(
            (
                *(clock.next_at for clock in self.running_clocks),
                *(task.remind_at for task in self.open_tasks),
                *(each.hours.extend_at for each in self.charter.calendars.values()),
            )
        )

    @property
    def next_due_at(self) -> datetime | None:
        """Next time by which the lead or somebody who is asked must answer, or a task must be done."""
        answers = (clock.due_at for clock in self.running_clocks if not clock.breached_at)
        return _earliest((*answers, *(task.due_at for task in self.open_tasks if task.remind_at)))


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in instants if at), default=None)


@frozen
class OpenTask:
    """A task as the escalation knows it."""

    number: int
    what: InternalText
    owner: Name
    due_at: Instant | None = None


def _line(task: Task | OpenTask) -> Reason:
    if task.due_at is None:
        return reason("task_undated", task.what, task.owner)
    return reason("task", task.what, task.owner, task.due_at)


@frozen
class TaskForceSummary:
    """A task force as its escalation knows it from the last update."""

    id: str
    name: TaskForceName
    mission: InternalText
    lead: Name
    state: TaskForceState = TaskForceState.FORMING
    members: tuple[Name, ...] = ()
    """Members beside the lead."""
    vacant: tuple[Name, ...] = ()
    """Roles of seats that nobody is left for."""
    open_tasks: tuple[OpenTask, ...] = ()
    done_tasks: int = 0
    latest: StatusReport | None = None
    is_status_missed: bool = False
    heard: int = 0
    """Number of the last update; what comes late or twice is ignored."""

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    @property
    def tasks_left(self) -> tuple[Reason, ...]:
        return tuple(map(_line, self.open_tasks))


def summary(force: TaskForce) -> TaskForceSummary:
    charter, status = force.charter, force.status
    return TaskForceSummary(
        id=charter.id,
        name=charter.name,
        mission=charter.mission,
        lead=charter.lead,
        state=force.state,
        members=force.members[1:],
        vacant=tuple(seat.plan.role for seat in force.seats if seat.is_vacant),
        open_tasks=tuple(
            OpenTask(number=task.number, what=task.what, owner=task.owner, due_at=task.due_at)
            for task in force.open_tasks
        ),
        done_tasks=len(force.tasks) - len(force.open_tasks),
        latest=force.reports[-1] if force.reports else None,
        is_status_missed=bool(status and status.is_running and status.breached_at),
        heard=force.sequence,
    )
