"""
What people ask of a task force, and what its shell reports to it: imperative, one class each.
"""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from escalation import commands as c
from escalation.base import Asked, Frozen, GivenInstant, InternalText, Name
from escalation.clocks import Clock
from escalation.commands import NO_NOTE
from escalation.plan import Calendar
from escalation.task_force.course import ForceMove
from escalation.task_force.model import About


class _Asks(Asked):
    move: ClassVar[ForceMove]
    by: Name
    """Id of the person who makes the move (ROLE-3)."""


class AcceptSeat(_Asks):
    """Take the seat that is on offer to you."""

    move = ForceMove.ACCEPT_SEAT
    kind: Literal["accept_seat"] = "accept_seat"
    note: InternalText = NO_NOTE


class DeclineSeat(_Asks):
    """Decline the seat that is on offer to you; it is offered to the next."""

    move = ForceMove.DECLINE_SEAT
    kind: Literal["decline_seat"] = "decline_seat"
    why: InternalText = NO_NOTE


class ReportStatus(_Asks):
    """The lead says how it stands; the status clock starts anew."""

    move = ForceMove.REPORT_STATUS
    kind: Literal["report_status"] = "report_status"
    text: Annotated[InternalText, Field(min_length=1)]
    is_update: bool = False
    """Tell everybody who follows the escalation, too."""


class AddTask(_Asks):
    """Give a member something to do."""

    move = ForceMove.ADD_TASK
    kind: Literal["add_task"] = "add_task"
    what: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    owner: Name
    due_at: GivenInstant | None = None


class FinishTask(_Asks):
    """A task is done."""

    move = ForceMove.FINISH_TASK
    kind: Literal["finish_task"] = "finish_task"
    task: Annotated[int, Field(ge=1)]
    note: InternalText = NO_NOTE


class LeaveSeat(_Asks):
    """Give up the seat that you have; it is offered to the next, and your open tasks pass to the lead."""

    move = ForceMove.LEAVE_SEAT
    kind: Literal["leave_seat"] = "leave_seat"
    why: InternalText = NO_NOTE


class OfferSeat(_Asks):
    """Offer a vacant seat again: to somebody, or to its candidates from the first."""

    move = ForceMove.OFFER_SEAT
    kind: Literal["offer_seat"] = "offer_seat"
    seat: Annotated[int, Field(ge=1)]
    to: Name | None = None


class StandDown(Frozen):
    """The escalation stands it down."""

    id: str
    """Of the task force that is meant; another one of that name is not."""
    by: Name
    why: str
    about: About
    hand_over_to: Name | None = None
    """The name of whoever goes on with what is still open; else the escalation's owner."""


class KeepInformed(Frozen):
    """The escalation has moved: what messages say of it from now on."""

    id: str
    about: About
    clocks: tuple[Clock, ...] = ()
    """Patterns of its clocks, if they are others now (CLOCK-4)."""
    calendars: dict[Name, Calendar] = {}
    chase_every: timedelta | None = None
    """How often a missed status is brought up again; None: as before."""


class EscalationGone(Frozen):
    """Nobody hears its news any more: the escalation has ended."""


MembersCommand = AcceptSeat | DeclineSeat | ReportStatus | AddTask | FinishTask | LeaveSeat | OfferSeat
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

MEMBERS_COMMANDS: tuple[type[MembersCommand], ...] = get_args(MembersCommand)

EscalationsCommand = StandDown | KeepInformed
ShellsCommand = (
    EscalationsCommand
    | EscalationGone
    | c.Tick
    | c.RecordDelivery
    | c.ExtendOpenHours
    | c.NoteRefusal
    | c.CancelByOperator
)
ForceCommand = MembersCommand | ShellsCommand
