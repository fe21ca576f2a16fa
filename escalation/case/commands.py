"""
What people ask of an escalation, and what its shell reports to it: imperative, one class each.

A person's command is named after its move; its ``kind`` is the name on the wire. The shell's commands
(``Open``, ``Tick``, ``ReportDelivery`` …) are no moves: they cannot be sent from outside.
"""

from dataclasses import field
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from escalation.case.actions import Action
from escalation.case.effects import OnCallFound
from escalation.case.events import AccessAnswer, ResolutionKind, Step
from escalation.case.post_mortem import PostMortem
from escalation.case.request import AffectedCustomer, CustomerRca, Evidence, InternalRca, StartRequest
from escalation.kernel.budgets import SEATS, STEPS
from escalation.kernel.email_address import EmailAddress
from escalation.kernel.ids import Key, is_key
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.values import NO_NOTE, CustomerText, Input, InternalText, Mover, Name, frozen
from escalation.notifications.notification import InternalNotification
from escalation.notifications.shell_commands import (
    CancelByOperator,
    ExtendOpenHours,
    NoteRefusal,
    ReportDelivery,
    Tick,
)
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.policy.move_name import Move
from escalation.policy.people import Contact
from escalation.policy.plan import Plan
from escalation.task_force.state import SeatRequest, TaskForceName
from escalation.task_force.updates import TaskForceUpdate


class _Asks(Input):
    """A move that a person asks for."""

    move: ClassVar[Move]
    by: Mover
    """Id of the person who makes the move (ROLE-3)."""

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of others whom it names, and who need not be in the plan yet: the playbook may have them."""
        return ()

    @property
    def said_to_be_closed(self) -> str | None:
        """Key of another escalation that it says is closed."""
        return None

    @property
    def said_zone(self) -> str | None:
        """A time zone that it names; which there are, is known outside."""
        return None


class Acknowledge(_Asks):
    """Say that you have it."""

    move = Move.ACKNOWLEDGE
    kind: Literal["acknowledge"] = "acknowledge"
    note: InternalText = NO_NOTE


class RaiseLevel(_Asks):
    """Raise to the next level, or to a given one; an executive threat goes straight to the executive level."""

    move = Move.RAISE_LEVEL
    kind: Literal["raise_level"] = "raise_level"
    reason: EscalationReason
    to_level: int | None = None
    note: InternalText = NO_NOTE


class Transfer(_Asks):
    """Hand over to a person or team, or to whoever has a skill; the level stays."""

    move = Move.TRANSFER
    kind: Literal["transfer"] = "transfer"
    to: Name | None = None
    skill: Name | None = None
    """Instead of ``to``: one of the playbook's skills."""
    reason: EscalationReason = EscalationReason.LACK_OF_EXPERTISE
    note: InternalText = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return (self.to,) if self.to else ()


class ReportTrigger(_Asks):
    """Report a fact that sends the escalation up at once."""

    move = Move.REPORT_TRIGGER
    kind: Literal["report_trigger"] = "report_trigger"
    trigger: Name
    note: InternalText = NO_NOTE


class TickResponse(_Asks):
    """Tick off a response of the current level, by its words or its number in the list."""

    move = Move.TICK_RESPONSE
    kind: Literal["tick_response"] = "tick_response"
    response: Annotated[str, Field(min_length=1, max_length=500)]
    level: Annotated[int | None, Field(ge=1)] = None
    """The level that was looked at; refused if it has risen since, as a number would mean another response there."""
    note: InternalText = NO_NOTE


class ChangePriority(_Asks):
    """Change the priority; every due time follows from the original start."""

    move = Move.CHANGE_PRIORITY
    kind: Literal["change_priority"] = "change_priority"
    priority: Priority
    note: InternalText = NO_NOTE


class PauseClocks(_Asks):
    """Pause for a reason of the playbook, such as waiting for the customer."""

    move = Move.PAUSE
    kind: Literal["pause"] = "pause"
    because: Name
    note: InternalText = NO_NOTE


class ResumeClocks(_Asks):
    """End the pause."""

    move = Move.RESUME
    kind: Literal["resume"] = "resume"
    note: InternalText = NO_NOTE


class BeginResolution(_Asks):
    """Work on the resolution has begun."""

    move = Move.BEGIN_RESOLUTION
    kind: Literal["begin_resolution"] = "begin_resolution"
    note: InternalText = NO_NOTE


class RevisePlan(_Asks):
    """Write a new version of the action plan."""

    move = Move.REVISE_PLAN
    kind: Literal["revise_plan"] = "revise_plan"
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=STEPS)]
    why: InternalText = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(step.owner for step in self.steps)


class SendUpdate(_Asks):
    """Tell customers, our own people, or both; the two texts never mix."""

    move = Move.SEND_UPDATE
    kind: Literal["send_update"] = "send_update"
    customer_text: CustomerText | None = None
    internal_note: InternalText | None = None
    apologise: bool = False
    """The letter to customers carries an apology (COMM-8)."""


class DeclareResolved(_Asks):
    """Declare a fix or a workaround; it is verified next."""

    move = Move.DECLARE_RESOLVED
    kind: Literal["declare_resolved"] = "declare_resolved"
    resolution: ResolutionKind
    done: Annotated[InternalText, Field(min_length=1)]
    """What was done."""
    customer_text: CustomerText | None = None
    """What customers are told once it is verified; whoever verifies it approves these words (COMM-6)."""


class VerifyResolution(_Asks):
    """The resolution holds; customers are told and asked whether access is back."""

    move = Move.VERIFY_RESOLUTION
    kind: Literal["verify_resolution"] = "verify_resolution"
    note: InternalText = NO_NOTE


class RejectResolution(_Asks):
    """The resolution does not hold: back to resolving, clocks running on from where they were."""

    move = Move.REJECT_RESOLUTION
    kind: Literal["reject_resolution"] = "reject_resolution"
    why: Annotated[InternalText, Field(min_length=1)]


class ConfirmAccess(_Asks):
    """One customer's answer to whether the service can be used again; a no goes back to resolving."""

    move = Move.CONFIRM_ACCESS
    kind: Literal["confirm_access"] = "confirm_access"
    account: Name
    answer: AccessAnswer
    note: InternalText = NO_NOTE


class SettleTicket(_Asks):
    """Close a related incident or problem, or say why it stays open."""

    move = Move.SETTLE_RECORD
    kind: Literal["settle_record"] = "settle_record"
    record: Name
    stays_open_because: Annotated[InternalText, Field(min_length=1)] | None = None
    """None: it was closed."""

    @property
    def said_to_be_closed(self) -> str | None:
        """An escalation of ours that it says is closed, if the record is one."""
        return self.record if self.stays_open_because is None and is_key(self.record) else None


class RequestRca(_Asks):
    """Ask for a root cause analysis, for example because a customer did."""

    move = Move.REQUEST_RCA
    kind: Literal["request_rca"] = "request_rca"
    note: InternalText = NO_NOTE


class FileRca(_Asks):
    """File the internal RCA, or a new version of it."""

    move = Move.FILE_RCA
    kind: Literal["file_rca"] = "file_rca"
    rca: InternalRca

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(action.owner for action in self.rca.corrective_actions)


class DeriveRca(_Asks):
    """Derive the customer RCA: from the internal one's text for customers, or from the text given here."""

    move = Move.DERIVE_RCA
    kind: Literal["derive_rca"] = "derive_rca"
    rca: CustomerRca | None = None


class ApproveRca(_Asks):
    """Approve the customer RCA."""

    move = Move.APPROVE_RCA
    kind: Literal["approve_rca"] = "approve_rca"
    note: InternalText = NO_NOTE


class ShareRca(_Asks):
    """Send the approved RCA to every affected customer."""

    move = Move.SHARE_RCA
    kind: Literal["share_rca"] = "share_rca"


class WaiveRca(_Asks):
    """Do without an RCA, where the playbook allows it."""

    move = Move.WAIVE_RCA
    kind: Literal["waive_rca"] = "waive_rca"
    why: Annotated[InternalText, Field(min_length=1)]


class Close(_Asks):
    """Close; refused with the complete list of what is missing."""

    move = Move.CLOSE
    kind: Literal["close"] = "close"
    note: InternalText = NO_NOTE


class Reopen(_Asks):
    """Back to resolving."""

    move = Move.REOPEN
    kind: Literal["reopen"] = "reopen"
    why: Annotated[InternalText, Field(min_length=1)]


class Cancel(_Asks):
    """Withdrawn, a duplicate, or merged into another."""

    move = Move.CANCEL
    kind: Literal["cancel"] = "cancel"
    cause: CancelCause
    into: Key | None = None
    """The other escalation's key, for a duplicate or a merge."""
    why: Annotated[InternalText, Field(min_length=1)]


class DeployTaskForce(_Asks):
    """Deploy a task force: a mission, a lead, seats that are offered to candidates until each is taken."""

    move = Move.DEPLOY_TASK_FORCE
    kind: Literal["deploy_task_force"] = "deploy_task_force"
    name: TaskForceName
    mission: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    lead: Name
    seats: Annotated[tuple[SeatRequest, ...], Field(max_length=SEATS)] = ()
    technical_plan: Annotated[InternalText, Field(max_length=8000)] = NO_NOTE
    status_every: Annotated[timedelta | None, Field(ge=timedelta(minutes=5), le=timedelta(days=30))] = None
    """How often the lead says how it stands; None: as the playbook says."""

    @property
    def named(self) -> tuple[str, ...]:
        return (self.lead,)


class StandDownTaskForce(_Asks):
    """Its work is done, or it is not needed any more; open tasks are handed over, or listed."""

    move = Move.STAND_DOWN_TASK_FORCE
    kind: Literal["stand_down_task_force"] = "stand_down_task_force"
    name: Name
    why: Annotated[InternalText, Field(min_length=1)]
    hand_over_to: Name | None = None
    """Who goes on with what is still open; None: it is listed, and the owner's."""

    @property
    def named(self) -> tuple[str, ...]:
        return (self.hand_over_to,) if self.hand_over_to else ()


class ApproveText(_Asks):
    """Approve a text for customers that waits; it goes out."""

    move = Move.APPROVE_TEXT
    kind: Literal["approve_text"] = "approve_text"
    number: Annotated[int | None, Field(ge=1)] = None
    """Of several that wait, which one."""
    note: InternalText = NO_NOTE


class EditText(_Asks):
    """Put other words in place of a text for customers that waits."""

    move = Move.EDIT_TEXT
    kind: Literal["edit_text"] = "edit_text"
    number: Annotated[int | None, Field(ge=1)] = None
    text: Annotated[CustomerText, Field(min_length=1)]
    why: InternalText = NO_NOTE


class RejectText(_Asks):
    """A text for customers that waits does not go out; its author is told why."""

    move = Move.REJECT_TEXT
    kind: Literal["reject_text"] = "reject_text"
    number: Annotated[int | None, Field(ge=1)] = None
    why: Annotated[InternalText, Field(min_length=1)]


@frozen
class Open:
    """Begin: the request, and the plan compiled for it."""

    id: str
    request: StartRequest
    plan: Plan
    priority: Priority


@frozen
class ReportOnCall:
    """Who is on call, as found out; what they were to be told comes along."""

    found: OnCallFound
    notice: InternalNotification | None = None


@frozen
class LookUpOnCall:
    """Somebody unknown came, who may be on call by now: look again (MATRIX-1)."""


class Rebase(_Asks):
    """Go on by the playbook of today; the shell compiles the plan that comes along (CLOCK-4)."""

    move = Move.REBASE
    kind: Literal["rebase"] = "rebase"
    why: Annotated[InternalText, Field(min_length=1)]
    plan: Plan


@frozen
class ReportTaskForce:
    """News of a task force, from itself (RESOLVE-2)."""

    news: TaskForceUpdate


@frozen
class NoteFailedDeployment:
    """A task force could not be brought to life."""

    id: str
    why: str


class AnswerSurvey(_Asks):
    """A customer's answer to the survey: 1 (poorly) to 5 (very well); each contact answers once."""

    move = Move.RECORD_SURVEY
    kind: Literal["record_survey"] = "record_survey"
    account: Name
    contact: Mover | None = None
    """E-mail address of the account's contact; None: the one who sends it, or the only one."""
    score: Annotated[int, Field(ge=1, le=5)]
    comment: InternalText = NO_NOTE


class FilePostMortem(_Asks):
    """File the post-mortem, or a new version of it; its actions are tracked until they are done."""

    move = Move.FILE_POST_MORTEM
    kind: Literal["file_post_mortem"] = "file_post_mortem"
    post_mortem: PostMortem

    @property
    def named(self) -> tuple[str, ...]:
        approvers = (given.approved_by for given in self.post_mortem.concessions)
        return (*(action.owner for action in self.post_mortem.actions), *approvers)


class FinishAction(_Asks):
    """An action of the RCA or the post-mortem is done."""

    move = Move.FINISH_ACTION
    kind: Literal["finish_action"] = "finish_action"
    action: Annotated[int, Field(ge=1)]
    """Its number."""
    note: InternalText = NO_NOTE


class CorrectContact(_Asks):
    """Correct a customer's contact; to a corrected address goes how things stand, as to somebody who is new."""

    move = Move.CORRECT_CONTACT
    kind: Literal["correct_contact"] = "correct_contact"
    contact: EmailAddress
    """As it is known now."""
    email: EmailAddress | None = None
    """The right one; None: it stays as it is, as do the others."""
    name: Annotated[CustomerText, Field(min_length=1)] | None = None
    language: LanguageTag | None = None
    time_zone: Name | None = None
    note: InternalText = NO_NOTE

    @property
    def said_zone(self) -> str | None:
        return self.time_zone


@frozen
class JoinOutage:
    """
    Another subject is the same outage: what its start brings along is added (START-5).

    Made of a start that was checked against the playbook; never read from the wire.
    """

    move: ClassVar[Move] = Move.JOIN_OUTAGE
    by: Name
    """Who submitted it."""
    ticket: Key
    """The other subject."""
    customers: tuple[AffectedCustomer, ...]
    services: tuple[Name, ...] = ()
    linked_records: tuple[Name, ...] = ()
    problem_records: tuple[Name, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sponsors: tuple[Contact, ...] = ()
    """Of these customers' accounts (SPONSOR-2)."""
    is_guest: bool = False
    """Of another tenant: it adds contacts only to accounts that its own tenant has brought in."""


@frozen
class TakeOver(JoinOutage):
    """Another escalation ends by going over into this one; ``ticket`` is its key (CLOSE-10)."""

    merged: str
    """Its id."""
    into: Key
    """This one, or a subject that joined it, as it was named."""
    cause: CancelCause
    why: InternalText
    settled: dict[str, str] = field(default_factory=dict)
    """Which of its linked records were settled there, and why they stay open; empty if they were closed."""
    actions: tuple[Action, ...] = ()
    """Those that are still to be done."""
    people: tuple[Contact, ...] = ()
    """Who owns them."""


PersonsCommand = (
    Acknowledge
    | RaiseLevel
    | Transfer
    | ReportTrigger
    | TickResponse
    | ChangePriority
    | PauseClocks
    | ResumeClocks
    | BeginResolution
    | RevisePlan
    | SendUpdate
    | DeclareResolved
    | VerifyResolution
    | RejectResolution
    | ConfirmAccess
    | SettleTicket
    | RequestRca
    | FileRca
    | DeriveRca
    | ApproveRca
    | ShareRca
    | WaiveRca
    | Close
    | Reopen
    | Cancel
    | DeployTaskForce
    | StandDownTaskForce
    | AnswerSurvey
    | FilePostMortem
    | FinishAction
    | ApproveText
    | EditText
    | RejectText
    | CorrectContact
)
"""Every move that a person can ask for: one class each, and the wire name is the move's."""

PERSONS_COMMANDS: tuple[type[PersonsCommand], ...] = get_args(PersonsCommand)


@frozen
class NamePeople:
    """A move that names people whom the plan did not have, with those of them whom the playbook has."""

    asked: PersonsCommand
    people: tuple[Contact, ...]


ShellsCommand = (
    Tick
    | ReportDelivery
    | ReportOnCall
    | LookUpOnCall
    | ExtendOpenHours
    | NoteRefusal
    | CancelByOperator
    | ReportTaskForce
    | NoteFailedDeployment
    | JoinOutage
    | TakeOver
    | NamePeople
)
Command = PersonsCommand | Rebase | ShellsCommand
