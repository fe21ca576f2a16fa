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
from escalation.kernel.budgets import MOVE, PAPER, SEATS, STEPS
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

Note = Annotated[InternalText, Field(description="What you want to add, for our own people.")]
Why = Annotated[InternalText, Field(min_length=1, description="The reason, for our own people.")]
WhyIfAny = Annotated[InternalText, Field(description="The reason, for our own people.")]
TextNumber = Annotated[int | None, Field(ge=1, description="Which text, if several wait; `show` lists them.")]


class _Asks(Input):
    """A move that a person asks for."""

    move: ClassVar[Move]
    largest: ClassVar[int] = MOVE
    """Bytes, as it is sent."""
    by: Annotated[Mover, Field(description="Who you are, by id in the playbook.", examples=["YOU"])]
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
    """Acknowledge: say that you have it."""

    move = Move.ACKNOWLEDGE
    kind: Literal["acknowledge"] = "acknowledge"
    note: Note = NO_NOTE


class RaiseLevel(_Asks):
    """Raise to a higher level; an executive threat goes straight to the executive level."""

    move = Move.RAISE_LEVEL
    kind: Literal["raise_level"] = "raise_level"
    reason: Annotated[EscalationReason, Field(description="Why it rises")]
    to_level: Annotated[int | None, Field(description="The level to raise to. If omitted: the next one.")] = (
        None
    )
    note: Note = NO_NOTE


class Transfer(_Asks):
    """Hand over to a person or team, or to whoever has a skill; the level stays."""

    move = Move.TRANSFER
    kind: Literal["transfer"] = "transfer"
    to: Annotated[Name | None, Field(description="The person or team that gets it.")] = None
    skill: Annotated[
        Name | None, Field(description="Instead of a person or team: whoever has this skill of the playbook.")
    ] = None
    reason: Annotated[EscalationReason, Field(description="Why it changes hands")] = (
        EscalationReason.LACK_OF_EXPERTISE
    )
    note: Note = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return (self.to,) if self.to else ()


class ReportTrigger(_Asks):
    """Report a fact that sends the escalation up at once."""

    move = Move.REPORT_TRIGGER
    kind: Literal["report_trigger"] = "report_trigger"
    trigger: Annotated[Name, Field(description="A trigger of the level.")]
    note: Note = NO_NOTE


class TickResponse(_Asks):
    """Tick off a response of the current level, by its words or its number in the list."""

    move = Move.TICK_RESPONSE
    kind: Literal["tick_response"] = "tick_response"
    response: Annotated[str, Field(min_length=1, max_length=500)]
    level: Annotated[int | None, Field(ge=1)] = None
    """The level that was looked at; refused if it has risen since, as a number would mean another response there."""
    note: Note = NO_NOTE


class ChangePriority(_Asks):
    """Change the priority; due times follow from the original start."""

    move = Move.CHANGE_PRIORITY
    kind: Literal["change_priority"] = "change_priority"
    priority: Annotated[Priority, Field(description="The new priority")]
    note: Note = NO_NOTE


class PauseClocks(_Asks):
    """Pause for a reason of the playbook, such as waiting for the customer."""

    move = Move.PAUSE
    kind: Literal["pause"] = "pause"
    because: Annotated[
        Name, Field(description="A reason of the playbook.", examples=["waiting_for_customer"])
    ]
    note: Note = NO_NOTE


class ResumeClocks(_Asks):
    """Resume: end the pause."""

    move = Move.RESUME
    kind: Literal["resume"] = "resume"
    note: Note = NO_NOTE


class BeginResolution(_Asks):
    """Begin the work on the resolution."""

    move = Move.BEGIN_RESOLUTION
    kind: Literal["begin_resolution"] = "begin_resolution"
    note: Note = NO_NOTE


class RevisePlan(_Asks):
    """Write a new version of the action plan."""

    move = Move.REVISE_PLAN
    kind: Literal["revise_plan"] = "revise_plan"
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=STEPS)]
    why: WhyIfAny = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(step.owner for step in self.steps)


class SendUpdate(_Asks):
    """Update the customers, our own people, or both; a text for customers may have to be approved first."""

    move = Move.SEND_UPDATE
    kind: Literal["send_update"] = "send_update"
    customer_text: Annotated[CustomerText | None, Field(description="A text for customers.")] = None
    internal_note: Annotated[InternalText | None, Field(description="A text for our own people.")] = None
    apologise: Annotated[bool, Field(description="Apologise in the message to customers.")] = False


class DeclareResolved(_Asks):
    """Declare it resolved, by a fix or a workaround; it is verified next."""

    move = Move.DECLARE_RESOLVED
    kind: Literal["declare_resolved"] = "declare_resolved"
    resolution: ResolutionKind
    done: Annotated[InternalText, Field(min_length=1)]
    """What was done."""
    customer_text: CustomerText | None = None
    """What customers are told once it is verified; whoever verifies it approves these words (COMM-6)."""


class VerifyResolution(_Asks):
    """Confirm that the resolution holds; customers are asked whether they can use the service again."""

    move = Move.VERIFY_RESOLUTION
    kind: Literal["verify_resolution"] = "verify_resolution"
    note: Note = NO_NOTE


class RejectResolution(_Asks):
    """Reject the resolution, because it does not hold: back to resolving."""

    move = Move.REJECT_RESOLUTION
    kind: Literal["reject_resolution"] = "reject_resolution"
    why: Why


class ConfirmAccess(_Asks):
    """Record that a customer can use the service again, cannot, or need not be asked."""

    move = Move.CONFIRM_ACCESS
    kind: Literal["confirm_access"] = "confirm_access"
    account: Annotated[Name, Field(description="The customer.")]
    answer: Annotated[AccessAnswer, Field(description="What the customer says")] = AccessAnswer.YES
    note: Note = NO_NOTE


class SettleTicket(_Asks):
    """Settle a related incident or problem: it was closed, or stays open for a reason."""

    move = Move.SETTLE_RECORD
    kind: Literal["settle_record"] = "settle_record"
    record: Annotated[Name, Field(description="The incident or problem.")]
    stays_open_because: Annotated[
        Annotated[InternalText, Field(min_length=1)] | None,
        Field(description="Why it stays open. If omitted, the record counts as closed."),
    ] = None

    @property
    def said_to_be_closed(self) -> str | None:
        """An escalation of ours that it says is closed, if the record is one."""
        return self.record if self.stays_open_because is None and is_key(self.record) else None


class RequestRca(_Asks):
    """Request a root cause analysis, for example because a customer did."""

    move = Move.REQUEST_RCA
    kind: Literal["request_rca"] = "request_rca"
    note: Note = NO_NOTE


class FileRca(_Asks):
    """File the internal RCA, or a new version of it."""

    move = Move.FILE_RCA
    largest = PAPER
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
    note: Note = NO_NOTE


class ShareRca(_Asks):
    """Send the approved RCA to every affected customer."""

    move = Move.SHARE_RCA
    kind: Literal["share_rca"] = "share_rca"


class WaiveRca(_Asks):
    """Waive the RCA, where the playbook allows that."""

    move = Move.WAIVE_RCA
    kind: Literal["waive_rca"] = "waive_rca"
    why: Why


class Close(_Asks):
    """Close; refused with the complete list of what is missing."""

    move = Move.CLOSE
    kind: Literal["close"] = "close"
    note: Note = NO_NOTE


class Reopen(_Asks):
    """Reopen it: back to resolving; a closed one comes back as a new escalation, one level higher."""

    move = Move.REOPEN
    kind: Literal["reopen"] = "reopen"
    why: Why


class Cancel(_Asks):
    """Cancel it: withdrawn, a duplicate, or merged into another."""

    move = Move.CANCEL
    kind: Literal["cancel"] = "cancel"
    cause: Annotated[CancelCause, Field(description="Why it ends")] = CancelCause.WITHDRAWN
    into: Annotated[
        Key | None,
        Field(
            description="The open escalation that a duplicate or a merge goes on as; customers go over to it."
        ),
    ] = None
    why: Why


class DeployTaskForce(_Asks):
    """Deploy a task force: a mission, a lead, seats that are offered to candidates until each is taken."""

    move = Move.DEPLOY_TASK_FORCE
    kind: Literal["deploy_task_force"] = "deploy_task_force"
    name: Annotated[TaskForceName, Field(examples=["data-recovery"])]
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
    """Stand a task force down: its work is done, or it is not needed any more."""

    move = Move.STAND_DOWN_TASK_FORCE
    kind: Literal["stand_down_task_force"] = "stand_down_task_force"
    name: Annotated[Name, Field(description="The name of the task force.")]
    why: Why
    hand_over_to: Annotated[
        Name | None,
        Field(
            description="Who goes on with open tasks. If omitted, they are listed, and the owner has them."
        ),
    ] = None

    @property
    def named(self) -> tuple[str, ...]:
        return (self.hand_over_to,) if self.hand_over_to else ()


class ApproveText(_Asks):
    """Approve a text for customers that waits; it goes out."""

    move = Move.APPROVE_TEXT
    kind: Literal["approve_text"] = "approve_text"
    number: TextNumber = None
    note: Note = NO_NOTE


class EditText(_Asks):
    """Put other words in place of a text for customers that waits; it still waits."""

    move = Move.EDIT_TEXT
    kind: Literal["edit_text"] = "edit_text"
    number: TextNumber = None
    text: Annotated[CustomerText, Field(min_length=1, description="The new words for customers.")]
    why: WhyIfAny = NO_NOTE


class RejectText(_Asks):
    """Reject a text for customers that waits: it does not go out, and its author learns why."""

    move = Move.REJECT_TEXT
    kind: Literal["reject_text"] = "reject_text"
    number: TextNumber = None
    why: Why


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
    why: Why
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
    """Record how satisfied a customer is, as they said; each contact answers once."""

    move = Move.RECORD_SURVEY
    kind: Literal["record_survey"] = "record_survey"
    account: Annotated[Name, Field(description="The customer.")]
    contact: Annotated[
        Mover | None,
        Field(description="Who said so, by e-mail address, where the account has several contacts."),
    ] = None
    score: Annotated[int, Field(ge=1, le=5, description="From 1, poorly, to 5, very well.")]
    comment: Annotated[InternalText, Field(description="What they said.")] = NO_NOTE


class FilePostMortem(_Asks):
    """File the post-mortem, or a new version of it; its actions are tracked until they are done."""

    move = Move.FILE_POST_MORTEM
    largest = PAPER
    kind: Literal["file_post_mortem"] = "file_post_mortem"
    post_mortem: PostMortem

    @property
    def named(self) -> tuple[str, ...]:
        approvers = (given.approved_by for given in self.post_mortem.concessions)
        return (*(action.owner for action in self.post_mortem.actions), *approvers)


class FinishAction(_Asks):
    """Report that an action of the RCA or the post-mortem is done."""

    move = Move.FINISH_ACTION
    kind: Literal["finish_action"] = "finish_action"
    action: Annotated[int, Field(ge=1, description="Its number, as the list of actions has it.")]
    note: Note = NO_NOTE


class CorrectContact(_Asks):
    """Correct a customer's contact; a new address receives how things stand."""

    move = Move.CORRECT_CONTACT
    kind: Literal["correct_contact"] = "correct_contact"
    contact: Annotated[
        EmailAddress,
        Field(
            description="The contact of the customer, by the address known now.",
            examples=["jo@acme.example"],
        ),
    ]
    email: Annotated[
        EmailAddress | None, Field(description="The right address. If omitted, it stays as it is.")
    ] = None
    name: Annotated[
        Annotated[CustomerText, Field(min_length=1)] | None,
        Field(description="The right name. If omitted, it stays as it is."),
    ] = None
    language: Annotated[
        LanguageTag | None, Field(description="The language of messages. If omitted, it stays as it is.")
    ] = None
    time_zone: Annotated[
        Name | None, Field(description="The time zone of messages. If omitted, it stays as it is.")
    ] = None
    note: Note = NO_NOTE

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
