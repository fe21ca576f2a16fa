"""Commands to a task force, of people and of its shell: imperative, one class each."""

from dataclasses import field
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from escalation.kernel.budgets import MOVE
from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import Part
from escalation.kernel.text_fields import Note, OptionalWhyText
from escalation.kernel.values import NO_NOTE, Input, InputInstant, InternalText, Name, frozen
from escalation.notifications.shell_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.plan import Calendar
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.state import EscalationSummary


class MoveCommand(Input):
    move: ClassVar[TaskForceMove]
    largest: ClassVar[int] = MOVE
    """Largest size as it is sent, in bytes."""
    by: Annotated[Name, Field(description="Who you are, by id in the playbook.", examples=["YOU"])]
    """Id of the person who makes the move (ROLE-3)."""


class AcceptSeat(MoveCommand):
    """Accept the seat that is on offer to you."""

    move = TaskForceMove.ACCEPT_SEAT
    kind: Literal["accept_seat"] = "accept_seat"
    note: Note = NO_NOTE


class DeclineSeat(MoveCommand):
    """Decline the seat that is on offer to you; the next one is asked."""

    move = TaskForceMove.DECLINE_SEAT
    kind: Literal["decline_seat"] = "decline_seat"
    why: OptionalWhyText = NO_NOTE


class ReportStatus(MoveCommand):
    """Report how it stands, as its lead; the status clock starts again."""

    move = TaskForceMove.REPORT_STATUS
    kind: Literal["report_status"] = "report_status"
    text: Annotated[InternalText, Field(min_length=1, description="What is known, and what comes next.")]
    is_update: Annotated[bool, Field(description="Notify everybody who follows the escalation, too.")] = False


class AddTask(MoveCommand):
    """Give a member something to do."""

    move = TaskForceMove.ADD_TASK
    kind: Literal["add_task"] = "add_task"
    what: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    owner: Name
    due_at: InputInstant | None = None


class FinishTask(MoveCommand):
    """Report that a task is done."""

    move = TaskForceMove.FINISH_TASK
    kind: Literal["finish_task"] = "finish_task"
    task: Annotated[int, Field(ge=1, description="Its number, as `show` has it.")]
    note: Note = NO_NOTE


class LeaveSeat(MoveCommand):
    """Give up your seat; the next one is asked, and your open tasks pass to the lead."""

    move = TaskForceMove.LEAVE_SEAT
    kind: Literal["leave_seat"] = "leave_seat"
    why: OptionalWhyText = NO_NOTE


class OfferSeat(MoveCommand):
    """Offer a vacant seat again, as the lead, or as who deployed the task force."""

    move = TaskForceMove.OFFER_SEAT
    kind: Literal["offer_seat"] = "offer_seat"
    seat: Annotated[int, Field(ge=1, description="Its number, as `show` has it.")]
    to: Annotated[
        Name | None,
        Field(description="Who is asked. If omitted, its candidates are asked again, from the first."),
    ] = None


@frozen
class StandDown:
    """Stand down, as the escalation orders."""

    id: str
    """Id of the task force that is meant; another one of that name ignores it."""
    by: Name
    why: Part
    about: EscalationSummary
    hand_over_to: Name | None = None
    """Name of the person who goes on with what is still open; None: the escalation's owner."""


@frozen
class KeepInformed:
    """Take over what messages say of the escalation from now on."""

    id: str
    about: EscalationSummary
    clocks: tuple[Clock, ...] = ()
    """Patterns of its clocks, if they have changed (CLOCK-4)."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    chase_every: timedelta | None = None
    """Time between chasers of a missed status; None: as before."""


@frozen
class EscalationGone:
    """Stand down, because the escalation has ended."""


MembersCommand = AcceptSeat | DeclineSeat | ReportStatus | AddTask | FinishTask | LeaveSeat | OfferSeat
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

MEMBERS_COMMANDS: tuple[type[MembersCommand], ...] = get_args(MembersCommand)

EscalationsCommand = StandDown | KeepInformed
ShellsCommand = (
    EscalationsCommand
    | EscalationGone
    | Tick
    | ReportDelivery
    | ExtendOpenHours
    | NoteRefusal
    | CancelByOperator
)
TaskForceCommand = MembersCommand | ShellsCommand
